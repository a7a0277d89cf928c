import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gracefulTakeoverMs,
  masterDownIntervalMs,
  predictTakeover,
  predictTakeoverFromEvent,
  rankBackups,
  skewTimeMs,
  startDelayMs,
} from '../../src/keepalived/timers.ts';

const priority = fc.integer({ min: 1, max: 255 });
const wholeSeconds = fc.integer({ min: 1, max: 255 });
const centiseconds = fc.integer({ min: 1, max: 4095 });

describe('against the arithmetic of the RFCs', () => {
  it('v2: 3 × Advertisement_Interval + (256 − Priority) / 256', () => {
    fc.assert(
      fc.property(priority, wholeSeconds, (level, seconds) => {
        const input = { version: 2 as const, priority: level, advertIntervalMs: seconds * 1000 };
        expect(skewTimeMs(input)).toBeCloseTo(((256 - level) / 256) * 1000, 2);
        expect(masterDownIntervalMs(input)).toBeCloseTo((3 * seconds + (256 - level) / 256) * 1000, 2);
      }),
    );
  });

  it('v3: 3 × Master_Adver_Interval + ((256 − Priority) × Master_Adver_Interval) / 256', () => {
    fc.assert(
      fc.property(priority, centiseconds, centiseconds, (level, own, master) => {
        const input = {
          version: 3 as const,
          priority: level,
          advertIntervalMs: own * 10,
          masterAdvertIntervalMs: master * 10,
        };
        const skewCs = ((256 - level) * master) / 256;
        expect(skewTimeMs(input)).toBeCloseTo(skewCs * 10, 2);
        expect(masterDownIntervalMs(input)).toBeCloseTo((3 * master + skewCs) * 10, 2);
      }),
    );
  });

  it('a higher priority never waits longer', () => {
    fc.assert(
      fc.property(priority, priority, wholeSeconds, (one, other, seconds) => {
        const wait = (level: number) =>
          masterDownIntervalMs({ version: 2, priority: level, advertIntervalMs: seconds * 1000 });
        expect(wait(Math.max(one, other))).toBeLessThanOrEqual(wait(Math.min(one, other)));
      }),
    );
  });
});

describe('known values', () => {
  it.each([
    [100, 3609.375],
    [150, 3414.062],
    [254, 3007.812],
  ])('priority %i at 1 s', (level, expectedMs) => {
    expect(masterDownIntervalMs({ version: 2, priority: level, advertIntervalMs: 1000 })).toBe(expectedMs);
  });

  it('v2 keeps its own interval, v3 takes the master’s', () => {
    const input = { priority: 100, advertIntervalMs: 1000, masterAdvertIntervalMs: 100 };
    expect(masterDownIntervalMs({ version: 2, ...input })).toBe(3609.375);
    expect(masterDownIntervalMs({ version: 3, ...input })).toBeCloseTo(360.937, 3);
  });

  it('down_timer_adverts takes the place of 3', () => {
    expect(
      masterDownIntervalMs({ version: 2, priority: 100, advertIntervalMs: 1000, downTimerAdverts: 5 }),
    ).toBe(5609.375);
  });
});

describe('takeovers', () => {
  const backup = { version: 2 as const, priority: 100, advertIntervalMs: 1000 };

  it('graceful: skew only; silent: the whole wait, less the phase when counted from the event', () => {
    expect(gracefulTakeoverMs(backup)).toBe(609.375);
    expect(predictTakeover(backup, { kind: 'graceful' })).toEqual({ minMs: 609.375, maxMs: 609.375 });
    expect(predictTakeover(backup, { kind: 'silent' })).toEqual({ minMs: 3609.375, maxMs: 3609.375 });
    expect(predictTakeoverFromEvent(backup, { kind: 'silent' })).toEqual({
      minMs: 2609.375,
      maxMs: 3609.375,
    });
  });

  it('scripts: checks first, then skew for a fault and the running timer for a weight', () => {
    const check = { scriptIntervalMs: 2000, fall: 3 };
    expect(predictTakeover(backup, { kind: 'script-fault', ...check })).toEqual({
      minMs: 4609.375,
      maxMs: 6609.375,
    });
    expect(predictTakeover(backup, { kind: 'script-weight', ...check })).toEqual({
      minMs: 6609.375,
      maxMs: 9609.375,
    });
  });

  it('the highest priority wins the race', () => {
    const backups = [90, 120, 100].map((level) => ({ ...backup, priority: level }));
    expect(rankBackups(backups, { kind: 'silent' }).map((one) => one.priority)).toEqual([120, 100, 90]);
  });

  it('an address owner that starts as MASTER does not wait', () => {
    expect(startDelayMs({ ...backup, priority: 255 }, 'MASTER')).toBe(0);
    expect(startDelayMs(backup, 'MASTER')).toBe(3609.375);
  });
});
