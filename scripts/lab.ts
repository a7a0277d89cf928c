/** `vipdoctor lab` without the rest of the program: for bin/setup, and for trying the practice cluster while working on it. */
import { parseLabArgv, runLab } from '../src/lab/lab-command.ts';

const main = async (): Promise<number> => {
  const { exitCode } = await runLab(parseLabArgv(process.argv.slice(2)), (line) =>
    process.stdout.write(`${line}\n`),
  );
  return exitCode;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
