// What a check costs beside listening, on a practice cluster of its own: time from start to verdict minus the time
// it listened (three nodes, several runs), and peak memory with one node against ten. Needs root and a built dist/.
// Usage: node scripts/bench-check.mjs [RUNS]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin/vipdoctor');
const runs = Number(process.argv[2] ?? 5);
const lab = 'bench';
const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-bench-'));

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values, unit) =>
  `${Math.min(...values).toFixed(0)} / ${median(values).toFixed(0)} / ${Math.max(...values).toFixed(0)} ${unit}`;

const labCommand = (...args) => {
  const done = spawnSync(process.execPath, [program, 'lab', ...args, '--name', lab], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`lab ${args.join(' ')}: ${done.stderr}`);
};

// Tells the peak of the process it is loaded into, in KiB, when that ends.
const peakTeller = join(scratch, 'peak.cjs');
writeFileSync(
  peakTeller,
  "process.on('exit', () => require('node:fs').writeFileSync(process.env.VIPDOCTOR_PEAK, String(process.resourceUsage().maxRSS)));\n",
);

const check = (inventory) =>
  new Promise((resolve, reject) => {
    const peakFile = join(scratch, 'peak');
    const startedMs = performance.now();
    const child = spawn(
      'ip',
      [
        'netns',
        'exec',
        `vd-${lab}-obs`,
        process.execPath,
        '--require',
        peakTeller,
        program,
        'check',
        '-i',
        inventory,
        '--host-key-checking',
        'off',
        '--format',
        'json',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, VIPDOCTOR_PEAK: peakFile } },
    );
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => {
      const wallMs = performance.now() - startedMs;
      const report = JSON.parse(text);
      resolve({
        wallMs,
        listenedMs: report.listening.ms,
        reached: report.nodes.filter((node) => node.reachable).length,
        peakKiB: Number(readFileSync(peakFile, 'utf8')),
      });
    });
  });

const inventoryOf = (name, addresses) => {
  const path = join(scratch, `${name}.yaml`);
  const identity = `/run/vipdoctor-lab/${lab}/id_ed25519`;
  const nodes = addresses.map(
    (address, index) => `  m${index + 1}: { address: ${address}, user: root, identity: ${identity} }\n`,
  );
  writeFileSync(path, `nodes:\n${nodes.join('')}observer: { where: local, interface: seg0 }\n`);
  return path;
};

try {
  labCommand('up', '--topology', 'three');
  const three = inventoryOf(
    'three',
    [11, 12, 13].map((host) => `10.77.9.${host}`),
  );
  await check(three);
  const times = [];
  for (let run = 0; run < runs; run += 1) times.push(await check(three));
  console.log(`three nodes, ${runs} runs, min / median / max:`);
  console.log(
    `  listened          ${spread(
      times.map((time) => time.listenedMs),
      'ms',
    )}`,
  );
  console.log(
    `  start to verdict  ${spread(
      times.map((time) => time.wallMs),
      'ms',
    )}`,
  );
  console.log(
    `  beside listening  ${spread(
      times.map((time) => time.wallMs - time.listenedMs),
      'ms',
    )}   (wanted: at most 1000 ms)`,
  );
  console.log(`  whole / listened  ${median(times.map((time) => time.wallMs / time.listenedMs)).toFixed(2)}`);

  labCommand('up', '--topology', 'five');
  // Each node has two addresses, so five nodes are ten connections.
  const ends = [11, 12, 13, 14, 15];
  const ten = inventoryOf(
    'ten',
    ends.flatMap((host) => [`10.77.9.${host}`, `10.77.0.${host}`]),
  );
  const one = inventoryOf('one', ['10.77.9.11']);
  const ones = [];
  const tens = [];
  for (let run = 0; run < runs; run += 1) {
    ones.push(await check(one));
    tens.push(await check(ten));
  }
  const reached = Math.min(...tens.map((time) => time.reached));
  if (reached < 10)
    console.log(`  only ${reached} of 10 connections were made: the figure below is too good`);
  const perTen = tens.map((time, index) => (((time.peakKiB - (ones[index]?.peakKiB ?? 0)) / 9) * 10) / 1024);
  console.log(`peak memory, ${runs} runs, min / median / max:`);
  console.log(
    `  one node          ${spread(
      ones.map((time) => time.peakKiB / 1024),
      'MiB',
    )}`,
  );
  console.log(
    `  ten connections   ${spread(
      tens.map((time) => time.peakKiB / 1024),
      'MiB',
    )}`,
  );
  console.log(`  per ten nodes     ${spread(perTen, 'MiB')}   (wanted: at most 25 MB)`);
} finally {
  spawnSync(process.execPath, [program, 'lab', 'down', '--name', lab]);
  rmSync(scratch, { recursive: true, force: true });
}
