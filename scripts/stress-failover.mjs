// Whether a failover test can leave a cluster broken: runs on a practice cluster that are ended at random moments, by
// SIGKILL of vipdoctor or by cutting the links of the observer or of the master's management. After the rescue's
// deadline every node must look as before, asked from outside, and nothing of vipdoctor may be left. Needs root and a
// built dist/.
// Usage: node scripts/stress-failover.mjs [--kills 20] [--cuts 10] [--rescue-after 15] [--seed N] [--lab NAME]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    cuts: { type: 'string', default: '10' },
    'rescue-after': { type: 'string', default: '15' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    lab: { type: 'string', default: 'stress_failover' },
  },
});
const program = join(fileURLToPath(new URL('..', import.meta.url)), 'bin/vipdoctor');
const lab = options.lab;
const rescueAfterSeconds = Number(options['rescue-after']);
const vip = '10.77.0.5';
const nodes = ['n1', 'n2', 'n3'];
const faults = [
  'daemon-stopped',
  'daemon-killed',
  'daemon-frozen',
  'link-down',
  'adverts-blocked-out',
  'adverts-blocked-in',
];
/** A run with everything in it takes about this long, ms. */
const runMs = 16_000;
/** From the deadline until keepalived has started and taken the VIP back, ms. */
const settleMs = 12_000;
/** A lock whose holder vanished without a word is given up after this, ms. */
const lockMs = 35_000;

const say = (line) => process.stdout.write(`${line}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The same moments again with the same seed (mulberry32). */
let state = Number(options.seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const must = (argv) => {
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr || stdout}`);
  return stdout;
};
const labCommand = (...words) => must([process.execPath, program, 'lab', ...words, '--name', lab]);
const observer = `vd-${lab}-obs`;
const labFolder = `/run/vipdoctor-lab/${lab}`;

const onNode = (leaders, node, script) =>
  must([
    ...[
      'nsenter',
      `--target=${leaders[node]}`,
      '--mount',
      '--uts',
      '--ipc',
      '--net',
      '--pid',
      '--root',
      '--wd',
      '--',
    ],
    ...['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C', 'sh', '-c', script],
  ]);

const looks = [
  'systemctl show keepalived -p ActiveState -p UnitFileState',
  'for p in $(pgrep -x keepalived); do sed -n "s/^State:.\\(.\\).*/\\1/p" "/proc/$p/status"; done | sed "s/[RD]/S/" | sort',
  'ip -o addr show | sed "s/valid_lft.*//"',
  'ip -o link show | sed "s/qlen.*//"',
  'ip route show table all | sort; ip -6 route show table all | sed "s/ expires [0-9a-z]*//" | sort',
  'nft -s list ruleset',
  'stat -c "%a %U %n" /etc/keepalived/keepalived.conf',
].join('\n');

const leftovers = [
  'ls -d /run/vipdoctor* /tmp/vipdoctor* 2>/dev/null',
  "systemctl list-units --all --plain --no-legend 'vipdoctor*'",
  'true',
].join('\n');

const lookAt = (leaders) => nodes.map((node) => onNode(leaders, node, looks)).join('\n');
const leftOn = (leaders) =>
  nodes
    .map((node) => onNode(leaders, node, leftovers))
    .join('')
    .trim();
const rescuesOn = (leaders) =>
  nodes
    .map((node) => onNode(leaders, node, 'ls /run/vipdoctor 2>/dev/null; true'))
    .join('')
    .trim();

const start = (words, home) =>
  spawn(
    'ip',
    [
      'netns',
      'exec',
      observer,
      process.execPath,
      program,
      ...words,
      `--lab-inventory=${labFolder}/inventory.yaml`,
    ],
    { env: { ...process.env, XDG_STATE_HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] },
  );

const ended = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('close', resolve);
  });

/** Undefined when it held in time; else what was last seen. */
const untilSo = async (look, limitMs) => {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const wrong = look();
    if (wrong === undefined) return undefined;
    if (performance.now() >= endMs) return wrong;
    await pause(500);
  }
};

const differences = (was, is) => {
  const [before, after] = [was.split('\n'), is.split('\n')];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
  ]
    .slice(0, 4)
    .join(' ; ');
};

const links = {
  observer: (way) => {
    for (const device of ['mgmt0', 'seg0']) must(['ip', '-n', observer, 'link', 'set', 'dev', device, way]);
  },
  master: (way) => must(['ip', '-n', `vd-${lab}-n1`, 'link', 'set', 'dev', 'eth0', way]),
};

const attempt = async ({ leaders, before, home }, { what, fault, atMs }) => {
  const child = start(
    [
      'failover',
      '--measure',
      '--yes',
      '--vip',
      vip,
      '--fault',
      fault,
      '--rescue-after',
      String(rescueAfterSeconds),
    ],
    home,
  );
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await Promise.race([pause(atMs), ended(child)]);
  if (what === 'kill') child.kill('SIGKILL');
  else links[what]('down');
  const asBefore = () => {
    const armed = rescuesOn(leaders);
    if (armed !== '') return `still armed: ${armed}`;
    const now = lookAt(leaders);
    return now === before ? undefined : differences(before, now);
  };
  const deadlineMs = rescueAfterSeconds * 1000 + settleMs;
  // The master's own link is part of what is compared; its state besides that is what the rescue must mend.
  const healed = what === 'master' ? undefined : await untilSo(asBefore, deadlineMs);
  if (what === 'master') {
    await pause(deadlineMs);
    links.master('up');
    // The kernel takes a moment to bring addresses and routes of the link back.
    const late = await untilSo(asBefore, 3000);
    if (late !== undefined) return `${late} (said: ${said.trim().split('\n').at(-1)})`;
  }
  if (what === 'observer') links.observer('up');
  if (healed !== undefined) {
    child.kill('SIGKILL');
    return healed;
  }
  await Promise.race([ended(child), pause(90_000)]);
  child.kill('SIGKILL');
  const left = await untilSo(() => leftOn(leaders) || undefined, lockMs);
  if (left !== undefined) return `left behind: ${left.replaceAll('\n', ' ')}`;
  const recovering = start(['recover'], home);
  await ended(recovering);
  if (recovering.exitCode !== 0) return `recover ended with ${recovering.exitCode}`;
  return untilSo(asBefore, 5000);
};

const kills = Number(options.kills);
const cuts = Number(options.cuts);
const attempts = [
  ...Array.from({ length: kills }, () => 'kill'),
  ...Array.from({ length: cuts }, (_, at) => (at % 2 === 0 ? 'observer' : 'master')),
].map((what, at) => ({ what, fault: faults[at % faults.length], atMs: Math.round(500 + random() * runMs) }));
say(
  `${kills} kills and ${cuts} cuts, seed ${options.seed}, rescue after ${rescueAfterSeconds} s; about ${Math.ceil((kills * 32 + cuts * 65) / 60)} min`,
);

const home = mkdtempSync(join(tmpdir(), 'vipdoctor-stress-'));
let good = 0;
try {
  labCommand('up', '--topology', 'three-v3');
  const { leaders } = JSON.parse(readFileSync(join(labFolder, 'lab.json'), 'utf8'));
  const before = lookAt(leaders);
  for (const [at, one] of attempts.entries()) {
    const wrong = await attempt({ leaders, before, home }, one);
    good += wrong === undefined ? 1 : 0;
    say(
      `${at + 1} of ${attempts.length}: ${one.what} at ${(one.atMs / 1000).toFixed(1)} s of ${one.fault}: ${wrong === undefined ? 'as before' : `NOT AS BEFORE: ${wrong}`}`,
    );
    if (wrong !== undefined && at + 1 < attempts.length) {
      // The next one begins on a sound cluster.
      labCommand('down');
      labCommand('up', '--topology', 'three-v3');
      Object.assign(leaders, JSON.parse(readFileSync(join(labFolder, 'lab.json'), 'utf8')).leaders);
    }
  }
} finally {
  labCommand('down');
  rmSync(home, { recursive: true, force: true });
}
say(`as before after the rescue's deadline: ${good} of ${attempts.length}`);
process.exitCode = good === attempts.length ? 0 : 1;
