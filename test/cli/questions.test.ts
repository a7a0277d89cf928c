// Typing an answer in raw mode.
import { describe, expect, it } from 'vitest';
import { typeInto } from '../../src/cli/questions.ts';

describe('typing', () => {
  it.each([
    ['', 'abc', { kind: 'line', text: 'abc' }],
    ['abc', '\r', { kind: 'answer', text: 'abc' }],
    ['ab', 'c\nrest', { kind: 'answer', text: 'abc' }],
    ['ab', '\u007f', { kind: 'line', text: 'a' }],
    ['a👍', '\b', { kind: 'line', text: 'a' }],
    ['', '\u007f', { kind: 'line', text: '' }],
    ['secret', '\u0003', { kind: 'interrupt' }],
    ['', '\u0004', { kind: 'given-up' }],
    ['x', '\u0004', { kind: 'line', text: 'x' }],
    ['x', '\u001b', { kind: 'line', text: 'x' }],
  ] as const)('%j then %j', (line, keys, typed) => {
    expect(typeInto(line, keys)).toEqual(typed);
  });
});
