// `vipdoctor lab`: the parser's values into the lab's own arguments. It knows nothing about labs.
import { type LabArgs, runLab } from '../lab/lab-command.ts';
import { type ParsedArguments, readDocumentFormat, readText, readTexts } from './argument-values.ts';
import { UsageError } from './faults.ts';
import { complain, type Terminal } from './terminal.ts';

const actions = ['up', 'break', 'heal', 'down', 'list', 'exec'] as const;

const readAction = (parsed: ParsedArguments): LabArgs['action'] => {
  const words: unknown = parsed._;
  const word: unknown = Array.isArray(words) ? words[1] : undefined;
  const action = actions.find((known) => known === word);
  if (action === undefined) throw new UsageError(`lab needs a command: ${actions.join(', ')}`);
  return action;
};

export const readLabArgs = (parsed: ParsedArguments): LabArgs => {
  const action = readAction(parsed);
  const name = readText(parsed, 'name');
  const topology = readText(parsed, 'topology');
  const fault = readText(parsed, 'fault');
  const node = readText(parsed, 'node');
  const variant = readText(parsed, 'variant');
  const argv = readTexts(parsed, '--');
  if (action === 'exec' && argv.length === 0)
    throw new UsageError('what should run there? vipdoctor lab exec NODE -- COMMAND');
  return {
    action,
    ...(name === undefined ? {} : { name }),
    ...(topology === undefined ? {} : { topology }),
    ...(fault === undefined ? {} : { fault }),
    ...(node === undefined ? {} : { node }),
    ...(variant === undefined ? {} : { variant }),
    format: readDocumentFormat(parsed),
    ...(argv.length === 0 ? {} : { argv }),
  };
};

/** `list` and `exec` have a result for stdout; what the others say is talk. */
export const runLabCommand = async (parsed: ParsedArguments, terminal: Terminal): Promise<number> => {
  const args = readLabArgs(parsed);
  const hasResult = args.action === 'list' || args.action === 'exec';
  const lines: string[] = [];
  const { exitCode } = await runLab(args, (line) => {
    if (hasResult) lines.push(line);
    else void terminal.err(`${line}\n`);
  });
  if (args.action === 'list' && exitCode !== 0) for (const line of lines) await complain(terminal, line);
  else if (lines.length > 0) await terminal.out(`${lines.join('\n')}\n`);
  return exitCode;
};
