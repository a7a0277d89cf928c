/**
 * Runs programs of this machine for the lab: argv lists only, output kept, a deadline on each. It knows how to
 * wait for something to become true. It knows nothing about namespaces, nodes or keepalived.
 */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly argv: readonly string[];
  /** Exit status; null when a signal ended it or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const outputLimitBytes = 16 * 1024 * 1024;

/** A failure the user can act on: its message is one line. */
export const labError = (message: string): Error => {
  const error = new Error(message);
  error.name = 'LabError';
  return error;
};

export const isLabError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'LabError';

export const run = (argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
  new Promise((resolve) => {
    const [file = '', ...rest] = argv;
    const child = spawn(file, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
      env: options.env ? { ...process.env, ...options.env } : process.env,
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    const keep = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= outputLimitBytes) into.push(chunk);
    };
    child.stdout.on('data', keep(chunks.stdout));
    child.stderr.on('data', keep(chunks.stderr));
    // A program that exits before it read its input makes the pipe fail; its exit status tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const answer = (code: number | null, extra = '') =>
      resolve({
        argv,
        code,
        stdout: Buffer.concat(chunks.stdout).toString('utf8'),
        stderr: Buffer.concat(chunks.stderr).toString('utf8') + extra,
      });
    child.on('error', (error) => answer(null, error.message));
    child.on('close', (code) => answer(code));
  });

/** Runs it and insists on success; the error names the command and its last line of complaint. */
export const mustRun = async (argv: readonly string[], options: CommandOptions = {}): Promise<string> => {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const complaint = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1) ?? '';
  throw labError(`${argv.join(' ')}: ${complaint || `exit status ${result.code ?? 'none'}`}`);
};

export interface Patience {
  readonly withinMs: number;
  /** What was hoped for, for the message when it does not come. */
  readonly hope: string;
  readonly everyMs?: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `read` gives an answer other than null; the last hope is in the error. */
export const eventually = async <T>(
  read: () => Promise<T | null> | T | null,
  patience: Patience,
): Promise<T> => {
  const deadlineMs = performance.now() + patience.withinMs;
  for (;;) {
    const answer = await read();
    if (answer !== null) return answer;
    if (performance.now() > deadlineMs)
      throw labError(`gave up after ${patience.withinMs / 1000} s waiting until ${patience.hope}`);
    await pause(patience.everyMs ?? 50);
  }
};
