// How long the program takes to answer --version and --help, as a multiple of starting Node.js with nothing to do.
// Runs are paired and interleaved, so that a busy machine slows both alike; the middle of the ratios is printed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/vipdoctor', import.meta.url));
const rounds = Number(process.argv[2] ?? 25);
const limit = 1.6;

const timed = (argv) => {
  const startedMs = performance.now();
  const ended = spawnSync(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  if (ended.status !== 0) throw new Error(`${argv.join(' ')}: ${ended.stderr}`);
  return performance.now() - startedMs;
};

const middle = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

const cases = [['--version'], ['--help'], ['check', '--help']];
timed(['-e', '0']);
let worst = 0;
for (const argv of cases) {
  timed([program, ...argv]);
  const pairs = Array.from({ length: rounds }, () => ({
    bare: timed(['-e', '0']),
    ours: timed([program, ...argv]),
  }));
  const ratio = middle(pairs.map(({ bare, ours }) => ours / bare));
  worst = Math.max(worst, ratio);
  console.log(
    `vipdoctor ${argv.join(' ')}: ${ratio.toFixed(2)} x node -e 0 (${middle(pairs.map(({ ours }) => ours)).toFixed(0)} ms to ${middle(pairs.map(({ bare }) => bare)).toFixed(0)} ms)`,
  );
}
process.exitCode = worst <= limit ? 0 : 1;
