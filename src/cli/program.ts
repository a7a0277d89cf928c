// The parser: built from the commands, strict about what it does not know, and plain about mistakes. It gives exit
// codes and leaves ending the process to the entry.
import yargs, { type Argv } from 'yargs';
import type { ParsedArguments } from './argument-values.ts';
import { type Command, commands } from './commands.ts';
import { didYouMean } from './did-you-mean.ts';
import { exampleLines } from './examples.ts';
import { OperationError, reasonOf, UsageError } from './faults.ts';
import { labSubcommands } from './lab-options.ts';
import { complain, openTerminal, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';

const helpWidth = 80;
const exits = [
  'Exit codes: 0 nothing at or above --fail-on, 1 findings or a budget exceeded,',
  '2 wrong usage or failure, 3 judged incompletely with --strict, 4 a fault could',
  'not be undone, 130 interrupted; with --format nagios those of a plugin.',
].join('\n');

const parserFor = (run: (command: Command, parsed: ParsedArguments) => Promise<void>): Argv => {
  let parser = yargs([])
    .scriptName(tool.name)
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'strip-aliased': true,
    })
    .usage('$0 COMMAND [options]\n\nNames the root cause when keepalived/VRRP virtual IPs misbehave.')
    .wrap(helpWidth)
    .help('help', 'show help')
    .alias('help', 'h')
    .version('version', 'show the version', tool.version)
    .alias('version', 'V')
    .group(['help', 'version'], 'Other:')
    .strict()
    .exitProcess(false)
    .demandCommand(1, 'which command? See "vipdoctor --help"')
    .epilogue(`${exits}\n"vipdoctor COMMAND --help" says more.`);
  for (const command of commands)
    parser = parser.command(
      `${command.name}${command.positionals}`,
      command.describe,
      (inner) => {
        const built = command.build(
          inner.usage(`${command.usage}\n\n${command.describe}.`).options(command.options),
          (parsed) => run(command, parsed),
        );
        return built.epilogue(
          command.name === 'check'
            ? `${exampleLines(command.examples)}\n\n${exits}`
            : exampleLines(command.examples),
        );
      },
      (parsed) => run(command, parsed),
    );
  return parser;
};

/** Long names of every option in reach of a command, for “did you mean”. */
const optionNames = (command: string | undefined): readonly string[] => {
  const found = commands.find((candidate) => candidate.name === command);
  const inner = found?.name === 'lab' ? labSubcommands.flatMap((each) => Object.keys(each.options)) : [];
  const visible = Object.entries(found?.options ?? {}).flatMap(([name, option]) =>
    option.hidden === true ? [] : [name],
  );
  return [...new Set([...visible, ...inner, 'help', 'version'])];
};

/** The parser's complaint in words that say what to do next. */
export const explainMistake = (message: string, argv: readonly string[]): string => {
  const name = argv.find((word) => !word.startsWith('-'));
  const command = commands.some((candidate) => candidate.name === name) ? name : undefined;
  const seeHelp = `See "vipdoctor ${command === undefined ? '' : `${command} `}--help".`;
  if (/^Not enough non-option arguments/.test(message)) {
    const below = labSubcommands.find((each) => argv[1] === each.command.split(' ')[0]);
    return `something is missing: vipdoctor ${command === 'lab' && below !== undefined ? `lab ${below.command}` : (command ?? 'COMMAND')}\n${seeHelp}`;
  }
  const unknown = /^Unknown (argument|command)s?: (.*)$/s.exec(message);
  if (unknown === null)
    return `${message
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join(' ')}\n${seeHelp}`;
  const words = (unknown[2] ?? '').split(', ');
  return [
    ...words.map((word) => {
      const typed = argv.find(
        (given) => /^--?[^-]/.test(given) && given.replace(/^-+/, '').split('=')[0] === word,
      );
      if (typed !== undefined || (command !== undefined && argv.includes(`-${word}`)))
        return `unknown option ${typed?.split('=')[0] ?? `-${word}`}.${didYouMean(
          `--${word}`,
          optionNames(command).map((option) => `--${option}`),
        )}`;
      if (command === 'lab')
        return `unknown lab command "${word}".${didYouMean(
          word,
          labSubcommands.map((each) => each.command.split(' ')[0] ?? ''),
        )}`;
      return command === undefined
        ? `unknown command "${word}".${didYouMean(
            word,
            commands.map((candidate) => candidate.name),
          )}`
        : `unknown argument "${word}".`;
    }),
    seeHelp,
  ].join('\n');
};

/** Help as the parser prints it, for one command or ('') for the program. */
export const helpText = async (topic: string): Promise<string> => {
  let text = '';
  await parserFor(async () => undefined).parseAsync(
    [...(topic === '' ? [] : [topic]), '--help'],
    {},
    (_error: unknown, _parsed: unknown, output: string) => {
      text = output;
    },
  );
  return `${text.trimEnd()}\n`;
};

export const commandNames: readonly string[] = commands.map((command) => command.name);

/** Parses and runs; a command's own failures pass through. */
const runCommandLine = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let exitCode: number | undefined;
  let output = '';
  const parser = parserFor(async (command, parsed) => {
    exitCode = await command.run(parsed, terminal, argv);
  }).fail((message, error) => {
    if (error instanceof Error && message === null) throw error;
    throw error instanceof UsageError
      ? error
      : new UsageError(explainMistake(message || reasonOf(error), argv));
  });
  await parser.parseAsync([...argv], {}, (_error: unknown, _parsed: unknown, printed: string) => {
    output = printed;
  });
  if (exitCode === undefined && output !== '') {
    await terminal.out(`${output.trimEnd()}\n`);
    return 0;
  }
  return exitCode ?? 0;
};

const asksForNagios = (argv: readonly string[]): boolean => {
  const at = argv.indexOf('--format');
  return argv.includes('--format=nagios') || (at >= 0 && argv[at + 1] === 'nagios');
};

const describeFailure = (error: unknown): string => {
  if (error instanceof UsageError || error instanceof OperationError) return error.message;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `this is a fault of ${tool.name} itself; please report it with these lines:\n${trace}`;
};

/** Runs a command line to its end and gives the exit code; whatever goes wrong is said, never thrown. */
export const runProgram = async (argv: readonly string[]): Promise<number> => {
  const terminal = openTerminal();
  try {
    return await runCommandLine(argv, terminal);
  } catch (error) {
    await complain(terminal, describeFailure(error));
    if (!asksForNagios(argv)) return 2;
    const { nagiosUnknown } = await import('../report/nagios.ts');
    await terminal.out(nagiosUnknown(reasonOf(error)));
    return 3;
  }
};
