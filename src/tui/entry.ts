// A line of text being typed: a filter, an answer, a word to confirm with. It knows keys, not what the text is for.
import { type KeyName, typedCharacter } from './keys.ts';
import { type Line, line, span } from './line.ts';
import type { Theme } from './theme.ts';

export type Entry =
  | { readonly kind: 'typing'; readonly text: string }
  | { readonly kind: 'entered'; readonly text: string }
  | { readonly kind: 'given-up' };

/** Longest text kept; a paste may be anything. */
const longest = 512;

export const typeKey = (text: string, key: KeyName): Entry => {
  if (key === 'enter') return { kind: 'entered', text };
  if (key === 'escape') return { kind: 'given-up' };
  if (key === 'backspace') return { kind: 'typing', text: [...text].slice(0, -1).join('') };
  if (key === 'ctrl-u') return { kind: 'typing', text: '' };
  const character = typedCharacter(key);
  return { kind: 'typing', text: character === undefined ? text : `${text}${character}`.slice(0, longest) };
};

export const entryLine = (label: string, text: string, theme: Theme): Line =>
  line(span(label, 'strong'), ' ', theme.safe(text), span(theme.glyphs.cursor, 'accent'));

/** A filter of a list: off, being typed, or kept. */
export type Filter =
  | { readonly kind: 'off' }
  | { readonly kind: 'typing'; readonly text: string }
  | { readonly kind: 'kept'; readonly text: string };

export const noFilter: Filter = { kind: 'off' };

export const typeFilter = (filter: Filter, key: KeyName): Filter => {
  const typed = typeKey(filter.kind === 'off' ? '' : filter.text, key);
  if (typed.kind === 'typing') return typed;
  return typed.kind === 'given-up' || typed.text === '' ? noFilter : { kind: 'kept', text: typed.text };
};

/** Every word must occur; case does not matter. */
export const passesFilter = (filter: Filter, text: string): boolean => {
  if (filter.kind === 'off') return true;
  const searched = text.toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word));
};
