// Lines of a terminal: how many columns a text takes, wrapping, tables, and the few styles used. It knows nothing
// about reports. Styles only repeat what the words already say.
import type { Charset } from './escape.ts';

export interface TerminalStyle {
  readonly color: 'none' | 'ansi16';
  /** Columns. */
  readonly width: number;
  readonly unicode: Charset;
}

const wide =
  /[\u1100-\u115e\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{M}/u;
const sgr = /\x1b\[[0-9;]*m/g;

const columnsOfCharacter = (character: string): number =>
  wide.test(character) ? 2 : combining.test(character) ? 0 : 1;

/** Columns a text takes on a terminal; its own colour codes take none. */
export const columnsOf = (text: string): number => {
  const plain = text.replace(sgr, '');
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let columns = 0;
  for (const character of plain) columns += columnsOfCharacter(character);
  return columns;
};

export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)));

const breakWord = (word: string, width: number): readonly string[] => {
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const character of word) {
    const more = columnsOfCharacter(character);
    if (columns + more > width && piece !== '') {
      // After a joint of the word where there is one, so that names stay readable.
      const joint = Math.max(piece.lastIndexOf('-'), piece.lastIndexOf('/')) + 1;
      const cut = joint > piece.length / 2 ? joint : piece.length;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
      columns = columnsOf(piece);
    }
    piece += character;
    columns += more;
  }
  return piece === '' ? pieces : [...pieces, piece];
};

/** Words into lines of at most `width` columns (at least two, for the widest characters); a word that is longer is broken. */
export const wrap = (text: string, width: number): readonly string[] => {
  const room = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    for (const piece of columnsOf(word) > room ? breakWord(word, room) : [word]) {
      if (line === '') line = piece;
      else if (columnsOf(line) + 1 + columnsOf(piece) <= room) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return line === '' ? lines : [...lines, line];
};

/** Aligned columns, two spaces apart; `too-wide` when they do not fit, so that the caller says it in sentences. */
export const table = (
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] | 'too-wide' => {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, columnsOf(cell));
  const total = widths.reduce((sum, columns) => sum + columns + 2, -2);
  if (total > width) return 'too-wide';
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : pad(cell, widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;
export type Paint = keyof typeof codes;

export const paint = (style: TerminalStyle, text: string, ...paints: readonly Paint[]): string =>
  style.color === 'none' || text === ''
    ? text
    : `\x1b[${paints.map((name) => codes[name]).join(';')}m${text}\x1b[0m`;
