import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLifeline } from '../../src/transport/lifeline.ts';

const shells: readonly (readonly [string, ...string[]])[] = [['sh'], ['bash'], ['busybox', 'sh']];
const present = shells.filter(([program]) => spawnSync(program, ['-c', 'true']).error === undefined);

/** Pids of live processes whose command line holds the text. */
function pidsOf(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}

async function eventually(what: () => boolean, withinMs = 8000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!what()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

const gone = (text: string): Promise<boolean> => eventually(() => pidsOf(text).length === 0);

let serial = 0;
/** A duration nobody else sleeps for: it identifies our processes. */
const uniqueSeconds = (): string => `${100000 + (process.pid % 10000)}${serial++}`;

function start([program, ...args]: readonly [string, ...string[]], command: string): ChildProcess {
  return spawn(program, [...args, '-c', command], { stdio: 'pipe', detached: true });
}

describe.concurrent.each(present.map((shell) => [shell.join(' '), shell] as const))(
  'lifeline in %s',
  (_, shell) => {
    it('passes output and exit status through', async () => {
      const child = start(shell, withLifeline('echo out; echo err >&2; cat; exit 7'));
      let out = '';
      let err = '';
      child.stdout?.on('data', (chunk) => {
        out += chunk;
      });
      child.stderr?.on('data', (chunk) => {
        err += chunk;
      });
      const [code] = await once(child, 'close');
      expect({ code, out, err }).toEqual({ code: 7, out: 'out\n', err: 'err\n' });
    });

    it('ends the command and its children when stdin closes', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`sleep ${seconds} & sh -c 'sleep ${seconds}; :' ; wait`));
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length === 2)).toBe(true);
      child.stdin?.destroy();
      await once(child, 'close');
      expect(await gone(seconds)).toBe(true);
    });

    it('ends a command that ignores TERM', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`trap '' TERM; while :; do sleep ${seconds}; done`));
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length === 1)).toBe(true);
      child.stdin?.destroy();
      await once(child, 'close');
      expect(await gone(seconds)).toBe(true);
    });

    it('lets the command tidy up on TERM', async () => {
      const child = start(
        shell,
        withLifeline(`trap 'echo tidied; exit 0' TERM; echo up; while :; do sleep 0.05; done`),
      );
      let out = '';
      child.stdout?.on('data', (chunk) => {
        out += chunk;
        if (out === 'up\n') child.stdin?.destroy();
      });
      await once(child, 'close');
      expect(out).toBe('up\ntidied\n');
    });

    it('leaves nothing behind when the command ends by itself', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`: ${seconds}; sleep ${seconds} >/dev/null 2>&1 & exit 3`));
      const [code] = await once(child, 'close');
      expect(code).toBe(3);
      expect(await gone(seconds)).toBe(true);
    });

    it('ends the command when the wrapper itself is told to end', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`sleep ${seconds}`));
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length > 0)).toBe(true);
      child.kill('SIGTERM');
      await once(child, 'close');
      expect(await gone(seconds)).toBe(true);
    });

    it('ends the command when the wrapper is killed and stdin closes', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`sleep ${seconds}`));
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length > 0)).toBe(true);
      child.kill('SIGKILL');
      child.stdin?.destroy();
      expect(await gone(seconds)).toBe(true);
    });

    it('cuts the command off at its limit although stdin is open', async () => {
      const seconds = uniqueSeconds();
      const child = start(shell, withLifeline(`sleep ${seconds}`, { limitSeconds: 1 }));
      const [code] = await once(child, 'close');
      expect([124, 143]).toContain(code);
      expect(await gone(seconds)).toBe(true);
    });
  },
);

it('was tried in more than one shell', () => {
  expect(present.length).toBeGreaterThan(1);
});
