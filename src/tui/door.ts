// The terminal as it is handed in: its streams, its size, what it can show, and when it is gone. Nothing in this room
// asks the process; who opens the door (src/cli/tui-door.ts) knows how these things are found out.
import type { Charset } from '../report/escape.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalDoor {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Asked again after every resize. */
  readonly size: () => Size;
  readonly color: 'none' | 'ansi16';
  readonly charset: Charset;
  /** Frames that are painted over each other, or sentences one after the other for a screen reader. */
  readonly reading: 'frames' | 'sentences';
  /** What stands between us and the terminal that owns the clipboard. */
  readonly multiplexer: 'none' | 'tmux' | 'screen';
  /** Calls back once when the terminal has vanished (hang-up, EIO): nothing can be shown any more. Returns the undo. */
  readonly onGone: (callback: () => void) => () => void;
  /** Calls back when the process ends while a screen is still mounted; must finish synchronously. Returns the undo. */
  readonly onExit: (callback: () => void) => () => void;
}
