// Where the program starts: quick answers first, then the practice cluster's namespace, then the parser. It knows
// process and nothing about any command.
import * as module from 'node:module';
import { fastAnswer } from './fast-answers.ts';
import { asksForLab } from './lab-question.ts';
import { outliveTerminal } from './vanished-terminal.ts';

/** Compiled code is kept between runs where this Node.js can (22.1 and later). */
const keepCompiledCode = (): void => {
  const enable: unknown = Reflect.get(module, 'enableCompileCache');
  if (typeof enable === 'function') enable();
};

outliveTerminal();
const argv = process.argv.slice(2);
const answer = fastAnswer(argv);
if (answer === undefined) {
  keepCompiledCode();
  if (asksForLab(argv)) {
    const { enterLab } = await import('./lab-entry.ts');
    process.exit(await enterLab(argv));
  } else {
    const { runProgram } = await import('./program.ts');
    process.exit(await runProgram(argv));
  }
} else {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
  process.stdout.write(answer);
}
