// A real terminal for the built program: tmux with a server of its own, keys sent and the screen captured. It waits for
// what must appear, with a deadline, and never for a time.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = `${root}bin/vipdoctor`;

const quiet: { readonly stdio: 'pipe'; readonly encoding: 'utf8' } = { stdio: 'pipe', encoding: 'utf8' };

export interface Screen {
  /** What stands on the screen, line by line. */
  readonly lines: (as?: 'plain' | 'with-colours') => readonly string[];
  /** With what was scrolled away. */
  readonly everything: () => string;
  readonly press: (...keys: readonly string[]) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Waits until the screen shows it. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** The terminal vanishes, as when a window is closed. */
  readonly close: () => void;
}

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
}

const WITHIN_MS = 15_000;

export const openScreen = ({ columns, rows, command, env = {} }: ScreenOptions): Screen => {
  const server = `vipdoctor-test-${randomBytes(6).toString('hex')}`;
  const tmux = (...argv: readonly string[]): string =>
    execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...argv], quiet);
  const settings = { PATH: process.env.PATH ?? '', HOME: root, LANG: 'C.UTF-8', ...env };
  // A shell that prints its exit code where it can be read, and stays.
  const script = `${command}; echo "ended with $?"; exec cat`;
  execFileSync(
    'tmux',
    [
      ...['-L', server, '-f', '/dev/null', 'new-session', '-d'],
      ...['-x', String(columns), '-y', String(rows), 'env', '-i', 'TERM=tmux-256color'],
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      ...['sh', '-c', script],
    ],
    quiet,
  );
  const lines: Screen['lines'] = (as = 'plain') =>
    tmux('capture-pane', '-p', ...(as === 'plain' ? [] : ['-e']))
      .split('\n')
      .slice(0, -1);
  return {
    lines,
    everything: () => tmux('capture-pane', '-p', '-S', '-'),
    press: (...keys) => {
      for (const key of keys) tmux('send-keys', key);
    },
    resize: (newColumns, newRows) => {
      tmux('resize-window', '-x', String(newColumns), '-y', String(newRows));
    },
    until: async (pattern) => {
      const deadline = performance.now() + WITHIN_MS;
      for (;;) {
        const text = lines().join('\n');
        if (pattern.test(text)) return text;
        if (performance.now() > deadline) throw new Error(`${pattern} did not appear on:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    close: () => {
      try {
        tmux('kill-server');
      } catch (error) {
        // The server ends by itself with its last window.
        if (!/no server running|server exited|lost server/.test(String(error))) throw error;
      }
    },
  };
};
