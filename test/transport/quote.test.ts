import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteArgv } from '../../src/transport/quote.ts';

// One shell for many words: printf prints every word followed by a byte no word holds.
function expand(words: readonly string[]): string[] {
  const script = words.map((word) => `printf '%s\\0' ${quote(word)}`).join('\n');
  const out = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const word = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      "'",
      "''",
      '"',
      '$(id)',
      '`id`',
      '\\',
      '\n',
      '-n',
      '~',
      '*',
      '!!',
      '',
      ' ',
      '#',
      '%s',
      "a'b\\'c",
    ),
  )
  .map((text) => text.replaceAll('\0', ''));

describe('quote', () => {
  it('survives a real sh unchanged, whatever the value', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const reencoded = words.map((text) => Buffer.from(text, 'utf8').toString('utf8'));
        expect(expand(words)).toEqual(reencoded);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves no backslash within quotes, where fish would take it as an escape', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const nested = quote(quoteArgv(words));
        for (const [, quoted = ''] of nested.matchAll(/'([^']*)'|\\./g)) expect(quoted).not.toContain('\\');
      }),
    );
  });

  it('stays one word inside another quoted word', () => {
    const hostile = "eth0'; touch /tmp/pwned; echo '";
    const inner = quoteArgv(['printf', '%s', hostile]);
    const out = execFileSync('sh', ['-c', quoteArgv(['sh', '-c', inner])], { encoding: 'utf8' });
    expect(out).toBe(hostile);
  });

  it('leaves plain words readable', () => {
    expect(quoteArgv(['ip', '-o', 'addr', 'show', 'dev', 'eth0.100'])).toBe('ip -o addr show dev eth0.100');
  });

  it('refuses a NUL byte instead of dropping it', () => {
    expect(() => quote('eth\0zero')).toThrow(RangeError);
  });
});
