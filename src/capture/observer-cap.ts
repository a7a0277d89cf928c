// The observer's ear through the `cap` package, in a child process that may die and is restarted a few times. Only
// for the machine vipdoctor runs on; stamps are of arrival, and `cap` always listens promiscuously. Where it cannot
// be had, it says why, and the caller runs tcpdump (ear.ts) instead.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { HeardFrame } from '../evidence/bundle.ts';
import { capChildProgram, createCapRecordReader } from './cap-child.ts';
import { pcapFilter } from './packet-filter.ts';

export interface CapEarOptions {
  readonly interface: string;
  onFrame(frame: HeardFrame): void;
  /** A child died, was restarted, or could not be; in words. */
  onProblem(text: string): void;
  /** How often a dead child is replaced; default 3. */
  readonly maxRestarts?: number;
  readonly filter?: string;
  /** Path of the cap module; found among the installed packages when absent. */
  readonly modulePath?: string;
}

export interface CapEar {
  readonly kind: 'started';
  /** Pid of the child at work, for whoever checks that it is gone. */
  pid(): number | undefined;
  /** Resolves, with how its last child ended, once no other is started. */
  readonly ended: Promise<string>;
  /** Resolves when the child has ended. */
  stop(): Promise<void>;
}

export type CapEarStart = CapEar | { readonly kind: 'unavailable'; readonly reason: string };

/** Resolves once the child listens, or cannot. */
export async function startCapEar(options: CapEarOptions): Promise<CapEarStart> {
  const found = options.modulePath === undefined ? findCap() : { path: options.modulePath };
  if ('reason' in found) return { kind: 'unavailable', reason: found.reason };
  const modulePath = found.path;
  let restartsLeft = options.maxRestarts ?? 3;
  let wanted: 'listening' | 'stopped' = 'listening';
  let current = startChild(modulePath, options);
  const first = await current.listening;
  if (first.kind === 'failed') return { kind: 'unavailable', reason: first.reason };

  const watch = async (): Promise<string> => {
    for (;;) {
      const how = await current.ended;
      if (wanted === 'stopped') return how;
      if (restartsLeft <= 0) {
        options.onProblem(`the cap process ended (${how}) and was not restarted again`);
        return how;
      }
      restartsLeft -= 1;
      current = startChild(modulePath, options);
      const again = await current.listening;
      options.onProblem(
        again.kind === 'listening'
          ? `the cap process ended (${how}) and was restarted; frames in between are missing`
          : `the cap process ended (${how}) and could not be restarted: ${again.reason}`,
      );
    }
  };
  const watched = watch();
  return {
    kind: 'started',
    pid: () => current.process.pid,
    ended: watched,
    stop: async () => {
      wanted = 'stopped';
      current.process.stdin?.end();
      // A child stuck in libpcap does not notice the end of its stdin.
      const patience = setTimeout(() => current.process.kill('SIGKILL'), 500);
      await watched;
      clearTimeout(patience);
    },
  };
}

function findCap(): { readonly path: string } | { readonly reason: string } {
  try {
    return { path: createRequire(import.meta.url).resolve('cap') };
  } catch {
    return { reason: 'the optional package cap is not installed' };
  }
}

type FirstWord = { readonly kind: 'listening' } | { readonly kind: 'failed'; readonly reason: string };

interface Child {
  readonly process: ChildProcess;
  readonly listening: Promise<FirstWord>;
  /** How it ended, e.g. `SIGABRT`. */
  readonly ended: Promise<string>;
}

const maxStderrBytes = 4096;

function startChild(modulePath: string, options: CapEarOptions): Child {
  const child = spawn(
    process.execPath,
    ['-e', capChildProgram, '--', modulePath, options.interface, options.filter ?? pcapFilter],
    { stdio: ['pipe', 'pipe', 'pipe'], env: {} },
  );
  const readRecords = createCapRecordReader();
  let stderr = '';
  let settle: (word: FirstWord) => void = () => {};
  const listening = new Promise<FirstWord>((resolve) => {
    settle = resolve;
  });
  child.stdin.on('error', () => {
    // The child died before its stdin was closed; `ended` says so.
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < maxStderrBytes) stderr += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const records = readRecords(chunk);
    if (records === 'corrupt') {
      child.kill('SIGKILL');
      return;
    }
    for (const record of records) {
      if (record.bytes.length === 0) settle({ kind: 'listening' });
      else options.onFrame(record);
    }
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      settle({ kind: 'failed', reason: error.message });
      resolve(error.message);
    });
    child.on('close', (code, signal) => {
      const how = signal ?? `exit status ${code}`;
      const said = stderr.trim().split('\n')[0]?.slice(0, 200);
      settle({ kind: 'failed', reason: said ? `${said} (${how})` : how });
      resolve(how);
    });
  });
  return { process: child, listening, ended };
}
