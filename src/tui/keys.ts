// Keys as data: what was pressed has one name, what it does stands in a table with its words, and the footer and the
// help page are read from that same table. It knows no screen.
import type { Key } from 'ink';
import { columnsOf, pad } from '../report/typeset.ts';
import { clip, type Line, line, span } from './line.ts';
import type { Theme } from './theme.ts';

/** `up`, `enter`, `ctrl-c`, … or the character itself. */
export type KeyName = string;

export interface KeyBinding<Command extends string> {
  readonly keys: readonly KeyName[];
  readonly command: Command;
  /** One or two words for the footer; absent: only the help page tells. */
  readonly label?: string;
  /** Shown before it in the footer: the key for the other direction. */
  readonly twin?: KeyName;
  readonly help: string;
}

const controls: readonly (readonly [keyof Key, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
];

const characterName = (character: string): KeyName => {
  if (character === '\r' || character === '\n') return 'enter';
  if (character === '\t') return 'tab';
  if (character === '\u007f' || character === '\b') return 'backspace';
  if (character === '\u001b') return 'escape';
  const code = character.codePointAt(0) ?? 0;
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCodePoint(code + 96)}` : character;
};

/** What Ink hands over, by name. Keys that came in one piece (typed fast, pasted) are told one by one. */
export const keyNames = (input: string, key: Key): readonly KeyName[] => {
  if (key.tab && key.shift) return ['shift-tab'];
  const control = controls.find(([flag]) => key[flag] === true);
  if (control !== undefined) return [control[1]];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`];
  if (key.meta) return [];
  return [...input].map(characterName).filter((name) => name >= ' ');
};

/** A character that was typed, where text is expected. */
export const typedCharacter = (name: KeyName): string | undefined =>
  [...name].length === 1 && name >= ' ' && name !== '\u007f' ? name : undefined;

export const commandOf = <Command extends string>(
  bindings: readonly KeyBinding<Command>[],
  name: KeyName,
): Command | undefined => bindings.find((binding) => binding.keys.includes(name))?.command;

const shownKey = (name: KeyName, { charset }: Pick<Theme, 'charset'>): string => {
  const words: Readonly<Record<string, string>> = {
    'page-up': 'PgUp',
    'page-down': 'PgDn',
    enter: 'Enter',
    escape: 'Esc',
    tab: 'Tab',
    'shift-tab': 'Shift-Tab',
    home: 'Home',
    end: 'End',
    ' ': 'Space',
    'ctrl-c': 'Ctrl-C',
    up: charset === 'utf8' ? '↑' : 'Up',
    down: charset === 'utf8' ? '↓' : 'Dn',
    left: charset === 'utf8' ? '←' : 'Left',
    right: charset === 'utf8' ? '→' : 'Right',
  };
  return words[name] ?? name;
};

/** One line of keys; those that do not fit are left to the help page, the last two are there as long as they fit. */
export const footerLine = <Command extends string>(
  bindings: readonly KeyBinding<Command>[],
  columns: number,
  theme: Theme,
): Line => {
  const entries = bindings.flatMap(({ keys, label, twin }) =>
    label === undefined || keys[0] === undefined
      ? []
      : [
          {
            key: `${twin === undefined ? '' : shownKey(twin, theme) + (theme.charset === 'utf8' ? '' : '/')}${shownKey(keys[0], theme)}`,
            label,
          },
        ],
  );
  const widthOf = (entry: { readonly key: string; readonly label: string }): number =>
    columnsOf(entry.key) + 1 + columnsOf(entry.label);
  // The last two, help and the way out, are never given up for others.
  const kept = entries.slice(-2);
  const room = columns - kept.reduce((sum, entry) => sum + widthOf(entry) + 2, -2);
  const shown: { readonly key: string; readonly label: string }[] = [];
  let used = 0;
  for (const entry of entries.slice(0, -2)) {
    if (used + widthOf(entry) + 2 > room) continue;
    used += widthOf(entry) + 2;
    shown.push(entry);
  }
  const all = room < 0 ? kept.slice(-1) : [...shown, ...kept];
  const parts = all.flatMap(({ key, label }, at) => [
    ...(at === 0 ? [] : [span('  ')]),
    span(key, 'strong'),
    span(` ${label}`, 'quiet'),
  ]);
  return clip(line(...parts), columns, theme);
};

/** The help page: every key with what it does. */
export const helpLines = <Command extends string>(
  bindings: readonly KeyBinding<Command>[],
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const rows = bindings.map(
    ({ keys, help }) => [keys.map((key) => shownKey(key, theme)).join(' '), help] as const,
  );
  const widest = Math.min(Math.max(...rows.map(([keys]) => columnsOf(keys))), Math.floor(columns / 3));
  return rows.map(([keys, help]) =>
    clip(line(span(pad(keys, widest), 'strong'), span(`  ${help}`)), columns, theme),
  );
};

/** For a screen reader: the same in sentences. */
export const helpSentences = <Command extends string>(
  bindings: readonly KeyBinding<Command>[],
): readonly string[] =>
  bindings.map(
    ({ keys, help }) => `${keys.map((key) => shownKey(key, { charset: 'ascii' })).join(' or ')}: ${help}.`,
  );
