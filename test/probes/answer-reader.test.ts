// Frames read back: whole, in pieces, cut off, flooded, and with content that looks like frames.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeScript, createAnswerReader } from '../../src/probes/script.ts';

const marker = 'unitMARKERunitMARKER';
const bytes = (text: string) => new TextEncoder().encode(text);
const frame = (content: string, { about = '-', limit = 1000, exit = '0' } = {}) =>
  `\n${marker} b before some part ${about} ${limit}\n${content}\n${marker} e ${exit}\n`;

const readAll = (text: string, pieceBytes = Number.MAX_SAFE_INTEGER) => {
  const reader = createAnswerReader(marker);
  const all = bytes(text);
  const answers = [];
  for (let at = 0; at < all.length; at += pieceBytes)
    answers.push(...reader.push(all.subarray(at, at + pieceBytes)));
  return { answers: [...answers, ...reader.end()], rounds: [...reader.finishedRounds()] };
};

describe('the answer reader', () => {
  test('keeps content exactly, whatever the pieces it arrives in', () => {
    const content = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(content, { maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (contents, pieceBytes) => {
          const text = `noise${contents.map((one) => frame(one)).join('stray output')}\n${marker} d before\n`;
          const { answers, rounds } = readAll(text, pieceBytes);
          expect(answers.map((answer) => answer.text)).toEqual(
            contents.map((one) => new TextDecoder().decode(bytes(one))),
          );
          expect(answers.every((answer) => answer.exit === 0 && answer.truncated === 'no')).toBe(true);
          expect(rounds).toEqual(['before']);
        },
      ),
    );
  });

  test('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.constant(bytes(`\n${marker} b `)))), (chunks) => {
        const reader = createAnswerReader(marker);
        for (const chunk of chunks) reader.push(chunk);
        expect(Array.isArray(reader.end())).toBe(true);
      }),
    );
  });

  test('bounds what is kept and says that it is not all', () => {
    const { answers } = readAll(frame('x'.repeat(5000), { limit: 100 }), 37);
    expect(answers).toMatchObject([{ truncated: 'yes', exit: 0 }]);
    expect(answers[0]?.text).toBe('x'.repeat(100));
    expect(readAll(frame('x'.repeat(100), { limit: 100 })).answers[0]?.truncated).toBe('no');
  });

  test('an answer without its end is lost, and the next one is still read', () => {
    const cut = `\n${marker} b before some part - 100\nhalf`;
    expect(readAll(cut).answers).toMatchObject([{ exit: 'lost', text: 'half' }]);
    expect(readAll(cut + frame('next')).answers.map((answer) => answer.exit)).toEqual(['lost', 0]);
  });

  test('the marker counts only at the start of a line', () => {
    expect(readAll(frame(`x ${marker} e 0`)).answers[0]?.text).toBe(`x ${marker} e 0`);
  });

  test.each([
    ['missing', 'missing'],
    ['timeout', 'timeout'],
    ['124', 'timeout'],
    ['127', 'missing'],
    ['3', 3],
    ['', 'lost'],
  ] as const)('exit word %j is %j', (word, exit) => {
    expect(readAll(frame('', { exit: word })).answers[0]?.exit).toBe(exit);
  });

  test('what an answer is about comes plain or in hex', () => {
    expect(readAll(frame('', { about: 'peth0.7' })).answers[0]?.about).toBe('eth0.7');
    expect(readAll(frame('', { about: 'x2f6120620a63' })).answers[0]?.about).toBe('/a b\nc');
    expect(readAll(frame('')).answers[0]?.about).toBeUndefined();
  });
});

describe('the composed script', () => {
  const part = { part: 'one', shell: ':', rounds: ['before'] as const, limitBytes: 1, timeoutSeconds: 1 };

  test('refuses a guessable marker and ids that are not words', () => {
    expect(() => composeScript([], 'before', 'x')).toThrow();
    expect(() => composeScript([{ id: 'a b', parts: [part] }], 'before', marker)).toThrow();
  });

  test('lets no peer through that is not an address', () => {
    const peers = ["1.2.3.4'; reboot; '", '$(reboot)', '10.0.0.1', 'fe80::1', '', 'a', '-h'];
    expect(composeScript([], 'after', marker, { peers })).toContain("VD_PEERS='10.0.0.1 fe80::1'");
  });

  test('asks what others wait for first and what is slow last', () => {
    const probe = (id: string, pace: 'first' | 'quick' | 'late' | 'slow') => ({
      id,
      parts: [{ ...part, pace }],
    });
    const script = composeScript(
      [probe('d', 'slow'), probe('c', 'late'), probe('b', 'quick'), probe('a', 'first')],
      'before',
      marker,
    );
    expect(script.match(/VD_PROBE=\w/g)?.join('')).toBe('VD_PROBE=aVD_PROBE=bVD_PROBE=cVD_PROBE=d');
  });
});
