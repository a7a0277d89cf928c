/**
 * One line of configuration on its way through keepalived's reader: text whose every character still knows
 * the column it was written in. Knows comments, quotes, braces and words (lib/parser.c: decomment, read_line,
 * alloc_strvec); knows nothing of keywords, files or definitions.
 */

/** Where something was written; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'note';

/** Something the reader noticed. `message` never quotes a value, so a password cannot leak through it. */
export interface ConfigProblem extends Place {
  readonly code: string;
  readonly message: string;
  readonly severity: Severity;
}

/** How a comment ended the line: not at all, after a blank, or glued to a word (which it then cut short). */
export type CommentCut = 'none' | 'apart' | 'glued';

export interface SourceLine {
  readonly text: string;
  /** Column each character of `text` was written in; one longer than `text`. */
  readonly columns: readonly number[];
  readonly file: string;
  readonly line: number;
  readonly comment: CommentCut;
  /** Names of the definitions whose values went into this line. */
  readonly substituted: readonly string[];
}

export interface Token extends Place {
  readonly value: string;
  readonly quoted: 'double' | 'none';
}

export type Report = (problem: ConfigProblem) => void;

const blank = /[ \t]/;
const whiteSpace = /[ \t\f\n\r\v]/;
/** Whatever takes more of a line's reading than cutting its ends. */
const commentSyntax = /["\\#!]/;
const brace = /[{}]/;

/** Blank, tab, line feed, vertical tab, form feed, carriage return: asked of every character, hence by code. */
const isSpaceCode = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const isBlankCode = (code: number): boolean => code === 32 || code === 9;

export function locateLine(text: string, file: string, line: number, firstColumn = 1): SourceLine {
  const columns = new Array<number>(text.length + 1);
  for (let index = 0; index <= text.length; index++) columns[index] = firstColumn + index;
  return { text, columns, file, line, comment: 'none', substituted: [] };
}

export function placeAt(line: SourceLine, index: number): Place {
  return { file: line.file, line: line.line, column: line.columns[index] ?? 1 };
}

export function sliceLine(line: SourceLine, from: number, to: number = line.text.length): SourceLine {
  if (from === 0 && to === line.text.length) return line;
  return { ...line, text: line.text.slice(from, to), columns: line.columns.slice(from, to + 1) };
}

/** Replaces characters `from`..`to`; the new ones are said to stand where the old ones began. */
export function spliceLine(line: SourceLine, from: number, to: number, replacement: string): SourceLine {
  const column = line.columns[from] ?? 1;
  return {
    ...line,
    text: line.text.slice(0, from) + replacement + line.text.slice(to),
    columns: [
      ...line.columns.slice(0, from),
      ...Array.from({ length: replacement.length }, () => column),
      ...line.columns.slice(to),
    ],
  };
}

export function trimLine(line: SourceLine): SourceLine {
  let from = 0;
  let to = line.text.length;
  while (from < to && isBlankCode(line.text.charCodeAt(from))) from++;
  while (to > from && isBlankCode(line.text.charCodeAt(to - 1))) to--;
  return sliceLine(line, from, to);
}

/** Whether a backslash at the very end of a comment is read as one at the end of the line. */
export type CommentEnd = 'ignored' | 'read';

/** Of a text from within a comment on: pairs of a backslash and what follows are passed over. */
function endsInBackslash(text: string, from: number): boolean {
  for (let index = text.indexOf('\\', from); index >= 0; index = text.indexOf('\\', index + 2))
    if (index + 1 >= text.length) return true;
  return false;
}

/**
 * Takes away blanks at both ends, the comment, and the backslash of `\#` and `\!`. Only double quotes protect
 * a comment sign. A backslash at the very end stays, with the blanks before it gone: it continues a definition.
 */
export function stripComment(
  line: SourceLine,
  report: Report,
  commentEnd: CommentEnd = 'ignored',
): SourceLine {
  const { text } = line;
  if (!commentSyntax.test(text)) return trimLine(line);
  const kept: string[] = [];
  const columns: number[] = [];
  const keep = (index: number): void => {
    kept.push(text.charAt(index));
    columns.push(line.columns[index] ?? 1);
  };
  let state: 'outside' | 'quoted' = 'outside';
  let comment: CommentCut = line.comment;
  let end: 'plain' | 'continued' = 'plain';
  let endColumn = line.columns[text.length] ?? 1;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '"') {
      state = state === 'quoted' ? 'outside' : 'quoted';
      keep(index);
    } else if (char === '\\') {
      if (index + 1 >= text.length) {
        end = 'continued';
        endColumn = line.columns[index] ?? 1;
        break;
      }
      const next = text.charAt(index + 1);
      if (state === 'quoted' || (next !== '#' && next !== '!')) keep(index);
      keep(index + 1);
      index++;
    } else if (state === 'outside' && (char === '#' || char === '!')) {
      const before = index > 0 ? text.charAt(index - 1) : ' ';
      if (comment !== 'glued') comment = blank.test(before) ? 'apart' : 'glued';
      endColumn = line.columns[index] ?? 1;
      if (commentEnd === 'read' && endsInBackslash(text, index)) end = 'continued';
      break;
    } else keep(index);
  }
  if (state === 'quoted')
    report({
      ...placeAt(line, 0),
      code: 'unterminated-quote',
      severity: 'error',
      message: 'a double quote is opened but not closed on this line',
    });
  const stripped = trimLine({ ...line, text: kept.join(''), columns: [...columns, endColumn], comment });
  if (end === 'plain') return stripped;
  return {
    ...stripped,
    text: `${stripped.text}\\`,
    columns: [...stripped.columns.slice(0, -1), endColumn, endColumn],
  };
}

/** Cuts a line at its first brace outside double quotes: braces stand alone, wherever they were written. */
export function splitAtBrace(line: SourceLine): { readonly head: SourceLine; readonly rest?: SourceLine } {
  const { text } = line;
  const first = text.charAt(0);
  if (first === '{' || first === '}') {
    const rest = trimLine(sliceLine(line, 1));
    const head = sliceLine(line, 0, 1);
    return rest.text === '' ? { head } : { head, rest };
  }
  if (!brace.test(text)) return { head: trimLine(line) };
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '"') {
      const close = text.indexOf('"', index + 1);
      if (close < 0) break;
      index = close;
    } else if (char === '{' || char === '}') {
      return { head: trimLine(sliceLine(line, 0, index)), rest: trimLine(sliceLine(line, index)) };
    }
  }
  return { head: trimLine(line) };
}

/**
 * Words as keepalived takes them: separated by white space, a double-quoted string is one word, and a double
 * quote also ends the word before it (`a"b"` is two words). Single quotes and backslashes mean nothing here.
 */
export function tokenize(line: SourceLine, report: Report): readonly Token[] {
  const { text } = line;
  const tokens: Token[] = [];
  let index = 0;
  for (;;) {
    while (index < text.length && isSpaceCode(text.charCodeAt(index))) index++;
    if (index >= text.length) return tokens;
    const place = placeAt(line, index);
    if (text.charAt(index) === '"') {
      const close = text.indexOf('"', index + 1);
      if (close < 0) {
        report({
          ...place,
          code: 'unmatched-quote',
          severity: 'error',
          message: 'a double quote has no partner',
        });
        return tokens;
      }
      tokens.push({ ...place, value: text.slice(index + 1, close), quoted: 'double' });
      index = close + 1;
    } else {
      const start = index;
      while (index < text.length && text.charAt(index) !== '"' && !isSpaceCode(text.charCodeAt(index)))
        index++;
      tokens.push({ ...place, value: text.slice(start, index), quoted: 'none' });
    }
  }
}

const namedEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function readEscape(text: string, index: number): { readonly value: string; readonly next: number } {
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(text.slice(index, index + 3));
  if (hex?.[1] !== undefined)
    return { value: String.fromCharCode(Number.parseInt(hex[1], 16)), next: index + hex[0].length };
  const octal = /^[0-7]{1,3}/.exec(text.slice(index, index + 3));
  if (octal !== null)
    return { value: String.fromCharCode(Number.parseInt(octal[0], 8) & 0xff), next: index + octal[0].length };
  const char = text.charAt(index);
  if (char === 'c' && index + 1 < text.length)
    return { value: String.fromCharCode(text.charCodeAt(index + 1) & 0x1f), next: index + 2 };
  return { value: namedEscapes[char] ?? char, next: index + 1 };
}

/**
 * The words of a command, as keepalived splits `script` and `notify` lines: single and double quotes group and
 * adjacent pieces join. Escapes are applied, or kept for the program that is run (`vrrp_script` keeps them).
 * Undefined when a quote or an escape is left open.
 */
export function splitCommand(text: string, escapes: 'apply' | 'keep'): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  let index = 0;
  while (index < text.length) {
    const char = text.charAt(index);
    if (char === '\\') {
      if (index + 1 >= text.length) return undefined;
      if (escapes === 'keep') {
        word = `${word ?? ''}\\${text.charAt(index + 1)}`;
        index += 2;
      } else {
        const escaped = readEscape(text, index + 1);
        word = (word ?? '') + escaped.value;
        index = escaped.next;
      }
      continue;
    }
    if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (whiteSpace.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
    index++;
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
