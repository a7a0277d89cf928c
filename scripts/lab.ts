/** `vipdoctor lab` without the rest of the program: for trying the practice cluster out while working on it. */
import { parseLabArgv, runLab } from '../src/lab/lab-command.ts';

const parsed = parseLabArgv(process.argv.slice(2));
runLab(parsed, (line) => process.stdout.write(`${line}\n`)).then((result) => {
  process.exitCode = result.exitCode;
});
