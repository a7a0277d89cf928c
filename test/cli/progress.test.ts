// The talk of a running check: what the updating line says, and that nothing in it can reach the terminal raw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, eventLine, noProgress, progressLine } from '../../src/cli/progress.ts';
import { columnsOf } from '../../src/report/typeset.ts';
import { anyText } from '../report/arbitrary-report.ts';

const style = { color: 'none', width: 80, unicode: 'utf8' } as const;

describe('progress', () => {
  it('groups nodes by what they are doing', () => {
    const first = advance(noProgress, { kind: 'node', node: 'n1', phase: 'asking', detail: '' });
    const second = advance(first, { kind: 'node', node: 'n2', phase: 'asking', detail: '' });
    const third = advance(second, { kind: 'node', node: 'n1', phase: 'listening', detail: '' });
    const last = advance(third, {
      kind: 'listening',
      elapsedMs: 1240,
      limitMs: 30_000,
      openQuestions: ['is there a second master?'],
      adverts: 7,
      senders: [],
    });
    expect(progressLine(last, style)).toBe(
      'listening: n1; asking: n2 | 1.2 s of at most 30.0 s | 7 adverts | is there a se',
    );
  });

  it('fits the line and holds nothing unprintable, whatever nodes are called', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 10, max: 120 }), (node, detail, width) => {
        const event = { kind: 'node', node, phase: 'failed', detail } as const;
        const line = progressLine(advance(noProgress, event), { ...style, width });
        expect(columnsOf(line)).toBeLessThan(width);
        expect(`${line}${eventLine(event, style)}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
