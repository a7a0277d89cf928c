// What every screen stands on, as pure functions: lines, frames, keys, scrolling, filter, copying.
import { describe, expect, it } from 'vitest';
import { copySequence } from '../../src/tui/clipboard.ts';
import { noFilter, passesFilter, typeFilter, typeKey } from '../../src/tui/entry.ts';
import { stackFrame } from '../../src/tui/frame.tsx';
import { commandOf, footerLine, helpLines, type KeyBinding, keyNames } from '../../src/tui/keys.ts';
import { clip, columnsOfLine, hang, line, plainText, span, spread, tabulate } from '../../src/tui/line.ts';
import { changes } from '../../src/tui/paper.ts';
import { moreLine, page, reveal, windowOf } from '../../src/tui/scroll.ts';
import { themeFor } from '../../src/tui/theme.ts';

const utf8 = themeFor({ charset: 'utf8', color: 'ansi16' });
const ascii = themeFor({ charset: 'ascii', color: 'none' });

describe('lines', () => {
  it('are cut where the terminal ends, and say so', () => {
    const long = line(span('keepalived', 'bad'), ' on n2');
    expect(plainText(clip(long, 16, utf8))).toBe('keepalived on n2');
    expect(plainText(clip(long, 12, utf8))).toBe('keepalived …');
    expect(plainText(clip(long, 12, ascii))).toBe('keepalive...');
    expect(plainText(clip(long, 1, utf8))).toBe('k');
  });

  it.each([1, 2, 3, 7, 20])('of wide characters never take more than %i columns', (columns) => {
    expect(columnsOfLine(clip(line('节点一の監視 n1'), columns, utf8))).toBeLessThanOrEqual(columns);
  });

  it('give way on the left', () => {
    expect(plainText(spread(line('VIP has two masters'), line('4.2 s'), 20, utf8))).toBe(
      'VIP has two m… 4.2 s',
    );
  });

  it('stand under their label, or are said another way when they do not fit', () => {
    expect(hang(line('fix  '), [line('a'), line('b')]).map(plainText)).toEqual(['fix  a', '     b']);
    const rows = [
      [line('n1'), line('MASTER')],
      [line('node2'), line('BACKUP')],
    ];
    expect(tabulate(rows, 13)).toEqual([
      [span('n1'), span('     '), span('MASTER')],
      [span('node2'), span('  '), span('BACKUP')],
    ]);
    expect(tabulate(rows, 12)).toBe('too-wide');
  });
});

describe('a frame', () => {
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => line(`${name}${at}`));
  const parts = { header: lines('h', 3), body: lines('b', 30), footer: lines('f', 2) };

  it.each([
    [1, 'h0'],
    [2, 'h0 f1'],
    [3, 'h0 h1 f1'],
    [4, 'h0 h1 h2 f1'],
    [5, 'h0 h1 h2 f0 f1'],
    [7, 'h0 h1 h2 b0 b1 f0 f1'],
  ])('on %i rows', (rows, shown) => {
    expect(stackFrame(parts, { columns: 80, rows }).map(plainText).join(' ')).toBe(shown);
  });

  it('keeps its foot at the bottom', () => {
    const frame = stackFrame({ ...parts, body: [line('b')] }, { columns: 80, rows: 24 });
    expect(frame).toHaveLength(24);
    expect(frame.at(-1)).toEqual(line('f1'));
  });
});

const noKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

describe('keys', () => {
  const bindings: readonly KeyBinding<'move' | 'copy' | 'help' | 'leave'>[] = [
    { keys: ['up', 'k'], command: 'move', label: 'move', help: 'the finding before' },
    { keys: ['c'], command: 'copy', label: 'copy fix', help: 'copy the command' },
    { keys: ['?'], command: 'help', label: 'help', help: 'all keys' },
    { keys: ['q', 'ctrl-c'], command: 'leave', label: 'leave', help: 'leave' },
  ];

  it('have one name each, also when they come in one piece', () => {
    expect(keyNames('', { ...noKey, upArrow: true })).toEqual(['up']);
    expect(keyNames('c', { ...noKey, ctrl: true })).toEqual(['ctrl-c']);
    expect(keyNames('jjq', noKey)).toEqual(['j', 'j', 'q']);
    expect(keyNames('ab\r', noKey)).toEqual(['a', 'b', 'enter']);
    expect(keyNames('', { ...noKey, tab: true, shift: true })).toEqual(['shift-tab']);
    expect(keyNames('s\u0015ab\u0003', noKey)).toEqual(['s', 'ctrl-u', 'a', 'b', 'ctrl-c']);
    expect(keyNames('\u0000\u001f', noKey)).toEqual([]);
  });

  it('do what the table says', () => {
    expect(commandOf(bindings, 'k')).toBe('move');
    expect(commandOf(bindings, 'x')).toBeUndefined();
  });

  it('stand in the footer as far as there is room, the last one always', () => {
    expect(plainText(footerLine(bindings, 80, utf8))).toBe('↑ move  c copy fix  ? help  q leave');
    expect(
      plainText(
        footerLine([{ ...bindings[0], keys: ['down'], command: 'move', help: '', twin: 'up' }], 80, utf8),
      ),
    ).toBe('↑↓ move');
    expect(plainText(footerLine(bindings, 80, ascii))).toBe('Up move  c copy fix  ? help  q leave');
    expect(plainText(footerLine(bindings, 24, utf8))).toBe('↑ move  ? help  q leave');
    expect(plainText(footerLine(bindings, 20, utf8))).toBe('? help  q leave');
    expect(plainText(footerLine(bindings, 7, utf8))).toBe('q leave');
  });

  it('are all on the help page', () => {
    expect(helpLines(bindings, 40, utf8).map(plainText)).toEqual([
      '↑ k       the finding before',
      'c         copy the command',
      '?         all keys',
      'q Ctrl-C  leave',
    ]);
  });
});

describe('typing', () => {
  it('ends with Enter or Escape', () => {
    expect(typeKey('n', '2')).toEqual({ kind: 'typing', text: 'n2' });
    expect(typeKey('n2', 'backspace')).toEqual({ kind: 'typing', text: 'n' });
    expect(typeKey('n2', 'enter')).toEqual({ kind: 'entered', text: 'n2' });
    expect(typeKey('n2', 'escape')).toEqual({ kind: 'given-up' });
    expect(typeKey('n2', 'up')).toEqual({ kind: 'typing', text: 'n2' });
  });

  it('a filter wants every word, in any case', () => {
    const typed = ['N', '2', ' ', 'f', 'i'].reduce(typeFilter, noFilter);
    expect(typed).toEqual({ kind: 'typing', text: 'N2 fi' });
    expect(typeFilter(typed, 'enter')).toEqual({ kind: 'kept', text: 'N2 fi' });
    expect(typeFilter(typed, 'escape')).toEqual(noFilter);
    expect(passesFilter(typed, 'Firewall of n2')).toBe(true);
    expect(passesFilter(typed, 'Firewall of n3')).toBe(false);
    expect(passesFilter(noFilter, '')).toBe(true);
  });
});

describe('a window onto many lines', () => {
  const extent = { length: 20, height: 5 };

  it('shows what is selected, and moves no further than needed', () => {
    expect(reveal(0, extent, 3)).toBe(0);
    expect(reveal(0, extent, 7)).toBe(3);
    expect(reveal(10, extent, 4)).toBe(4);
    expect(reveal(0, extent, 10, 30)).toBe(10);
    expect(reveal(99, extent, 19)).toBe(15);
  });

  it('turns pages and stops at the ends', () => {
    expect(page(0, extent, 1)).toBe(4);
    expect(page(14, extent, 1)).toBe(15);
    expect(page(2, extent, -1)).toBe(0);
    expect(windowOf([1, 2, 3], 9, 2)).toEqual([2, 3]);
    expect(windowOf([1, 2, 3], 0, 0)).toEqual([]);
  });

  it('says how much is left', () => {
    expect(plainText(moreLine(3, extent, utf8))).toBe('↑3 ↓12');
    expect(moreLine(0, { length: 3, height: 5 }, utf8)).toEqual([]);
  });
});

describe('painting', () => {
  it('writes only lines that changed, and erases what is left of longer ones', () => {
    expect(changes(['a', 'b', 'c'], ['a', 'B'], 10)).toBe('\u001b[2;1HB\u001b[K\u001b[3;1H\u001b[K');
    expect(changes(['a'], ['a'], 10)).toBe('');
  });

  it('writes everything when nothing is known, and does not erase the end of a full line', () => {
    expect(changes(undefined, ['', 'ab'], 2)).toBe('\u001b[1;1H\u001b[K\u001b[2;1Hab');
  });
});

describe('copying', () => {
  const command = 'nft delete rule inet guard input handle 2';
  const base64 = Buffer.from(command).toString('base64');

  it('is OSC 52, within tmux also passed through', () => {
    expect(copySequence(command, 'none')).toBe(`\u001b]52;c;${base64}\u0007`);
    expect(copySequence(command, 'tmux')).toBe(
      `\u001b]52;c;${base64}\u0007\u001bPtmux;\u001b\u001b]52;c;${base64}\u0007\u001b\\`,
    );
    expect(copySequence(command, 'screen')).toBe(`\u001bP\u001b]52;c;${base64}\u0007\u001b\\`);
  });

  it('is not tried where no terminal would take it', () => {
    expect(copySequence('x'.repeat(100_000), 'none')).toBeUndefined();
  });
});

describe('a theme', () => {
  it('without colour has no other attributes either, and in ASCII no other characters', () => {
    expect(Object.values(ascii.looks)).toEqual(Object.values(ascii.looks).map(() => ({})));
    expect(JSON.stringify(ascii.glyphs)).toMatch(/^[\x20-\x7e]*$/);
    expect(ascii.safe('\u001b[2Jn1 → n2')).toBe('\\x1b[2Jn1 -> n2');
  });
});
