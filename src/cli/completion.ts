// `vipdoctor completion SHELL`: writes the script a shell loads to complete command lines. It knows the shells' names;
// their scripts are next door.
import { type ParsedArguments, readText } from './argument-values.ts';
import type { Command } from './commands.ts';
import { bashScript } from './completion/bash.ts';
import { catalogOf, programOptions } from './completion/catalog.ts';
import { fishScript } from './completion/fish.ts';
import { zshScript } from './completion/zsh.ts';
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './faults.ts';
import type { Terminal } from './terminal.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const shells = Object.keys(scripts);

const isShell = (name: string): name is keyof typeof scripts => Object.hasOwn(scripts, name);

export const completionScript = (shell: string | undefined, commands: readonly Command[]): string => {
  if (shell === undefined) throw new UsageError(`for which shell? ${shells.join(', ')}`);
  if (!isShell(shell))
    throw new UsageError(
      `there is completion for ${shells.join(', ')}, not for "${shell}".${didYouMean(shell, shells)}`,
    );
  return scripts[shell](catalogOf(commands), programOptions);
};

export const runCompletionCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  commands: readonly Command[],
): Promise<number> => {
  await terminal.out(completionScript(readText(parsed, 'shell'), commands));
  return 0;
};
