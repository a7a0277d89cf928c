// What Ink writes on. Ink hands over whole frames; here they become the lines that changed, in one synchronized write,
// on the alternate screen and without wrapping. Ink's own way of painting is not used: it wipes the scrollback once a
// frame is as tall as the terminal. A terminal that vanished swallows what is written: it must not end the program
// before the nodes are left in order.
import { Writable } from 'node:stream';
import { columnsOf } from '../report/typeset.ts';
import type { TerminalDoor } from './door.ts';

const CSI = '\u001b[';
const ENTER = `${CSI}?1049h${CSI}?7l${CSI}?25l${CSI}2J${CSI}H`;
/** Wiped first: after a resize tmux would leave the top line of it on the screen below. */
const LEAVE = `${CSI}2J${CSI}?25h${CSI}?7h${CSI}?1049l`;
const WIPE = `${CSI}2J`;
const BEGIN = `${CSI}?2026h`;
const END = `${CSI}?2026l`;

/** What turns one frame into another; `undefined` stands for nothing known about the screen. */
export const changes = (
  before: readonly string[] | undefined,
  after: readonly string[],
  columns: number,
): string => {
  const rows = Math.max(before?.length ?? 0, after.length);
  let text = '';
  for (let row = 0; row < rows; row += 1) {
    const now = after[row] ?? '';
    if (before !== undefined && before[row] === now) continue;
    // A full line is not followed by an erasure: the cursor still stands on its last character.
    text += `${CSI}${row + 1};1H${now}${columnsOf(now) < columns ? `${CSI}K` : ''}`;
  }
  return text;
};

export interface Paper {
  readonly stream: NodeJS.WriteStream;
  /** The terminal has another size: the next frame is painted whole. */
  readonly resized: () => void;
  /** Writes what is not part of a frame. */
  readonly write: (text: string) => void;
  /** From now on everything is swallowed. */
  readonly tear: () => void;
  /** Puts the terminal back as it was; nothing is painted any more. */
  readonly leave: () => void;
}

export const layPaper = (door: TerminalDoor): Paper => {
  const paints = door.reading === 'frames';
  let state: 'open' | 'left' | 'torn' = 'open';
  let painted: readonly string[] | undefined = [];
  const write = (text: string): void => {
    if (state !== 'torn' && text !== '' && door.stdout.writable) door.stdout.write(text);
  };
  const paint = (frame: string): void => {
    if (!paints || state !== 'open' || frame === '') return;
    const { columns, rows } = door.size();
    // A frame made for a terminal that was taller a moment ago must not reach beyond the last row.
    const lines = frame.split('\n').slice(0, rows);
    const changed = changes(painted?.slice(0, rows), lines, columns);
    const wipe = painted === undefined ? WIPE : '';
    painted = lines;
    if (changed !== '') write(`${BEGIN}${wipe}${changed}${END}`);
  };
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      paint(String(chunk));
      done();
    },
  });
  Object.defineProperties(stream, {
    isTTY: { value: true },
    columns: { get: () => door.size().columns },
    rows: { get: () => door.size().rows },
  });
  if (paints) write(ENTER);
  return {
    stream: stream as NodeJS.WriteStream,
    resized: () => {
      painted = undefined;
    },
    write,
    tear: () => {
      state = 'torn';
    },
    leave: () => {
      if (state === 'open' && paints) write(LEAVE);
      if (state === 'open') state = 'left';
    },
  };
};
