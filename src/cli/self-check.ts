// `vipdoctor self-check`: looks at this machine and says what works and what is missing. It looks and changes
// nothing; the judgement is next door.
import { spawn } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { escapeLine } from '../report/escape.ts';
import { pad, paint, type TerminalStyle, wrap } from '../report/typeset.ts';
import { type Ability, judgeAbilities, type MachineFacts, type PackageManager } from './abilities.ts';
import { type ParsedArguments, readDocumentFormat } from './argument-values.ts';
import { exitCodes } from './exit-code.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './tool.ts';

const ASK_LIMIT_MS = 3000;

interface Said {
  /** Exit status; null when it could not be started or was ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ask = (file: string, argv: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: ASK_LIMIT_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });

const findProgram = async (name: string): Promise<string | undefined> => {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin']) {
    if (folder === '') continue;
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
};

const askedPrograms = [
  'ssh',
  'ssh-add',
  'tcpdump',
  'sudo',
  'systemd-nspawn',
  'mmdebstrap',
  'ip',
  'nft',
] as const;
const managers: readonly (readonly [string, PackageManager])[] = [
  ['apt-get', 'apt'],
  ['dnf', 'dnf'],
  ['apk', 'apk'],
  ['brew', 'brew'],
];

const findPackageManager = async (): Promise<PackageManager> => {
  for (const [program, manager] of managers) if ((await findProgram(program)) !== undefined) return manager;
  return 'unknown';
};

const askAgent = async (programs: ReadonlyMap<string, string>): Promise<MachineFacts['agent']> => {
  if ((process.env.SSH_AUTH_SOCK ?? '') === '')
    return { kind: 'none', reason: 'no agent (SSH_AUTH_SOCK is not set)' };
  const program = programs.get('ssh-add');
  if (program === undefined) return { kind: 'none', reason: 'there is an agent, but no ssh-add to ask it' };
  const said = await ask(program, ['-l']);
  // ssh-add(1): 1 when the agent holds no key, 2 when it cannot be reached.
  if (said.code === 0)
    return { kind: 'keys', count: said.stdout.split('\n').filter((line) => line !== '').length };
  return said.code === 1 ? { kind: 'keys', count: 0 } : { kind: 'none', reason: 'the agent does not answer' };
};

/** In a process of its own: a native module that fails to load may take its process with it. */
const loadCap = async (): Promise<MachineFacts['capModule']> => {
  const said = await ask(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { createRequire } from 'node:module'; createRequire(${JSON.stringify(import.meta.url)})('cap');`,
  ]);
  if (said.code === 0) return { kind: 'loads' };
  const line = /^(?:Error: )?(.*(?:Cannot find|cannot open|ERR_|Error).*)$/m.exec(said.stderr)?.[1];
  return {
    kind: 'fails',
    reason: (line ?? 'it ended without a word').replace(/^Error: /, '').split('\n')[0] ?? '',
  };
};

const readCapabilities = async (): Promise<bigint | undefined> => {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask === undefined ? undefined : BigInt(`0x${mask}`);
};

const askSudo = async (
  programs: ReadonlyMap<string, string>,
  user: MachineFacts['effectiveUser'],
): Promise<MachineFacts['sudo']> => {
  if (user === 'root') return 'root';
  const program = programs.get('sudo');
  if (program === undefined) return 'missing';
  const said = await ask(program, ['-n', 'true']);
  return said.code === 0 ? 'without-password' : 'with-password-or-not-at-all';
};

const gatherFacts = async (): Promise<MachineFacts> => {
  const found = await Promise.all(
    askedPrograms.map(async (name) => [name, await findProgram(name)] as const),
  );
  const programs = new Map(
    found.flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const])),
  );
  const effectiveUser = process.geteuid?.() === 0 ? 'root' : 'other';
  const [packageManager, agent, capModule, capabilities, sudo] = await Promise.all([
    findPackageManager(),
    askAgent(programs),
    loadCap(),
    readCapabilities(),
    askSudo(programs, effectiveUser),
  ]);
  return {
    platform: process.platform,
    nodeVersion: process.versions.node,
    packageManager,
    effectiveUser,
    programs,
    agent,
    capModule,
    capabilities,
    sudo,
  };
};

export const abilitiesText = (abilities: readonly Ability[], style: TerminalStyle): string => {
  const marks =
    style.unicode === 'utf8'
      ? { ready: '✔', limited: '▲', missing: '✖' }
      : { ready: '+', limited: '!', missing: 'X' };
  const colors = { ready: 'green', limited: 'yellow', missing: 'red' } as const;
  const nameColumns = Math.max(...abilities.map((ability) => ability.name.length));
  const hang = ' '.repeat(nameColumns + 13);
  return `${abilities
    .flatMap((ability) => {
      const words = wrap(escapeLine(ability.detail, style.unicode), Math.max(20, style.width - hang.length));
      const head = `${paint(style, `${marks[ability.state]} ${pad(ability.state, 7)}`, colors[ability.state])}  ${pad(ability.name, nameColumns)}  `;
      return [
        ...words.map((line, at) => (at === 0 ? `${head}${line}` : `${hang}${line}`)),
        ...(ability.state === 'ready' ? [] : wrap(`for ${ability.usedFor}`, style.width - hang.length)).map(
          (line) => `${hang}${line}`,
        ),
        ...(ability.fix === undefined ? [] : [`${hang}$ ${escapeLine(ability.fix, style.unicode)}`]),
      ];
    })
    .join('\n')}\n`;
};

export const runSelfCheckCommand = async (parsed: ParsedArguments, terminal: Terminal): Promise<number> => {
  const abilities = judgeAbilities(await gatherFacts());
  const document = { schemaVersion: 1, kind: 'self-check', tool, abilities };
  await terminal.out(
    readDocumentFormat(parsed) === 'json'
      ? `${JSON.stringify(document, null, 2)}\n`
      : abilitiesText(abilities, terminal.outStyle('auto')),
  );
  // Only what every check needs makes this a failure; the rest has a way around it.
  return abilities.some((ability) => ability.name === 'node' && ability.state === 'missing')
    ? exitCodes.failure
    : 0;
};
