// Making untrusted text visible: nothing treacherous survives, nothing harmless is touched.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeCommand, escapeJson, escapeLine, escapeMarkup } from '../../src/report/escape.ts';

describe('a line', () => {
  it.each([
    ['eth0', 'eth0'],
    ['Köln → 東京', 'Köln → 東京'],
    ['a\x1b[2Jb', 'a\\x1b[2Jb'],
    ['tab\tnewline\nreturn\r', 'tab\\tnewline\\nreturn\\r'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['no\u00a0break', 'no\\xa0break'],
    ['\u{e0041}tag', '\\u{e0041}tag'],
    ['half \ud800 pair', 'half \\ud800 pair'],
    ['\x9b31m', '\\x9b31m'],
  ])('%j', (text, shown) => {
    expect(escapeLine(text)).toBe(shown);
  });

  it('in ASCII has the usual spelling for typography, and codes for the rest', () => {
    expect(escapeLine('“n1” → n2 … ü', 'ascii')).toBe('"n1" -> n2 ... \\xfc');
  });

  it('a command is never respelled', () => {
    expect(escapeCommand('echo “a”', 'ascii')).toBe('echo \\u201ca\\u201d');
    expect(escapeCommand('echo “a”', 'utf8')).toBe('echo “a”');
  });

  it('leaves printable ASCII alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e]*$/), (text) => {
        expect(escapeLine(text)).toBe(text);
        expect(escapeCommand(text, 'ascii')).toBe(text);
      }),
    );
  });
});

describe('documents', () => {
  it('JSON means the same afterwards', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeJson(JSON.stringify({ text }, null, 2));
        expect(JSON.parse(escaped)).toEqual({ text });
      }),
    );
  });

  it('markup cannot be opened or closed', () => {
    expect(escapeMarkup(`<a href="x" y='z'>&\x00`)).toBe(
      '&lt;a href=&quot;x&quot; y=&#39;z&#39;&gt;&amp;\\x00',
    );
  });
});
