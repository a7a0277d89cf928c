// What the three standard streams are and can do: colour, width, character set, whether somebody watches. It knows
// nothing about commands. A reader that goes away early (`| head`) ends the program quietly.
import { once } from 'node:events';
import { escapeLine } from '../report/escape.ts';
import type { TerminalStyle } from '../report/typeset.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

export interface Terminal {
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  /** The exit code is known before the result is written: a reader that leaves half-way does not change it. */
  readonly settle?: (code: number) => void;
  readonly outStyle: (color: ColorChoice) => TerminalStyle;
  readonly errStyle: (color: ColorChoice) => TerminalStyle;
  /** Style for a file: no terminal to ask. */
  readonly fileStyle: (color: ColorChoice) => TerminalStyle;
  /** Whether stderr can show a line that updates itself. */
  readonly progress: 'updating-line' | 'plain';
  /** Whether a question can be asked and answered. */
  readonly questions: 'possible' | 'impossible';
  /**
   * Calls back, once, when the terminal vanished, or, where that is asked for, the reader of a pipe went away. Who asks
   * to be told ends the program in good order; otherwise it ends here and now. Returns the undo.
   */
  readonly onGone: (callback: () => void, of?: 'terminal' | 'terminal-or-reader') => () => void;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const paperColumns = 80;
/** Wider lines are harder to read than to wrap. */
const widestColumns = 120;

export const charsetOf = (env: Environment): 'utf8' | 'ascii' => {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale) ? 'utf8' : 'ascii';
};

export const colorOf = (
  choice: ColorChoice,
  env: Environment,
  seen: 'terminal' | 'elsewhere',
): 'none' | 'ansi16' => {
  if (choice !== 'auto') return choice === 'always' ? 'ansi16' : 'none';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'none';
  return seen === 'terminal' && env.TERM !== 'dumb' ? 'ansi16' : 'none';
};

export const widthOf = (columns: number | undefined): number =>
  columns === undefined || columns <= 0 ? paperColumns : Math.min(columns, widestColumns);

const gone = new WeakSet<NodeJS.WriteStream>();

/** Never rejects: what went wrong is told by the stream's own listener, and nobody can be told on it any more. */
const writeTo = async (stream: NodeJS.WriteStream, text: string): Promise<void> => {
  if (gone.has(stream)) return;
  if (!stream.write(text)) await once(stream, 'drain').catch(() => undefined);
};

/** Who wants to be told, and of what. */
type Waiting = Map<() => void, 'terminal' | 'terminal-or-reader'>;

/** EPIPE is the reader's way of saying “enough”: the verdict keeps its exit code, nothing is printed about it. */
const endQuietlyWithoutReader = (stream: NodeJS.WriteStream, waiting: Waiting): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const told = [...waiting].filter(([, of]) => error.code !== 'EPIPE' || of === 'terminal-or-reader');
    if (told.length > 0) {
      gone.add(stream);
      for (const [callback] of told) callback();
      return;
    }
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    // A terminal that vanished (EIO) hears nothing any more; a full disk is worth a word.
    if (error.code !== 'EIO' && stream === process.stdout)
      process.stderr.write(`vipdoctor: the result could not be written: ${escapeLine(error.message)}\n`);
    process.exit(2);
  });
};

export const openTerminal = (): Terminal => {
  const { stdout, stderr, stdin, env } = process;
  const waiting: Waiting = new Map();
  endQuietlyWithoutReader(stdout, waiting);
  endQuietlyWithoutReader(stderr, waiting);
  const styleFor =
    (stream: NodeJS.WriteStream) =>
    (color: ColorChoice): TerminalStyle => ({
      color: colorOf(color, env, stream.isTTY ? 'terminal' : 'elsewhere'),
      width: widthOf(stream.isTTY ? stream.columns : undefined),
      unicode: charsetOf(env),
    });
  return {
    out: (text) => writeTo(stdout, text),
    err: (text) => writeTo(stderr, text),
    settle: (code) => {
      process.exitCode = code;
    },
    outStyle: styleFor(stdout),
    errStyle: styleFor(stderr),
    fileStyle: (color) => ({
      color: color === 'always' ? 'ansi16' : 'none',
      width: paperColumns,
      unicode: charsetOf(env),
    }),
    progress: stderr.isTTY && env.TERM !== 'dumb' ? 'updating-line' : 'plain',
    questions: stdin.isTTY && stderr.isTTY ? 'possible' : 'impossible',
    onGone: (callback, of = 'terminal') => {
      let told = false;
      const once = (): void => {
        if (!told) callback();
        told = true;
      };
      waiting.set(once, of);
      return () => waiting.delete(once);
    },
  };
};

/** A message on stderr, safe whatever stands in it. */
export const complain = (terminal: Terminal, message: string): Promise<void> =>
  terminal.err(
    `vipdoctor: ${message
      .split('\n')
      .map((line) => escapeLine(line))
      .join('\n')}\n`,
  );
