// Watches a segment with 400 adverts a second for a long time and says how much memory and CPU it took: two network
// namespaces of its own with a veth between them, adverts of 40 VRIDs sent into one, `vipdoctor watch` in the other,
// listening there in both ways it knows (tcpdump as on a node, cap as on the observer). Needs root, python3, tcpdump.
//
//   node scripts/bench-watch.mjs [--minutes 30] [--warm-up SECONDS] [--screen]
//
// Promised: after the warm-up memory grows by less than 10 MB, and it takes less than 15 % of one core.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const promised = { growthMb: 10, cpuPercent: 15 };
const vrids = 40;
const intervalMs = 100;
const sampleMs = 5000;
const program = fileURLToPath(new URL('../bin/vipdoctor', import.meta.url));

const optionOf = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const minutes = optionOf('--minutes', 30);
const warmUpMs = optionOf('--warm-up', Math.min(120, minutes * 15)) * 1000;
const onScreen = process.argv.includes('--screen');

// ── adverts ──────────────────────────────────────────────────────────────────────────────────────────────────
const fold = (sum) => {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return 0xffff - folded;
};
const sumOf = (bytes) => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] << 8) + (bytes[at + 1] ?? 0);
  return sum;
};
const word = (value) => [(value >> 8) & 0xff, value & 0xff];

/** VRRPv3 over IPv4 (RFC 9568 §5), from 10.88.0.1 to the group. */
const advertFrame = (vrid) => {
  const src = [10, 88, 0, 1];
  const group = [224, 0, 0, 18];
  const message = [0x31, vrid, 100, 1, ...word(intervalMs / 10), 0, 0, 10, 88, 1, vrid];
  const checksum = fold(sumOf([...src, ...group, 0, 112, ...word(message.length), ...message]));
  message.splice(6, 2, ...word(checksum));
  const header = [0x45, 0xc0, ...word(20 + message.length), 0, vrid, 0, 0, 255, 112, 0, 0, ...src, ...group];
  header.splice(10, 2, ...word(fold(sumOf(header))));
  const ethernet = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x02, 0x88, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00];
  return Buffer.from([...ethernet, ...header, ...message]);
};

/** One advert after the other, evenly; argv: interface, seconds between two, frames in hex. */
const sender = `
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
frames = [bytes.fromhex(h) for h in sys.argv[3:]]
pause = float(sys.argv[2])
start = time.monotonic()
sent = 0
while True:
    due = start + sent * pause
    now = time.monotonic()
    if due > now:
        time.sleep(due - now)
    s.send(frames[sent % len(frames)])
    sent += 1
`;

// ── the segment ──────────────────────────────────────────────────────────────────────────────────────────────
const must = (...argv) => {
  const [command, ...rest] = argv;
  const done = spawnSync(command, rest, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${argv.join(' ')}: ${done.stderr}`);
};
const [senders, watcher] = ['s', 'w'].map((end) => `vd-bench-watch-${process.pid}${end}`);

const raise = () => {
  for (const ns of [senders, watcher]) must('ip', 'netns', 'add', ns);
  must('ip', '-n', senders, 'link', 'add', 'seg0', 'type', 'veth', 'peer', 'name', 'seg0', 'netns', watcher);
  for (const [ns, address] of [
    [senders, '10.88.0.1/24'],
    [watcher, '10.88.0.2/24'],
  ]) {
    must('ip', '-n', ns, 'address', 'add', address, 'dev', 'seg0');
    for (const name of ['lo', 'seg0']) must('ip', '-n', ns, 'link', 'set', name, 'up');
  }
};
const raze = () => {
  for (const ns of [senders, watcher]) spawnSync('ip', ['netns', 'delete', ns]);
};

// ── measuring ────────────────────────────────────────────────────────────────────────────────────────────────
const childrenOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};
const below = (pid) => childrenOf(pid).flatMap((child) => [child, ...below(child)]);
const commandOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
};
const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);

const look = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return {
    cpuMs: ((Number(stat[11]) + Number(stat[12])) / ticksPerSecond) * 1000,
    mb: Number(resident?.[1] ?? 0) / 1024,
  };
};
const cpuOf = (pids) =>
  pids.reduce((sum, pid) => {
    try {
      return sum + look(pid).cpuMs;
    } catch {
      return sum;
    }
  }, 0);
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-bench-'));
const started = [];
let kept = false;
try {
  raise();
  const inventory = join(folder, 'inventory.yaml');
  writeFileSync(
    inventory,
    'nodes:\n  here: { address: local }\nobserver: { where: local, interface: seg0 }\n',
  );
  const frames = Array.from({ length: vrids }, (_, at) => advertFrame(at + 1).toString('hex'));
  const pause = intervalMs / 1000 / vrids;
  started.push(
    spawn('ip', ['netns', 'exec', senders, 'python3', '-c', sender, 'seg0', String(pause), ...frames], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const watch = [process.execPath, program, 'watch', '-i', inventory];
  const format = onScreen ? [] : ['--format', 'ndjson', '--summary', '10'];
  // A /proc of its own: keepaliveds elsewhere on this machine are none of its business.
  const inside = ['netns', 'exec', watcher, 'unshare', '--pid', '--fork', '--mount-proc'];
  const command = onScreen
    ? [...inside, 'script', '-qfec', [...watch, ...format].join(' '), '/dev/null']
    : [...inside, ...watch, ...format];
  const watching = spawn('ip', command, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', CI: '', LC_ALL: 'C.UTF-8' },
  });
  started.push(watching);
  let adverts = 0;
  let rest = '';
  watching.stdout.on('data', (chunk) => {
    if (onScreen) return;
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.kind === 'summary')
        adverts = event.routers.reduce(
          (sum, router) => sum + router.ears.reduce((all, ear) => all + ear.adverts, 0),
          0,
        );
      if (event.kind === 'source' || event.kind === 'dropped') console.log(line);
    }
  });
  await delay(3000);
  const pid = below(watching.pid).find((child) => {
    const words = commandOf(child);
    return words[0] === process.execPath && words.includes('watch');
  });
  if (pid === undefined) throw new Error('vipdoctor watch does not run');
  console.log(
    `${vrids} VRIDs, an advert every ${intervalMs} ms each: ${(1000 / intervalMs) * vrids} adverts/s, heard twice; ${
      onScreen ? 'on a screen' : 'as ndjson'
    }; ${minutes} min, warm-up ${warmUpMs / 1000} s; Node.js ${process.version}`,
  );
  await delay(warmUpMs);
  const samples = [];
  const startMs = performance.now();
  const before = look(pid);
  const helpersBefore = cpuOf(below(pid));
  const endMs = startMs + minutes * 60_000 - warmUpMs;
  let saidMs = startMs;
  while (performance.now() < endMs) {
    await delay(sampleMs);
    samples.push(look(pid).mb);
    if (performance.now() - saidMs > 60_000) {
      saidMs = performance.now();
      console.log(`${Math.round((saidMs - startMs) / 60_000)} min: ${samples.at(-1).toFixed(1)} MB`);
    }
  }
  const after = look(pid);
  const spanMs = performance.now() - startMs;
  const share = Math.max(1, Math.min(12, Math.floor(samples.length / 3)));
  const first = middle(samples.slice(0, share));
  const last = middle(samples.slice(-share));
  const growthMb = last - first;
  const cpuPercent = ((after.cpuMs - before.cpuMs) / spanMs) * 100;
  const helpersPercent = ((cpuOf(below(pid)) - helpersBefore) / spanMs) * 100;
  console.log(`memory: ${first.toFixed(1)} MB → ${last.toFixed(1)} MB, grown by ${growthMb.toFixed(1)} MB`);
  console.log(
    `CPU: ${cpuPercent.toFixed(1)} % of a core (tcpdump, cap and shells: ${helpersPercent.toFixed(1)} %)`,
  );
  if (!onScreen) console.log(`adverts counted: ${adverts}`);
  const broken = [
    ...(growthMb < promised.growthMb ? [] : [`memory may grow by ${promised.growthMb} MB`]),
    ...(cpuPercent < promised.cpuPercent ? [] : [`promised are ${promised.cpuPercent} % of a core`]),
    ...(onScreen || adverts > 0 ? [] : ['no adverts were counted']),
  ];
  for (const one of broken) console.log(`not kept: ${one}`);
  kept = broken.length === 0;
} finally {
  for (const child of started.reverse()) {
    for (const pid of below(child.pid).reverse())
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It has ended already.
      }
    child.kill('SIGTERM');
  }
  await delay(1500);
  raze();
  rmSync(folder, { recursive: true });
}
process.exitCode = kept ? 0 : 1;
