// How fast the check screen is: from the command line to the first frame, and from a key to the repainted screen while
// a hundred adverts a second come in. Both on a terminal of their own, made by script(1). Prints the figures and fails
// when the middle of the first paints is over 500 ms, or the slowest but a twentieth of the keys over 50 ms.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = Number(process.argv[2] ?? 15);
const limits = { firstPaintMs: 500, keyMs: 50 };

const at = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

/** A command on a terminal of its own: what it writes, and a way to type. */
const openTerminal = (command) => {
  const child = spawn('script', ['-qefc', `stty rows 24 cols 80; exec ${command}`, '/dev/null'], {
    cwd: root,
    env: {
      ...process.env,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      CI: 'false',
      CONTINUOUS_INTEGRATION: 'false',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  const waiting = new Set();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written += text;
    for (const look of waiting) look();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    ended,
    type: (keys) => child.stdin.write(keys),
    /** Resolves with the moment when the text was written, from now on. */
    until: (text, withinMs = 20_000) =>
      new Promise((resolve, reject) => {
        const from = written.length;
        const give = (settle, value) => {
          clearTimeout(timer);
          waiting.delete(look);
          settle(value);
        };
        const look = () => {
          if (written.includes(text, from)) give(resolve, performance.now());
        };
        const timer = setTimeout(
          () => give(reject, new Error(`"${text}" was not painted: ${JSON.stringify(written.slice(-400))}`)),
          withinMs,
        );
        waiting.add(look);
      }),
  };
};

const bareStart = async () => {
  const startedMs = performance.now();
  const terminal = openTerminal(`${process.execPath} -e 'console.log("bare")'`);
  const paintedMs = await terminal.until('bare');
  await terminal.ended;
  return paintedMs - startedMs;
};

const firstPaint = async () => {
  const startedMs = performance.now();
  const terminal = openTerminal('bin/vipdoctor check --from fixtures/bundles/host-firewall-nft-inet');
  const first = await terminal.until('CHECKING');
  const verdict = await terminal.until('q\u001b[22m\u001b[2m leave');
  terminal.type('q');
  await terminal.ended;
  return { first: first - startedMs, verdict: verdict - startedMs };
};

/** The check screen by itself, built as the program is, with a hundred events a second. */
const buildLoad = async (folder) => {
  await build({
    absWorkingDir: root,
    stdin: {
      resolveDir: join(root, 'src/tui'),
      loader: 'ts',
      contents: `
        import { mountScreen } from './mount.tsx';
        import { checkScreen } from './check/screen.ts';
        import { openingState } from './check/state.ts';
        const never = () => () => undefined;
        const screen = mountScreen({
          screen: checkScreen,
          initial: openingState({ subject: 'n1, n2', kind: 'live', askLimitMs: 10_000 }),
          door: {
            stdin: process.stdin, stdout: process.stdout, stderr: process.stderr,
            size: () => ({ columns: 80, rows: 24 }),
            color: 'ansi16', charset: 'utf8', reading: 'frames', multiplexer: 'none',
            onGone: never, onExit: never,
          },
          perform: async () => { clearInterval(timer); await screen.unmount(); process.exit(0); },
        });
        screen.dispatch({ kind: 'started' });
        for (const node of ['n1', 'n2'])
          screen.dispatch({ kind: 'session', event: { kind: 'node', node, phase: 'listening', detail: '' } });
        let adverts = 0;
        const timer = setInterval(() => {
          adverts += 1;
          screen.dispatch({ kind: 'session', event: {
            kind: 'listening', elapsedMs: adverts * 10, limitMs: 600_000, adverts,
            openQuestions: ['VRID 101: do adverts from n1 reach n2?'],
            senders: [{ vrid: 101, from: 'n1', priority: 100, adverts }],
          } });
        }, 10);
      `,
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    entryNames: 'load',
    splitting: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    jsx: 'automatic',
    external: ['react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return join(folder, 'load.mjs');
};

const keysUnderLoad = async (count) => {
  const folder = await mkdtemp(join(tmpdir(), 'vipdoctor-bench-'));
  try {
    const terminal = openTerminal(`${process.execPath} ${await buildLoad(folder)}`);
    await terminal.until('still open');
    const latencies = [];
    for (let pressed = 0; pressed < count; pressed += 1) {
      const opens = pressed % 2 === 0;
      const painted = terminal.until(opens ? 'Keys while the check runs' : 'still open');
      const pressedMs = performance.now();
      terminal.type('?');
      latencies.push((await painted) - pressedMs);
      await new Promise((resolve) => setTimeout(resolve, 37));
    }
    terminal.type('q');
    await terminal.ended;
    return latencies;
  } finally {
    await rm(folder, { recursive: true });
  }
};

await firstPaint();
const starts = [];
for (let round = 0; round < rounds; round += 1)
  starts.push({ bare: await bareStart(), ...(await firstPaint()) });
const middle = (name) =>
  at(
    starts.map((start) => start[name]),
    0.5,
  );
console.log(
  `first paint: ${middle('first').toFixed(0)} ms after the command line (node -e on the same terminal: ${middle('bare').toFixed(0)} ms); the verdict of a recording: ${middle('verdict').toFixed(0)} ms`,
);
const latencies = await keysUnderLoad(rounds * 4);
console.log(
  `key to repaint at 100 adverts/s: ${at(latencies, 0.5).toFixed(1)} ms in the middle, ${at(latencies, 0.95).toFixed(1)} ms for 95 of 100, ${Math.max(...latencies).toFixed(1)} ms at most (${latencies.length} keys)`,
);
process.exitCode = middle('first') <= limits.firstPaintMs && at(latencies, 0.95) <= limits.keyMs ? 0 : 1;
