// What must not reach a terminal or a document as it is: control characters, bidi and zero-width tricks, spaces
// that only look like one, broken surrogates. It makes them visible and knows nothing about where they came from
// (nodes, files, captured frames: none of them is trusted).

/** Every character that prints nothing, or prints something other than itself. Plain space is the one that stays. */
const treacherous =
  /\p{C}|\p{Zl}|\p{Zp}|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|\u034f|[\u115f\u1160]|[\u17b4\u17b5]|[\u180b-\u180f]|\u3164|\uffa0|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu;
const beyondAscii = /[^\x20-\x7e]/gu;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

const spellOut = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x0a) return '\\n';
  if (point === 0x0d) return '\\r';
  if (point === 0x09) return '\\t';
  if (point <= 0xff) return `\\x${hex(point, 2)}`;
  return point <= 0xffff ? `\\u${hex(point, 4)}` : `\\u{${hex(point, 5)}}`;
};

/** Typography with an ASCII spelling everybody reads. */
const plainSpelling: Readonly<Record<string, string>> = {
  '→': '->',
  '…': '...',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '·': '-',
  '×': 'x',
  '≤': '<=',
  '≥': '>=',
  '±': '+-',
};

export type Charset = 'utf8' | 'ascii';

/** One line of printable text; what could not be printed is spelled out, e.g. `\x1b`. */
export const escapeLine = (text: string, charset: Charset = 'utf8'): string => {
  const visible = text.replace(treacherous, spellOut);
  return charset === 'ascii'
    ? visible.replace(beyondAscii, (character) => plainSpelling[character] ?? spellOut(character))
    : visible;
};

/** The same for what will be copied: no character is replaced by one that only looks like it. */
export const escapeCommand = (text: string, charset: Charset = 'utf8'): string => {
  const visible = text.replace(treacherous, spellOut);
  return charset === 'ascii' ? visible.replace(beyondAscii, spellOut) : visible;
};

/** For text between tags and in quoted attributes, HTML and XML alike. */
export const escapeMarkup = (text: string): string =>
  escapeLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** JSON text whose strings carry no raw control, bidi or zero-width character; the values stay the same. */
export const escapeJson = (json: string): string =>
  json.replace(treacherous, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()].map((at) => `\\u${hex(character.charCodeAt(at), 4)}`).join(''),
  );
