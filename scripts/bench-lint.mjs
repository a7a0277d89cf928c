// How long `lint` thinks about each configuration of a folder, inside one running program: read from disk, passwords
// masked, parsed, modelled, judged as keepalived would, held against the rules, rendered as text. Every file is done
// once to warm up and then several times; its best time counts, as other work of the machine can only add. As busy machines differ, each is also given as a
// multiple of cutting the same bytes into words. Ends with 1 when any file takes longer than promised.
//
//   node scripts/bench-lint.mjs [DIR|FILE]... [--rounds 5] [--slowest 5]
//
// `node --cpu-prof scripts/bench-lint.mjs FILE` says where the time of one file goes.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const limitMs = 50;
/** Told at once, so that a long run shows where it stands. */
const verySlowMs = 500;
const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, slowest: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);

// ── the program's own parts ──────────────────────────────────────────────────────────────────────────────────
const entry = `
import { buildPaperCluster } from './src/cluster/paper.ts';
import { readSheets } from './src/cli/config-on-disk.ts';
import { validateConfig } from './src/keepalived/validation/validate.ts';
import { usualVersion } from './src/keepalived/version.ts';
import { composeLint } from './src/lint/compose.ts';
import { openSourceText } from './src/lint/source-text.ts';
import { renderLintText } from './src/lint/text.ts';
import { rules } from './src/rules/generated/index.ts';
import { judge } from './src/rules/judge.ts';

const plain = { color: 'off', unicode: true, width: 100 };
const tolerance = { acceptances: [], today: '' };
const about = { tool: { name: 'vipdoctor', version: '' }, keepalivedVersion: usualVersion.text };

export const lintOne = (path) => {
  const [sheet] = readSheets([path], { version: usualVersion });
  const judged = judge(buildPaperCluster([sheet]), rules, tolerance);
  const { given, node, config, sources } = sheet;
  const validation = validateConfig({ ...sources, isSecret: () => false });
  const report = composeLint([{ given, path: sources.path, node, config, validation }], judged, about, tolerance);
  const source = openSourceText((file) => {
    const reading = sources.read(file === given ? sources.path : file);
    return 'text' in reading ? reading.text : undefined;
  });
  return renderLintText(report, source, plain).length;
};
`;

const bundleEntry = async () => {
  // Below the checkout, so that packages left outside the bundle are found.
  const folder = await mkdtemp(join(root, 'node_modules', '.bench-lint-'));
  try {
    const outfile = join(folder, 'lint.mjs');
    await build({
      absWorkingDir: root,
      stdin: { contents: entry, resolveDir: root, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
      banner: {
        js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

// ── files ────────────────────────────────────────────────────────────────────────────────────────────────────
const filesBelow = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

const asked = positionals.length > 0 ? positionals : [join(root, 'fixtures/conf')];
const files = asked.filter((path) => existsSync(path)).flatMap(filesBelow);
if (files.length === 0) {
  process.stderr.write(`no file below ${asked.join(', ')}\n`);
  process.exit(2);
}

// ── measuring ────────────────────────────────────────────────────────────────────────────────────────────────
const timed = (work) => {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
};
const show = (ms) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, share) => {
  const inOrder = sorted(numbers);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))];
};
const cutIntoWords = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/));

const { lintOne } = await bundleEntry();
const wholeMs = timed(() => {
  for (const path of files) {
    const ms = timed(() => lintOne(path));
    if (ms > verySlowMs) console.log(`  ${show(ms)} the first time: ${path}`);
  }
});
const measured = files.map((path) => {
  const times = Array.from({ length: rounds }, () => timed(() => lintOne(path)));
  const yardstick = Array.from({ length: rounds }, () => timed(() => cutIntoWords(path)));
  const ms = Math.min(...times);
  return {
    path,
    ms,
    ratio: ms / Math.min(...yardstick),
    lines: readFileSync(path, 'utf8').split('\n').length,
  };
});
const times = measured.map(({ ms }) => ms);
console.log(
  `${files.length} files: median ${show(quantile(times, 0.5))}, p99 ${show(quantile(times, 0.99))}, max ${show(Math.max(...times))}; ` +
    `${quantile(
      measured.map(({ ratio }) => ratio),
      0.5,
    ).toFixed(0)} x cutting into words; warm-up of all ${show(wholeMs)}`,
);
const slowest = [...measured].sort((a, b) => b.ms - a.ms).slice(0, Number(values.slowest));
for (const { path, ms, ratio, lines } of slowest)
  console.log(
    `  ${show(ms).padStart(8)}  ${path}: ${lines} lines, ${((ms / lines) * 1000).toFixed(0)} us a line, ${ratio.toFixed(0)} x cutting into words`,
  );
const over = measured.filter(({ ms }) => ms >= limitMs);
console.log(`${over.length} over ${limitMs} ms`);
process.exitCode = over.length === 0 ? 0 : 1;
