// Mistyped words and what was meant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/cli/did-you-mean.ts';

const commands = ['check', 'lab', 'explain', 'self-check'];

describe('nearest', () => {
  it.each([
    ['chek', ['check']],
    ['chekc', ['check']],
    ['explian', ['explain']],
    ['lba', ['lab']],
    ['frobnicate', []],
    ['', []],
  ])('%s', (word, expected) => {
    expect(nearest(word, commands)).toEqual(expected);
  });

  it('finds a rule by a part of its name', () => {
    expect(nearest('firewall', ['host-firewall-input-drop', 'egress-firewall-drop', 'no-master'])).toEqual([
      'egress-firewall-drop',
      'host-firewall-input-drop',
    ]);
  });

  it('a known word is its own nearest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z-]{3,20}$/), { minLength: 1, maxLength: 8 }),
        (words) => {
          for (const word of words) expect(nearest(word, words)[0]).toBe(word);
        },
      ),
    );
  });
});

it('says nothing when nothing is near', () => {
  expect(didYouMean('xyzzy', commands)).toBe('');
  expect(didYouMean('chek', commands)).toBe(' Did you mean "check"?');
});
