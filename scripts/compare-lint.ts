// Holds `lint` against a real keepalived over a folder of configurations: `npx tsx scripts/compare-lint.ts DIR`.
// keepalived runs in a root, network and process namespace made for this and with nothing in it to execute, so that
// a stranger's configuration can start nothing here. Interfaces, scripts and users a file names are made to exist:
// lint takes the node to be in order.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSheets } from '../src/cli/config-on-disk.ts';
import { validateConfig } from '../src/keepalived/validation/validate.ts';
import { parseVersion } from '../src/keepalived/version.ts';
import { composeLint } from '../src/lint/compose.ts';
import type { LintFile, LintInstance } from '../src/lint/document.ts';

const usage = `npx tsx scripts/compare-lint.ts [options] DIR|FILE...
  --keepalived PATH   the binary (default: keepalived of this machine; LD_LIBRARY_PATH is honoured)
  --root DIR          take binary and libraries from this root instead, such as the practice cluster's image
  --effective         also start keepalived on each file and compare the values it runs with
  --verbose           print what keepalived says of every file the two disagree on
Needs root. Prints agreement, disagreements, and the slowest file; ends with 1 below 98 %.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keepalived: { type: 'string' },
    root: { type: 'string' },
    effective: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
if (positionals.length === 0) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

const run = (program: string, words: readonly string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const listFiles = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => listFiles(join(path, name)))
    : [path];

const files = positionals.flatMap(listFiles);
const folder = mkdtempSync(join(tmpdir(), 'compare-lint-'));
const root = join(folder, 'root');
const namespace = `cmplint-${process.pid}`;
const binary = '/usr/sbin/keepalived';

/** A root that holds keepalived, its libraries and tables of names, and no other program. */
function makeRoot(): void {
  const from = options.root ?? '';
  const program = options.keepalived ?? run('sh', ['-c', `command -v keepalived || echo ${binary}`]).trim();
  const listed = from === '' ? run('ldd', [program]) : run('chroot', [from, 'ldd', binary]);
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'run', 'etc/keepalived', 'usr/sbin', 'usr/bin'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync(from === '' ? program : join(from, binary), join(root, binary));
  for (const path of libraries) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(from + path, join(root, path));
  }
  for (const path of ['/etc/services', '/etc/protocols', '/etc/iproute2'])
    if (existsSync(from + path)) run('cp', ['-rL', from + path, join(root, path)]);
  writeFileSync(join(root, 'dev/null'), '');
  // keepalived looks for scripts as the user that runs them.
  chmodSync(folder, 0o755);
}

const outside = [
  'netns',
  'exec',
  namespace,
  'unshare',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount',
  `--mount-proc=${join(root, 'proc')}`,
  'chroot',
  root,
  binary,
];

const interfaces = new Set<string>();
function makeInterfaces(names: Iterable<string>): void {
  for (const name of names) {
    if (interfaces.has(name) || name.length > 15 || /[:/\s"%*]/.test(name)) continue;
    interfaces.add(name);
    const number = interfaces.size;
    const inside = (...words: readonly string[]) =>
      spawnSync('ip', ['-n', namespace, ...words], { stdio: 'ignore' });
    inside('link', 'add', name, 'type', 'veth', 'peer', 'name', `peer${number}`);
    inside('link', 'set', name, 'up');
    inside('link', 'set', `peer${number}`, 'up');
    inside('addr', 'add', `198.18.${number >> 8}.${number & 255}/32`, 'dev', name);
  }
}

const users = new Set<string>();
function makeUsers(names: Iterable<string>): void {
  for (const name of names) users.add(name);
  const rows = [...users].map((name, index) => [name, index + 1000] as const);
  writeFileSync(
    join(root, 'etc/passwd'),
    ['root:x:0:0::/:/x', ...rows.map(([name, id]) => `${name}:x:${id}:${id}::/:/x`), ''].join('\n'),
  );
  writeFileSync(
    join(root, 'etc/group'),
    ['root:x:0:', ...rows.map(([name, id]) => `${name}:x:${id}:`), ''].join('\n'),
  );
}

function makeProgram(path: string): void {
  const target = join(root, path);
  if (existsSync(target) || path.endsWith('/')) return;
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, '');
    chmodSync(target, 0o755);
  } catch (error) {
    // A file stands where a folder is wanted: keepalived will say that this one is missing.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Everything of the node a text names. Too much does no harm. */
function makeSurroundings(text: string): void {
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  const open = text.replace(/^\s*include.*$/gm, '');
  const paths = [...open.matchAll(/(?<![\w.:\d])\/[A-Za-z.][\w./+-]*[\w]/g)].map(([path]) => path);
  for (const path of [...new Set(paths)].sort((one, other) => other.length - one.length)) makeProgram(path);
  for (const word of named(
    /^\s*(?:script|misc_path|notify\w*|quorum_up|quorum_down)\s+["']?([A-Za-z][\w.-]*)(?=[\s"'])/gm,
  ))
    makeProgram(`/usr/bin/${word}`);
  makeUsers([
    ...named(/\b(?:script_)?user\s+["']?([a-z_][\w-]*)/g),
    ...named(/\buser\s+\S+\s+([a-z_][\w-]*)/g),
  ]);
}

const absentInterface = [
  /interface (\S+?)[,;]? (?:\S+ )*?(?:doesn't|does not) exist/g,
  /[Uu]nknown interface [`']?([\w.@-]+)/g,
  /interface `?([\w.@-]+)'? not found/g,
  /unknown device '?([\w.-]+)/gi,
];

interface Spoken {
  readonly exit: number;
  readonly output: string;
}

const configTest = (): Spoken => {
  const done = spawnSync('ip', [...outside, '-t', '-f', '/etc/keepalived/keepalived.conf'], {
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  return { exit: done.status ?? 255, output: done.stderr + done.stdout };
};

/** Asks until nothing of the node is missing any more. */
function askKeepalived(path: string): Spoken {
  const bytes = readFileSync(path);
  makeSurroundings(bytes.toString('latin1'));
  writeFileSync(join(root, 'etc/keepalived/keepalived.conf'), bytes);
  for (let round = 0; ; round += 1) {
    const spoken = configTest();
    const absent = absentInterface.flatMap((pattern) =>
      [...spoken.output.matchAll(pattern)].map(([, name = '']) => name),
    );
    if (round === 3 || absent.every((name) => interfaces.has(name))) return spoken;
    makeInterfaces(absent);
  }
}

/** What keepalived prints of itself at its start (`--dump-conf`), cut off as soon as the instances are told. */
const startKeepalived = (): Promise<string> =>
  new Promise((resolve, reject) => {
    // The one before was killed and left its pid file, and process ids start anew in each namespace.
    for (const name of readdirSync(join(root, 'run'))) rmSync(join(root, 'run', name), { recursive: true });
    const child = spawn('ip', [...outside, '-n', '-l', '-d', '-P', '-f', '/etc/keepalived/keepalived.conf'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let told = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    const hear = (chunk: Buffer): void => {
      told += chunk.toString('latin1');
      if (told.includes('------< Interfaces >------')) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(told);
    });
  });

interface Running {
  name: string;
  readonly values: Map<string, string>;
  readonly vips: string[];
  readonly peers: string[];
}

/** The instances of a dump (keepalived/vrrp/vrrp_data.c dump_vrrp), read apart from the product's own reader. */
function readDump(told: string): readonly Running[] {
  const instances: Running[] = [];
  let list: string[] | undefined;
  for (const full of told.split('\n')) {
    const line = full.replace(/^\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}: /, '');
    const instance = /^ VRRP Instance = (.*)$/.exec(line);
    if (instance !== null) {
      list = undefined;
      instances.push({ name: instance[1] ?? '', values: new Map(), vips: [], peers: [] });
      continue;
    }
    const now = instances.at(-1);
    if (now === undefined) continue;
    if (/^ ?------</.test(line)) {
      if (line.includes('Interfaces')) break;
      continue;
    }
    const value = /^ {3}([A-Za-z][^=:]*?) = (.*)$/.exec(line);
    if (value?.[1] !== undefined && !now.values.has(value[1])) now.values.set(value[1], value[2] ?? '');
    if (/^ {3}\S/.test(line))
      list = /^ {3}Virtual IP \(\d+\):/.test(line)
        ? now.vips
        : /^ {3}Unicast Peer/.test(line)
          ? now.peers
          : undefined;
    const entry = /^ {5,}(\S+)/.exec(line);
    if (list !== undefined && entry?.[1] !== undefined && /^[\da-f]*[.:]/i.test(entry[1]))
      list.push(entry[1]);
  }
  return instances;
}

/** A dump leaves the prefix of a single address out. */
const withPrefix = (address: string): string =>
  address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;

const intervalMs = (text: string | undefined): number => {
  const [, amount = 'NaN', unit] = /^([\d.]+) ?(milli-sec|sec)/.exec(text ?? '') ?? [];
  return Number(amount) * (unit === 'sec' ? 1000 : 1);
};

/** Each value of an instance lint names otherwise than keepalived. */
function differences(ours: readonly LintInstance[], theirs: readonly Running[]): readonly string[] {
  const found: string[] = [];
  for (const { name } of ours)
    if (!theirs.some((other) => other.name === name)) found.push(`${name}: keepalived has no such instance`);
  for (const running of theirs) {
    const mine = ours.find(({ name }) => name === running.name);
    if (mine === undefined) {
      found.push(`${running.name}: lint has no such instance`);
      continue;
    }
    const note = (what: string, one: unknown, other: unknown): void => {
      if (JSON.stringify(one) !== JSON.stringify(other))
        found.push(
          `${running.name} ${what}: lint ${JSON.stringify(one)}, keepalived ${JSON.stringify(other)}`,
        );
    };
    const value = (name: string): string => running.values.get(name) ?? '';
    note('vrid', mine.vrid, Number(value('Virtual Router ID')));
    note('priority', mine.priority, Number(value('Priority')));
    note('interval', mine.advertIntervalMs, intervalMs(value('Advert interval')));
    note('version', mine.version, Number(value('VRRP Version')));
    note('state', mine.state, value('Wantstate'));
    note('preempt', mine.nopreempt ? 'disabled' : 'enabled', value('Preempt').split(/[ (]/)[0]);
    const [, parent] = /(?:vmac|ipvlan) on (\S+?)(?:,|$)/.exec(value('Interface')) ?? [];
    note('interface', mine.interface, parent ?? value('Interface').split(/[ ,]/)[0] ?? '');
    note('VIPs', [...mine.vips].sort(), running.vips.map(withPrefix).sort());
    note('peers', [...mine.unicastPeers].sort(), [...running.peers].sort());
  }
  return found;
}

const count = {
  taken: 0,
  complained: 0,
  verdict: 0,
  starts: 0,
  started: 0,
  values: 0,
  valuesAgree: 0,
  crashed: 0,
  skipped: 0,
};
const slow: { readonly path: string; readonly ms: number }[] = [];
const host = hostname().split('.')[0] ?? '';

const lint = (path: string, version: NonNullable<ReturnType<typeof parseVersion>>): LintFile | undefined => {
  const begun = performance.now();
  const [sheet] = readSheets([`${host}=${path}`], { version });
  if (sheet === undefined) return undefined;
  const { sources, config } = sheet.asWritten;
  const validation = validateConfig({ ...sources, isSecret: () => false });
  const report = composeLint(
    [{ given: path, path: sources.path, node: host, config, validation }],
    { findings: [], accepted: [], verdicts: [] },
    { tool: { name: 'vipdoctor', version: '' }, keepalivedVersion: version.text },
  );
  slow.push({ path, ms: performance.now() - begun });
  return report.files[0];
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function compare(path: string, version: NonNullable<ReturnType<typeof parseVersion>>): Promise<void> {
  // The namespace would have to exist, and -t ends with 0 where it does not, whatever else the file says.
  if (/^\s*(?:@\S+\s+)?net_namespace(?:_ipvs)?\s/m.test(readFileSync(path, 'latin1'))) {
    count.skipped += 1;
    return;
  }
  const ours = lint(path, version);
  if (ours === undefined) return;
  const theirs = askKeepalived(path);
  // Killed by a signal: keepalived itself failed on the text, which says nothing about the text.
  if (theirs.exit > 128) {
    count.crashed += 1;
    say(`CRASH  ${path}: keepalived ended with ${theirs.exit}; lint says ${ours.result}`);
    return;
  }
  const taken = theirs.exit === 0;
  count[taken ? 'taken' : 'complained'] += 1;
  const same = taken === (ours.configTest === 'passes');
  if (same) count.verdict += 1;
  const starts = theirs.exit === 0 || theirs.exit === 5 || theirs.exit === 6;
  if (starts === (ours.result !== 'rejected')) count.starts += 1;
  else if (!options.effective) say(`START  ${path}: keepalived ${theirs.exit}, lint ${ours.result}`);
  if (!same) {
    say(`TEST   ${path}: keepalived ${theirs.exit}, lint ${ours.result}`);
    for (const problem of ours.problems
      .filter(({ severity }) => severity === 'critical' || severity === 'high')
      .slice(0, 4))
      say(`       lint ${problem.line}:${problem.column} ${problem.rule}: ${problem.message}`);
  }
  if (!same && options.verbose)
    for (const line of theirs.output.trim().split('\n')) say(`       keepalived ${line}`);
  if (!options.effective || !starts || ours.instances.length === 0) return;
  const spoken = await startKeepalived();
  const told = readDump(spoken);
  const ran = spoken.includes('------< Interfaces >------');
  if (ran !== (ours.result !== 'rejected'))
    say(
      `START  ${path}: keepalived ${ran ? 'runs' : 'does not run'} (-t: ${theirs.exit}), lint ${ours.result}`,
    );
  if (!ran) return;
  if (told.length === 0 && ours.instances.length === 0) return;
  count.started += 1;
  const apart = differences(ours.instances, told);
  if (apart.length === 0) count.valuesAgree += 1;
  for (const line of apart) say(`VALUE  ${path}: ${line}`);
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((part / whole) * 100).toFixed(2)} %`;

try {
  mkdirSync(root);
  makeRoot();
  run('ip', ['netns', 'add', namespace]);
  run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  makeInterfaces(['eth0', 'eth1']);
  makeUsers([]);
  const banner = spawnSync('ip', [...outside, '-v'], { encoding: 'utf8' });
  const version = parseVersion(/v(\d+\.\d+\.\d+)/.exec(banner.stderr + banner.stdout)?.[1] ?? '');
  if (version === undefined) throw new Error(`keepalived does not tell its version: ${banner.stderr}`);
  for (const path of files.filter((file) => lstatSync(file).isFile())) await compare(path, version);
  const judged = count.taken + count.complained;
  slow.sort((one, other) => other.ms - one.ms);
  say(
    `keepalived ${version.text}: ${judged} files, it takes ${count.taken} and complains of ${count.complained}; it crashed or hung on ${count.crashed}; ${count.skipped} with a net_namespace are left out`,
  );
  say(`passes or fails -t: agreement ${percent(count.verdict, judged)}`);
  say(`starts or not:      agreement ${percent(count.starts, judged)}`);
  if (options.effective)
    say(
      `values it runs with: agreement ${percent(count.valuesAgree, count.started)} of ${count.started} files`,
    );
  say(
    `slowest: ${slow
      .slice(0, 3)
      .map(({ path, ms }) => `${path} ${ms.toFixed(1)} ms`)
      .join(', ')}`,
  );
  process.exitCode = count.verdict >= judged * 0.98 ? 0 : 1;
} finally {
  spawnSync('ip', ['netns', 'del', namespace]);
  rmSync(folder, { recursive: true, force: true });
}
