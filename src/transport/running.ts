// A command that has been started, and what to make of it: a bounded result or a stream. It knows time limits,
// output bounds and endings; it does not know whether the other side is a channel of SSH or a child process.
import type { Readable, Writable } from 'node:stream';
import type {
  CommandEnd,
  CommandExit,
  CommandResult,
  ConnectFailure,
  RunOptions,
  Streaming,
  Truncated,
} from './transport.ts';

export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles once the command is over and its outputs are closed, or the connection is gone. Never rejects. */
  readonly exit: Promise<CommandExit>;
  /** Lets go of it: closes the channel, or kills the local process. */
  kill(): void;
}

export type Started =
  | { readonly kind: 'running'; readonly running: Running }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

/** How a transport starts one command. Never rejects. */
export type Start = (command: string) => Promise<Started>;

/** Lets what still comes flow off unread, also when somebody had begun to iterate over it. */
export function drain(output: Readable): void {
  output.removeAllListeners('readable');
  output.resume();
}

/** Remembers what is running, so that closing the transport can let go of it. */
export function rememberRunning(start: Start): { readonly start: Start; killAll(): Promise<void> } {
  const alive = new Set<Running>();
  return {
    start: async (command) => {
      const started = await start(command);
      if (started.kind === 'running') {
        const { running } = started;
        alive.add(running);
        void running.exit.then(() => alive.delete(running));
      }
      return started;
    },
    killAll: async () => {
      const exits = [...alive].map((running) => running.exit);
      for (const running of alive) running.kill();
      await Promise.all(exits);
    },
  };
}

export const DEFAULT_TIMEOUT_MS = 30_000;
export const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
export const STDERR_LIMIT_BYTES = 256 * 1024;

interface Stopwatch {
  readonly startedAtMs: number;
  elapsedMs(): number;
}

function startStopwatch(): Stopwatch {
  const origin = performance.now();
  return { startedAtMs: Date.now(), elapsedMs: () => performance.now() - origin };
}

/** Keeps the first `limit` bytes of what flows by. */
class Keeper {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;
  seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(chunk: Uint8Array): void {
    this.seen += chunk.length;
    const room = this.#limit - this.#kept;
    if (room <= 0) return;
    // A copy: a slice would keep the whole buffer it is cut from alive.
    this.#chunks.push(chunk.length <= room ? chunk : Uint8Array.prototype.slice.call(chunk, 0, room));
    this.#kept += Math.min(chunk.length, room);
  }

  get overflowed(): boolean {
    return this.seen > this.#limit;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#kept);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

function whichTruncated(stdout: boolean, stderr: boolean): Truncated {
  if (stdout) return stderr ? 'both' : 'stdout';
  return stderr ? 'stderr' : 'no';
}

// A closed pipe on either side also ends the command, and its exit says how: the error adds nothing.
function ignoreStreamErrors(running: Running): void {
  for (const stream of [running.stdin, running.stdout, running.stderr]) stream.on('error', () => {});
}

/**
 * The first of: the command ends, its time is up, `cutOff` says it printed too much. In the latter two the
 * command is let go of and what it still sends is thrown away.
 */
function awaitEnd(
  running: Running,
  timeoutMs: number | undefined,
  onCutOff: (cut: (reason: string) => void) => void,
): Promise<CommandExit> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (exit: CommandExit): void => {
      clearTimeout(timer);
      resolve(exit);
    };
    const letGo = (exit: CommandExit): void => {
      settle(exit);
      running.kill();
    };
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => letGo({ kind: 'timeout', afterMs: timeoutMs }), timeoutMs);
    }
    onCutOff((reason) => letGo({ kind: 'lost', reason }));
    void running.exit.then(settle);
  });
}

/** Runs the command to its end and keeps what it printed, within bounds. */
export async function runToEnd(
  start: Start,
  command: string,
  options: RunOptions = {},
): Promise<CommandResult> {
  const watch = startStopwatch();
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const started = await startWithin(start, command, timeoutMs);
  if (started.kind !== 'running') {
    const exit: CommandExit =
      started.kind === 'timeout'
        ? { kind: 'timeout', afterMs: timeoutMs }
        : { kind: 'lost', reason: started.failure.message };
    const nothing = new Uint8Array(0);
    const { startedAtMs } = watch;
    return {
      command,
      exit,
      stdout: nothing,
      stderr: nothing,
      truncated: 'no',
      startedAtMs,
      durationMs: watch.elapsedMs(),
    };
  }
  const { running } = started;
  ignoreStreamErrors(running);
  const stdout = new Keeper(maxBytes);
  const stderr = new Keeper(STDERR_LIMIT_BYTES);
  const ended = awaitEnd(running, Math.max(1, timeoutMs - watch.elapsedMs()), (cut) => {
    running.stdout.on('data', (chunk: Uint8Array) => {
      stdout.take(chunk);
      if (stdout.overflowed) cut(`more than ${maxBytes} bytes of output`);
    });
    running.stderr.on('data', (chunk: Uint8Array) => {
      stderr.take(chunk);
      if (stderr.seen > Math.max(maxBytes, STDERR_LIMIT_BYTES)) cut(`more than ${maxBytes} bytes of errors`);
    });
  });
  if (options.stdin !== undefined) running.stdin.end(options.stdin);
  const reached = await ended;
  const exit: CommandExit = reached.kind === 'timeout' ? { kind: 'timeout', afterMs: timeoutMs } : reached;
  return {
    command,
    exit,
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    truncated: whichTruncated(stdout.overflowed, stderr.overflowed),
    startedAtMs: watch.startedAtMs,
    durationMs: watch.elapsedMs(),
  };
}

async function startWithin(
  start: Start,
  command: string,
  timeoutMs: number,
): Promise<Started | { readonly kind: 'timeout' }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ readonly kind: 'timeout' }>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timeout' }), timeoutMs);
  });
  const starting = start(command);
  const first = await Promise.race([starting, late]);
  clearTimeout(timer);
  // A command that starts after nobody waits for it any more must not stay.
  if (first.kind === 'timeout') {
    void starting.then((started) => {
      if (started.kind === 'running') started.running.kill();
    });
  }
  return first;
}

/** Starts the command and hands over its output as it comes; memory stays flat because the reader sets the pace. */
export async function openStream(
  start: Start,
  command: string,
  options: Omit<RunOptions, 'stdin'> = {},
): Promise<Streaming> {
  const watch = startStopwatch();
  const started = await start(command);
  if (started.kind === 'failed') return { kind: 'failed', failed: started.failure };
  const { running } = started;
  ignoreStreamErrors(running);
  const stderr = new Keeper(STDERR_LIMIT_BYTES);
  running.stderr.on('data', (chunk: Uint8Array) => stderr.take(chunk));
  let cutStdout: (reason: string) => void = () => {};
  let stdoutOverflowed = false;
  const ended = awaitEnd(running, options.timeoutMs, (cut) => {
    cutStdout = cut;
  });

  async function* read(): AsyncGenerator<Uint8Array> {
    let seen = 0;
    let over = false;
    try {
      for await (const chunk of running.stdout as AsyncIterable<Uint8Array>) {
        seen += chunk.length;
        if (options.maxBytes !== undefined && seen > options.maxBytes) {
          stdoutOverflowed = true;
          const beyond = seen - options.maxBytes;
          if (beyond < chunk.length) yield chunk.subarray(0, chunk.length - beyond);
          cutStdout(`more than ${options.maxBytes} bytes of output`);
          over = true;
          return;
        }
        yield chunk;
      }
      over = true;
    } catch {
      // The output broke off; `finished` says why.
      over = true;
    } finally {
      if (!over) running.kill();
    }
  }

  const finished = ended.then(
    (exit): CommandEnd => ({
      exit,
      stderr: stderr.bytes(),
      truncated: whichTruncated(stdoutOverflowed, stderr.overflowed),
      startedAtMs: watch.startedAtMs,
      durationMs: watch.elapsedMs(),
    }),
  );
  return {
    kind: 'streaming',
    stream: {
      stdout: read(),
      write: (text) => {
        if (running.stdin.writable) running.stdin.write(text);
      },
      end: () => {
        if (running.stdin.writable) running.stdin.end();
      },
      finished,
      kill: () => running.kill(),
    },
  };
}
