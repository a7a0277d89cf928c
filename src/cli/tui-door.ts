// Whether somebody sits at a terminal that can show a screen, and the door through which a screen reaches it. It knows
// the process and its environment; what is shown is not known here.
import type { TerminalDoor } from '../tui/door.ts';
import { type ColorChoice, charsetOf, colorOf, type Environment, type Terminal } from './terminal.ts';

const isSetTo = (value: string | undefined): boolean =>
  value !== undefined && value !== '0' && value !== 'false';

/** A screen is drawn only where somebody can see it and press keys. */
export const isInteractive = (
  env: Environment,
  streams: { readonly stdin: boolean; readonly stdout: boolean },
): boolean =>
  streams.stdin &&
  streams.stdout &&
  env.TERM !== undefined &&
  env.TERM !== '' &&
  env.TERM !== 'dumb' &&
  !isSetTo(env.CI) &&
  !isSetTo(env.CONTINUOUS_INTEGRATION);

export const multiplexerOf = (env: Environment): TerminalDoor['multiplexer'] => {
  if (env.TMUX !== undefined && env.TMUX !== '') return 'tmux';
  return env.STY !== undefined && env.STY !== '' ? 'screen' : 'none';
};

const smallest = { columns: 2, rows: 1 } as const;
const paper = { columns: 80, rows: 24 } as const;

export interface DoorOptions {
  readonly terminal: Terminal;
  readonly color: ColorChoice;
  readonly screenReader: 'asked-for' | 'not-asked-for';
}

/** Undefined where no screen can be shown; then text is written instead. */
export const openDoor = ({ terminal, color, screenReader }: DoorOptions): TerminalDoor | undefined => {
  const { stdin, stdout, stderr, env } = process;
  if (!isInteractive(env, { stdin: stdin.isTTY, stdout: stdout.isTTY })) return undefined;
  return {
    stdin,
    stdout,
    stderr,
    size: () => ({
      columns: Math.max(smallest.columns, stdout.columns || paper.columns),
      rows: Math.max(smallest.rows, stdout.rows || paper.rows),
    }),
    color: colorOf(color, env, 'terminal'),
    charset: charsetOf(env),
    reading: screenReader === 'asked-for' || env.INK_SCREEN_READER === 'true' ? 'sentences' : 'frames',
    multiplexer: multiplexerOf(env),
    onGone: (callback) => {
      const forget = terminal.onGone(callback);
      stdin.on('error', callback);
      stdin.on('end', callback);
      process.on('SIGHUP', callback);
      return () => {
        forget();
        stdin.off('error', callback);
        stdin.off('end', callback);
        process.off('SIGHUP', callback);
      };
    },
    onExit: (callback) => {
      process.on('exit', callback);
      return () => process.off('exit', callback);
    },
  };
};

/**
 * Loads a module of src/tui. What colours there are was decided by the door; the packages below would look at the
 * environment and at argv for themselves, and only while they load.
 */
export const loadScreen = async <T>(door: TerminalDoor, load: () => Promise<T>): Promise<T> => {
  const before = process.env.FORCE_COLOR;
  process.env.FORCE_COLOR = door.color === 'none' ? '0' : '1';
  try {
    return await load();
  } finally {
    if (before === undefined) delete process.env.FORCE_COLOR;
    else process.env.FORCE_COLOR = before;
  }
};
