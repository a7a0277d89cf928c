// What the streams can show, from what the environment says.
import { describe, expect, it } from 'vitest';
import { charsetOf, colorOf, widthOf } from '../../src/cli/terminal.ts';

describe('colour', () => {
  it.each([
    ['auto', {}, 'terminal', 'ansi16'],
    ['auto', {}, 'elsewhere', 'none'],
    ['auto', { NO_COLOR: '1' }, 'terminal', 'none'],
    ['auto', { NO_COLOR: '' }, 'terminal', 'ansi16'],
    ['auto', { TERM: 'dumb' }, 'terminal', 'none'],
    ['always', { NO_COLOR: '1' }, 'elsewhere', 'ansi16'],
    ['never', {}, 'terminal', 'none'],
  ] as const)('%s with %j at a %s: %s', (choice, env, seen, color) => {
    expect(colorOf(choice, env, seen)).toBe(color);
  });
});

describe('characters', () => {
  it.each([
    [{}, 'ascii'],
    [{ LANG: 'C' }, 'ascii'],
    [{ LANG: 'en_US.UTF-8' }, 'utf8'],
    [{ LANG: 'C.utf8' }, 'utf8'],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, 'ascii'],
    [{ LANG: 'C', LC_CTYPE: 'UTF-8', LC_ALL: '' }, 'utf8'],
  ] as const)('%j: %s', (env, charset) => {
    expect(charsetOf(env)).toBe(charset);
  });
});

describe('width', () => {
  it.each([
    [undefined, 80],
    [0, 80],
    [57, 57],
    [300, 120],
  ])('%s columns: %s', (columns, width) => {
    expect(widthOf(columns)).toBe(width);
  });
});
