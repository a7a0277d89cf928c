// How fast `replay` is, as a multiple of tcpdump and tshark reading the same capture, which this script makes. Runs are
// paired and interleaved, so that a busy machine slows all alike; the middle of the ratios is printed. What is not
// installed is left out. Arguments: adverts [default: 1000000], rounds [default: 3].
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/vipdoctor', import.meta.url));
const adverts = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 3);
/** What is promised: tshark takes at least ten times as long, tcpdump at least as long. */
const promised = { tshark: 10, tcpdump: 1 };

// ── captures ─────────────────────────────────────────────────────────────────────────────────────────────────
const foldedComplement = (frame, from, to) => {
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return 0xffff - sum;
};

/** A version 2 advert with a password over Ethernet; 54 bytes. */
const writeAdvert = (frame, { sender, vrid, priority, address, identification }) => {
  frame.fill(0);
  frame.set([0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x02, 0x00, 0x00, 0x00, 0x00, sender, 0x08, 0x00]);
  frame.set([0x45, 0xc0, 0, 40, identification >>> 8, identification & 0xff, 0, 0, 255, 112], 14);
  frame.set([192, 0, 2, sender, 224, 0, 0, 18], 26);
  frame.writeUInt16BE(foldedComplement(frame, 14, 34), 24);
  frame.set([0x21, vrid, priority, 1, 1, 1, 0, 0, ...address], 34);
  frame.write('bench-pw', 46, 'latin1');
  frame.writeUInt16BE(foldedComplement(frame, 34, 54), 40);
};

const kinds = {
  /** One cluster: now and then another of three nodes is master. */
  'one cluster': (at) => ({
    sender: 10 + (Math.floor(at / 1000) % 3),
    vrid: 51,
    priority: 150,
    address: [192, 0, 2, 100],
    identification: at & 0xffff,
  }),
  /** No two adverts alike: nothing can be remembered. */
  'all different': (at) => ({
    sender: 10 + (at % 3),
    vrid: 1 + (at % 200),
    priority: 1 + ((at * 7) % 250),
    address: [10, (at >>> 16) & 0xff, (at >>> 8) & 0xff, at & 0xff],
    identification: at & 0xffff,
  }),
};

const writeCapture = (path, describe, adverts) => {
  const file = openSync(path, 'w');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  writeSync(file, header);
  const perBlock = 10_000;
  const block = Buffer.alloc(perBlock * 70);
  const frame = Buffer.alloc(54);
  for (let first = 0; first < adverts; first += perBlock) {
    const count = Math.min(perBlock, adverts - first);
    for (let index = 0; index < count; index++) {
      const at = first + index;
      const record = index * 70;
      block.writeUInt32LE(1_700_000_000 + at, record);
      block.writeUInt32LE((at * 37) % 1000, record + 4);
      block.writeUInt32LE(54, record + 8);
      block.writeUInt32LE(54, record + 12);
      writeAdvert(frame, describe(at));
      frame.copy(block, record + 16);
    }
    writeSync(file, block, 0, count * 70);
  }
  closeSync(file);
};

// ── measuring ────────────────────────────────────────────────────────────────────────────────────────────────
const isThere = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

const timed = (command, argv) => {
  const startedMs = performance.now();
  const ended = spawnSync(command, argv, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 26 });
  if (ended.status !== 0 && ended.status !== 1)
    throw new Error(`${command} ${argv.join(' ')}: ${ended.stderr}`);
  return performance.now() - startedMs;
};

/** Largest resident memory, as the kernel counted it; undefined where GNU time is missing. */
const memoryMb = (argv) => {
  const ended = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, ...argv], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kilobytes = /(\d+)\s*$/.exec(ended.stderr ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
};

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const tsharkFields = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'vrrp.virt_rtr_id',
  'vrrp.prio',
  'vrrp.adver_int',
  'vrrp.ip_addr',
].flatMap((field) => ['-e', field]);

const rivals = [
  { name: 'tcpdump', argv: (path) => ['-n', '-r', path] },
  { name: 'tshark', argv: (path) => ['-n', '-r', path, '-T', 'fields', ...tsharkFields] },
].filter(({ name }) => {
  const there = isThere(name);
  if (!there) console.log(`${name} is not installed: left out`);
  return there;
});

const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-bench-'));
let kept = true;
try {
  for (const [kind, describe] of Object.entries(kinds)) {
    const path = join(folder, 'adverts.pcap');
    writeCapture(path, describe, adverts);
    for (const format of ['text', 'ndjson']) {
      const ours = [program, 'replay', path, '--format', format];
      timed(process.execPath, ours);
      const pairs = Array.from({ length: rounds }, () => ({
        ours: timed(process.execPath, ours),
        ...Object.fromEntries(rivals.map(({ name, argv }) => [name, timed(name, argv(path))])),
      }));
      const ownMs = middle(pairs.map((pair) => pair.ours));
      const memory = memoryMb(ours);
      console.log(
        `${kind}, ${format}: ${adverts} adverts in ${(ownMs / 1000).toFixed(2)} s${memory === undefined ? '' : `, ${memory.toFixed(0)} MB at most`}`,
      );
      for (const { name } of rivals) {
        const ratio = middle(pairs.map((pair) => pair[name] / pair.ours));
        const enough = ratio >= promised[name];
        if (kind === 'one cluster' && !enough) kept = false;
        console.log(
          `  ${name} takes ${ratio.toFixed(1)} x as long (${(middle(pairs.map((pair) => pair[name])) / 1000).toFixed(2)} s)${enough ? '' : `, promised: ${promised[name]}`}`,
        );
      }
    }
    // Memory that does not grow with the capture: three times as many adverts must not take much more.
    const once = memoryMb([program, 'replay', path, '--format', 'text']);
    writeCapture(path, describe, adverts * 3);
    const thrice = memoryMb([program, 'replay', path, '--format', 'text']);
    if (once !== undefined && thrice !== undefined)
      console.log(
        `${kind}, text: ${once.toFixed(0)} MB at most for ${adverts} adverts, ${thrice.toFixed(0)} MB for ${adverts * 3}`,
      );
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = kept ? 0 : 1;
