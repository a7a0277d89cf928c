// Clocks: offsets out of common frames and ping-pongs, their errors, and steps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignByFrames, alignClocks, keyFrames } from '../../src/timeline/clocks.ts';
import { adverts, at, subject, trialOf } from './scene.ts';

const shift = (frames: ReturnType<typeof adverts>, byNs: (index: number) => bigint) =>
  frames.map((frame, index) => ({ ...frame, atNs: frame.atNs + byNs(index) }));

describe('common frames', () => {
  it('give the offset, whatever it is, and half the spread as error', () => {
    const here = adverts('n1', 100, 0, 1900);
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        fc.array(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 20, maxLength: 20 }),
        (offset, jitters) => {
          const there = shift(here, (index) => offset + BigInt(jitters[index] ?? 0));
          const aligned = alignByFrames('n2', keyFrames(here), keyFrames(there))?.alignment;
          const error = Math.abs(Number((aligned?.offsetNs ?? 0n) + offset));
          expect(error).toBeLessThanOrEqual(50_000);
          expect(aligned?.plusMinusNs).toBeLessThanOrEqual(50_000);
          expect(aligned?.method).toBe('shared-frames');
        },
      ),
    );
  });

  it('that are too few join nothing', () => {
    const here = adverts('n1', 100, 0, 100);
    expect(alignByFrames('n2', keyFrames(here), keyFrames(here))).toBeUndefined();
  });

  it('that all look the same are told apart by a coarse offset only', () => {
    const same = adverts('n1', 100, 0, 1900).map((frame, _, all) => ({
      ...frame,
      bytes: all[0]?.bytes ?? frame.bytes,
    }));
    const there = shift(same, () => 7_000_000_000n);
    const coarse = { offsetNs: -7_001_000_000n, plusMinusNs: 3_000_000 };
    expect(alignByFrames('n2', keyFrames(same), keyFrames(there))).toBeUndefined();
    expect(alignByFrames('n2', keyFrames(same), keyFrames(there), coarse)?.alignment).toMatchObject({
      offsetNs: -7_000_000_000n,
      plusMinusNs: 0,
    });
  });

  it('that come more often than the offset is known join nothing', () => {
    const often = adverts('n1', 100, 0, 190, 10).map((frame, _, all) => ({
      ...frame,
      bytes: all[0]?.bytes ?? frame.bytes,
    }));
    const coarse = { offsetNs: 0n, plusMinusNs: 8_000_000 };
    expect(alignByFrames('n2', keyFrames(often), keyFrames(often), coarse)).toBeUndefined();
  });

  it('see a clock that is stepped half way', () => {
    const here = adverts('n1', 100, 0, 1900);
    const there = shift(here, (index) => (index < 10 ? 0n : 40_000_000n));
    const trial = trialOf({
      frames: here,
      change: { witnesses: [{ host: 'n2', events: [], frames: there }] },
    });
    const { stepped, alignments } = alignClocks(subject, trial);
    expect(stepped).toEqual(['the clock of n2 was stepped by -40 ms during the trial']);
    expect(alignments.find((one) => one.clock === 'n2')?.plusMinusNs).toBeGreaterThanOrEqual(20_000_000);
  });
});

describe('ping-pongs', () => {
  const pong = (from: string, to: string, fromMs: number, seenMs: number, toMs: number) => ({
    from: { clock: from, ns: at(fromMs) },
    seen: { clock: to, ns: at(seenMs) },
    to: { clock: from, ns: at(toMs) },
  });

  it('add up over a third clock, with the sum of their errors', () => {
    const trial = trialOf({
      frames: [],
      change: {
        injected: { from: { clock: 'n1', ns: at(1050) }, to: { clock: 'n1', ns: at(1051) } },
        // n1 is 500 ms ahead of the desk, the observer 200 ms behind it.
        pingPongs: [
          pong('desk', 'n1', 10, 511, 12),
          pong('desk', 'n1', 10, 515, 20),
          pong('desk', 'observer', 30, -168, 34),
        ],
      },
    });
    const { toObserver } = alignClocks(subject, trial);
    const placed = toObserver({ clock: 'n1', ns: at(1050) });
    expect(placed?.ns).toBe(at(1050 - 500 - 200));
    expect(placed?.plusMinusNs).toBe(3_000_000);
  });

  it('that lead nowhere join nothing', () => {
    const trial = trialOf({
      frames: [],
      change: { injected: { from: { clock: 'n1', ns: at(1) }, to: { clock: 'n1', ns: at(2) } } },
    });
    expect(alignClocks(subject, trial).toObserver({ clock: 'n1', ns: at(1) })).toBeUndefined();
  });

  it('the observer’s clock goes by the name of its host as well', () => {
    const { toObserver } = alignClocks(subject, trialOf({ frames: [] }));
    expect(toObserver({ clock: 'obs', ns: 5n })).toEqual({ ns: 5n, plusMinusNs: 0 });
  });
});

describe('paired readings', () => {
  it('see a step against the monotonic clock, and no step in a slow drift', () => {
    const reading = (clock: string, ms: number, ahead: number) => ({
      clock,
      realtimeNs: at(ms + ahead),
      monotonicNs: BigInt(ms) * 1_000_000n,
    });
    const trial = trialOf({
      frames: [],
      change: {
        clockReadings: [
          reading('observer', 0, 0),
          reading('observer', 1000, 0),
          reading('observer', 2000, 250),
          reading('n1', 0, 0),
          reading('n1', 2000, 1),
        ],
      },
    });
    expect(alignClocks(subject, trial).stepped).toEqual([
      'the clock of observer was stepped by 250 ms during the trial',
    ]);
  });
});
