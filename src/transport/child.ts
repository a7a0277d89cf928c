// A command as a child process of ours, seen as `Running`. Shared by the transports that need one (this
// machine's shell, the system's ssh); the only file of the room that spawns.
import { spawn } from 'node:child_process';
import { drain, type Started } from './running.ts';
import type { CommandExit } from './transport.ts';

export interface ChildOptions {
  /** What a failure to start is called. */
  readonly purpose: string;
}

/**
 * Starts argv without a shell, in a process group of its own so that `kill` reaches what it started and a
 * Ctrl-C at the terminal does not.
 */
export function startChild(argv: readonly [string, ...string[]], options: ChildOptions): Promise<Started> {
  const [program, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const exit = new Promise<CommandExit>((settle) => {
      child.once('close', (code, signal) => {
        if (code !== null) settle({ kind: 'exited', code });
        else settle({ kind: 'signalled', signal: signal ?? 'unknown' });
      });
    });
    child.once('error', (error) => {
      resolve({
        kind: 'failed',
        failure: {
          stage: 'connect',
          message: `${options.purpose}: ${program} could not be started (${error.message}).`,
          nextStep: `Check that ${program} is installed and in PATH.`,
          retryable: 'no',
        },
      });
    });
    child.once('spawn', () => {
      const kill = (): void => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        // Closing stdin lets a lifeline tidy up; the group is killed when that does not end it.
        child.stdin.destroy();
        const { pid } = child;
        const timer = setTimeout(() => killGroup(pid), 2500);
        timer.unref();
        child.once('close', () => clearTimeout(timer));
        drain(child.stdout);
        drain(child.stderr);
        signalGroup(pid, 'SIGTERM');
      };
      resolve({
        kind: 'running',
        running: { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, kill },
      });
    });
  });
}

const killGroup = (pid: number): void => signalGroup(pid, 'SIGKILL');

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the whole group is gone already, which is what was wanted.
  }
}
