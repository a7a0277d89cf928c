// How the built program ends when something takes its output away: a reader that leaves, a full disk, a closed
// descriptor, a terminal that disappears. The verdict keeps its exit code, and nothing hangs or prints a stack.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMeter } from '../../src/cli/meter.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/vipdoctor');
const split = join(root, 'fixtures/bundles/host-firewall-nft-inet');
const healthy = join(root, 'fixtures/bundles/healthy-three');
const capture = join(split, 'nodes/01-n1/ear.pcap');
const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-ends-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'wrong.conf'), 'vrrp_instance VI_1 {\n  virtual_router_id 0\n}\n');

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
}, 60_000);

const env = { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' };

/** A line of shell in which `$V` is the program; gives the program's own exit code, and what came out. */
const inShell = (line: string) => {
  const ended = spawnSync('bash', ['-c', `${line}; exit "\${PIPESTATUS[0]}"`], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...env, V: program },
    timeout: 15_000,
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
};

const formats = [
  ['text', 1],
  ['json', 1],
  ['ndjson', 1],
  ['junit', 1],
  ['markdown', 1],
  ['html', 1],
  ['nagios', 2],
] as const;

describe('a reader that leaves early', () => {
  it.each(formats)('%s: the verdict keeps its exit code', (format, code) => {
    expect(inShell(`$V check --from ${split} --format ${format} | head -c 1 >/dev/null`)).toEqual({
      code,
      out: '',
      err: '',
    });
    expect(inShell(`$V check --from ${healthy} --format ${format} | head -c 1 >/dev/null`).code).toBe(0);
  });

  it('who never reads at all', () => {
    expect(inShell(`$V check --from ${split} --format json | true`)).toMatchObject({ code: 1, err: '' });
    expect(inShell(`$V explain | true`)).toMatchObject({ code: 0, err: '' });
    expect(inShell(`$V replay ${capture} --format ndjson | head -1 >/dev/null`)).toMatchObject({
      code: 0,
      err: '',
    });
    expect(inShell(`$V lint wrong.conf --format json | head -1 >/dev/null`)).toMatchObject({
      code: 1,
      err: '',
    });
  });
});

describe('what other programs read', () => {
  it.skipIf(spawnSync('jq', ['--version']).error !== undefined)(
    'jq takes the JSON (skipped without jq)',
    () => {
      const said = inShell(`$V check --from ${split} --format json | jq -r '.verdict, .findings[0].rule'`);
      expect(said).toEqual({ code: 1, out: 'critical\nhost-firewall-input-drop\n', err: '' });
      const lines = inShell(
        `$V check --from ${split} --format ndjson | jq -r 'select(.kind == "node").name'`,
      );
      expect(lines.out).toBe('n1\nn2\nn3\n');
    },
  );

  it('nagios gets one line and a code of a plugin', () => {
    const said = inShell(`$V check --from ${split} --format nagios`);
    expect(said).toMatchObject({ code: 2, err: '' });
    expect(said.out).toMatch(/^VIPDOCTOR CRITICAL - VIP 10\.77\.0\.5 has two masters.* \| .*critical=4;;0;0/);
    expect(inShell(`$V check --from ${healthy} --format nagios`)).toMatchObject({ code: 0 });
    expect(inShell('$V check --from nowhere --format nagios')).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^VIPDOCTOR UNKNOWN - /),
    });
  });
});

describe.skipIf(process.platform !== 'linux')('a full disk (/dev/full, so on Linux only)', () => {
  it.each(formats)('%s: ends with 2 and says so', (format) => {
    const said = inShell(`$V check --from ${split} --format ${format} >/dev/full`);
    expect(said.code).toBe(2);
    expect(said.err).toMatch(/^vipdoctor: the result could not be written: .*no space left/);
    expect(said.err.split('\n')).toHaveLength(2);
  });

  it('also for the quick answers, for a file, and when stderr is full too', () => {
    expect(inShell('$V --help >/dev/full').code).toBe(2);
    expect(inShell(`$V check --from ${split} -o /dev/full`)).toMatchObject({ code: 2, out: '' });
    expect(inShell(`$V check --from ${split} >/dev/full 2>/dev/full`).code).toBe(2);
    expect(inShell('$V check --from nowhere 2>/dev/full').code).toBe(2);
  });
});

describe('a terminal that disappears', () => {
  let silent: Server;
  let port = 0;
  beforeAll(async () => {
    // A host that takes the connection and never says a word: the check waits for it.
    silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    silent.close();
  });

  /** Runs the program on a terminal of its own, lets the terminal go once it has shown something, prints the code. */
  const onVanishingTerminal = `
import os, pty, select, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
deadline = time.monotonic() + 10
while b'connect' not in seen and time.monotonic() < deadline:
    if select.select([master], [], [], 0.2)[0]:
        seen += os.read(master, 4096)
os.close(master)
while time.monotonic() < deadline:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        print(os.waitstatus_to_exitcode(status), b'connect' in seen)
        sys.exit(0)
    time.sleep(0.02)
os.kill(pid, 9)
print('hangs')
`;

  it.skipIf(spawnSync('python3', ['-c', 'import pty']).status !== 0)(
    'ends a running check as an interruption does (skipped without python3)',
    { timeout: 20_000 },
    async () => {
      // Not spawnSync: the silent host lives in this process.
      const child = spawn(
        'python3',
        ['-c', onVanishingTerminal, program, 'check', `root@127.0.0.1:${port}`, '--observer', 'none'],
        { env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let said = '';
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
      child.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
      await new Promise((resolve) => child.once('close', resolve));
      expect(said).toBe('130 True\n');
    },
  );
});

describe('the meter of long work', () => {
  const listening = (progress: Terminal['progress']) => {
    const written: string[] = [];
    const terminal: Terminal = {
      out: async () => undefined,
      err: async (text) => {
        written.push(text);
      },
      outStyle: () => ({ color: 'none', width: 80, unicode: 'utf8' }),
      errStyle: () => ({ color: 'none', width: 80, unicode: 'utf8' }),
      fileStyle: () => ({ color: 'none', width: 80, unicode: 'utf8' }),
      progress,
      questions: 'impossible',
      onGone: () => () => undefined,
    };
    return { terminal, written };
  };

  it('shows itself after a while, now and then, and goes away', async () => {
    const { terminal, written } = listening('updating-line');
    let nowMs = 0;
    const meter = openMeter(terminal, 'after-a-while', () => nowMs);
    for (; nowMs <= 1000; nowMs += 10) await meter.show(() => `at ${nowMs}\x1b`);
    await meter.end();
    expect(written).toEqual(['\r\x1b[Kat 700\\x1b', '\r\x1b[Kat 900\\x1b', '\r\x1b[K']);
  });

  it('is silent where a line cannot update itself', async () => {
    const { terminal, written } = listening('plain');
    const meter = openMeter(terminal, 'after-a-while', () => 1e9);
    await meter.show(() => 'x');
    await meter.end();
    expect(written).toEqual([]);
  });
});
