// The commands: name, words, examples, options, and the module that does the work, loaded only when asked for. It
// knows what the parser must be told, not how parsing goes.
import type { Argv, Options } from 'yargs';
import { documentFormats, type ParsedArguments } from './argument-values.ts';
import { checkOptions } from './check-options.ts';
import { type Example, exampleLines } from './examples.ts';
import { failoverOptions, recoverOptions } from './failover-options.ts';
import { labOptions, labSubcommands } from './lab-options.ts';
import { lintOptions } from './lint-options.ts';
import { formatOption, screenOptions } from './output-options.ts';
import { replayOptions } from './replay-options.ts';
import { settledOptions } from './settled-options.ts';
import { tabletopOptions } from './tabletop-options.ts';
import type { Terminal } from './terminal.ts';
import { watchOptions } from './watch-options.ts';

export interface Command {
  readonly name: string;
  readonly describe: string;
  readonly usage: string;
  /** Positionals as the parser writes them, e.g. ` [host..]`. */
  readonly positionals: string;
  readonly examples: readonly Example[];
  readonly options: Readonly<Record<string, Options>>;
  /** Adds what is its own; `run` is for commands below it. */
  readonly build: (parser: Argv, run: (parsed: ParsedArguments) => Promise<void>) => Argv;
  readonly run: (parsed: ParsedArguments, terminal: Terminal, argv: readonly string[]) => Promise<number>;
}

const namedHosts = (parser: Argv): Argv =>
  parser.positional('host', {
    describe: '[user@]host[:port], or a Host alias of ~/.ssh/config; with an inventory, only these nodes',
    type: 'string',
    array: true,
  });

export const commands: readonly Command[] = [
  {
    name: 'check',
    describe: 'Connect to every node, listen, and name the root cause and the fix (changes nothing)',
    usage: '$0 check [HOST...] [options]',
    positionals: ' [host..]',
    examples: [
      ['$0 check n1 n2 n3', 'every node of the cluster'],
      ['$0 check -i nodes.yaml --fail-on medium', 'nodes of an inventory'],
      ['$0 check root@10.0.0.1 10.0.0.2 --format json', 'a document for scripts'],
      ['$0 check --from incident/', 'a recording made with --record'],
      ['$0 check n1 n2 --baseline last.json', 'only what is new since fails'],
      ['$0 check --lab', 'the practice cluster'],
    ],
    options: { ...checkOptions, ...screenOptions, ...settledOptions },
    build: namedHosts,
    run: async (parsed, terminal, argv) =>
      (await import('./check.ts')).runCheckCommand(parsed, terminal, argv),
  },
  {
    name: 'lint',
    describe: 'Check keepalived.conf files offline; several are compared as the nodes of one cluster',
    usage: '$0 lint FILE... [options]',
    positionals: ' [file..]',
    examples: [
      ['$0 lint keepalived.conf', 'what keepalived would do with it'],
      ['$0 lint n1.conf n2.conf n3.conf', 'and where the nodes disagree'],
      ['$0 lint --keepalived-version 2.3.3 a.conf', 'for another release'],
      ['$0 lint --format sarif *.conf', 'for code review'],
      ['ssh n1 cat /etc/keepalived/keepalived.conf | $0 lint -', 'from a pipe'],
    ],
    options: lintOptions,
    build: (parser) =>
      parser.positional('file', {
        describe: 'keepalived.conf; NAME=FILE names the node; - is stdin',
        type: 'string',
        array: true,
      }),
    run: async (parsed, terminal, argv) => (await import('./lint.ts')).runLintCommand(parsed, terminal, argv),
  },
  {
    name: 'tabletop',
    describe: 'Play through every loss: who becomes master, how fast, none or two (changes nothing)',
    usage: '$0 tabletop FILE...|HOST... [options]',
    positionals: ' [host..]',
    examples: [
      ['$0 tabletop n1.conf n2.conf n3.conf', 'files, one for each node'],
      ['$0 tabletop n1=a/keepalived.conf n2=b/keepalived.conf', 'nodes named'],
      ['$0 tabletop n1 n2 n3', 'a cluster that runs'],
      ['$0 tabletop --from incident/ --format json', 'a recording'],
    ],
    options: tabletopOptions,
    build: (parser) =>
      parser.positional('host', {
        describe: 'keepalived.conf of each node, or the nodes as check takes them',
        type: 'string',
        array: true,
      }),
    run: async (parsed, terminal, argv) =>
      (await import('./tabletop.ts')).runTabletopCommand(parsed, terminal, argv),
  },
  {
    name: 'watch',
    describe: 'Watch every VRID live: master, adverts, holders, changes with their reason (changes nothing)',
    usage: '$0 watch [HOST...] [options]',
    positionals: ' [host..]',
    examples: [
      ['$0 watch n1 n2 n3', 'until you end it'],
      ['$0 watch -i nodes.yaml --for 12h --format ndjson -o night.ndjson', 'a night, for scripts'],
      ['$0 watch --lab', 'the practice cluster'],
    ],
    options: watchOptions,
    build: (parser) =>
      parser.positional('host', {
        describe: '[user@]host[:port], or a Host alias of ~/.ssh/config; with an inventory, only these nodes',
        type: 'string',
        array: true,
      }),
    run: async (parsed, terminal, argv) =>
      (await import('./watch.ts')).runWatchCommand(parsed, terminal, argv),
  },
  {
    name: 'failover',
    describe: 'Show the plan of a failover test; with --measure do it, measure it, and restore everything',
    usage: '$0 failover [HOST...] [options]',
    positionals: ' [host..]',
    examples: [
      ['$0 failover n1 n2 n3', 'the plan: commands, predicted times, risks; touches nothing'],
      ['$0 failover --measure n1 n2 n3', 'asks first, then stops the master and measures'],
      ['$0 failover --measure --lab --fault all', 'every reversible fault, on the practice cluster'],
      ['$0 failover --measure --yes --vip 10.0.0.5 --max-outage 500 n1 n2', 'a budget for CI'],
    ],
    options: failoverOptions,
    build: namedHosts,
    run: async (parsed, terminal, argv) =>
      (await import('./failover.ts')).runFailoverCommand(parsed, terminal, argv),
  },
  {
    name: 'recover',
    describe: 'Undo whatever a failover test that was cut off left behind',
    usage: '$0 recover [options]',
    positionals: '',
    examples: [['$0 recover', 'every run that was not finished on this machine']],
    options: recoverOptions,
    build: (parser) => parser,
    run: async (parsed, terminal) => (await import('./recover.ts')).runRecoverCommand(parsed, terminal),
  },
  {
    name: 'lab',
    describe: 'A practice cluster on this machine: real keepalived, real sshd',
    usage: '$0 lab COMMAND [options]',
    positionals: '',
    examples: [
      ['$0 lab up', 'three nodes, healthy'],
      ['$0 lab break host-firewall-input-drop --node n2', 'a fault to find'],
      ['$0 check --lab', 'find it'],
      ['$0 lab heal && $0 lab down', 'end of practice'],
    ],
    options: labOptions,
    build: (parser, run) => {
      let built = parser;
      for (const each of labSubcommands)
        built = built.command(
          each.command,
          each.describe,
          (inner) =>
            each.positionals.reduce(
              (result, [name, describe]) => result.positional(name, { describe, type: 'string' }),
              inner
                .usage(`$0 lab ${each.command}${each.tail ?? ''} [options]\n\n${each.describe}.`)
                .options(each.options)
                .epilogue(exampleLines(each.examples)),
            ),
          (parsed) => run(parsed),
        );
      return built.demandCommand(1, 'lab needs a command: up, break, heal, down, list or exec');
    },
    run: async (parsed, terminal) => (await import('./lab.ts')).runLabCommand(parsed, terminal),
  },
  {
    name: 'replay',
    describe: 'Decode and judge a capture (pcap or pcapng): who was master when, and what was wrong',
    usage: '$0 replay FILE [options]',
    positionals: ' [file]',
    examples: [
      ['$0 replay incident.pcap', 'history and findings'],
      ['$0 replay incident.pcapng --format ndjson', 'one line for each advert'],
      ['tcpdump -w - ip proto 112 | $0 replay -', 'from a pipe'],
    ],
    options: replayOptions,
    build: (parser) =>
      parser.positional('file', {
        describe: 'the capture, also gzipped; - is stdin',
        type: 'string',
      }),
    run: async (parsed, terminal, argv) =>
      (await import('./replay.ts')).runReplayCommand(parsed, terminal, argv),
  },
  {
    name: 'explain',
    describe: 'What a rule means, why it matters, how it is proven, and the fix',
    usage: '$0 explain [RULE]',
    positionals: ' [rule]',
    examples: [
      ['$0 explain', 'all rules'],
      ['$0 explain host-firewall-input-drop', 'one of them'],
    ],
    options: { format: formatOption(documentFormats) },
    build: (parser) =>
      parser.positional('rule', { describe: 'id of a rule; without it all are listed', type: 'string' }),
    run: async (parsed, terminal) => (await import('./explain.ts')).runExplainCommand(parsed, terminal),
  },
  {
    name: 'self-check',
    describe: 'What this machine can do, and what is missing',
    usage: '$0 self-check [options]',
    positionals: '',
    examples: [['$0 self-check --format json', 'for a ticket']],
    options: { format: formatOption(documentFormats) },
    build: (parser) => parser,
    run: async (parsed, terminal) => (await import('./self-check.ts')).runSelfCheckCommand(parsed, terminal),
  },
  {
    name: 'completion',
    describe: 'Write the script that lets bash, zsh or fish complete command lines',
    usage: '$0 completion SHELL',
    positionals: ' [shell]',
    examples: [
      ['$0 completion fish > ~/.config/fish/completions/vipdoctor.fish', 'once'],
      ['source <($0 completion bash)', 'in ~/.bashrc'],
      ['source <($0 completion zsh)', 'in ~/.zshrc, after compinit'],
    ],
    options: {},
    build: (parser) => parser.positional('shell', { describe: 'bash, zsh or fish', type: 'string' }),
    run: async (parsed, terminal) =>
      (await import('./completion.ts')).runCompletionCommand(parsed, terminal, commands),
  },
];
