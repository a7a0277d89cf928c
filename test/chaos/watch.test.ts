// When a trial must stop, and what is expected of an election: both pure.
import { describe, expect, it } from 'vitest';
import { predict } from '../../src/chaos/subject.ts';
import {
  claimants,
  firstOf,
  isQuiet,
  quietMs,
  returnOf,
  standingOf,
  type Watched,
  whyStop,
} from '../../src/chaos/watch.ts';
import { arena, member } from './sites.ts';

const adverts = (src: string, fromMs: number, toMs: number, priority = 100, everyMs = 100) =>
  Array.from({ length: Math.floor((toMs - fromMs) / everyMs) }, (_, at) => ({
    src,
    priority,
    atNs: 0n,
    heardMs: fromMs + at * everyMs,
  }));

const watched = (heard: Watched['adverts'], nowMs: number): Watched => ({
  nowMs,
  adverts: [...heard].sort((a, b) => a.heardMs - b.heardMs),
  sinceMs: 1000,
  advertIntervalMs: 100,
});

const calm = {
  maxOutageMs: 2000,
  secondSender: 'not-expected',
  lastReplyMs: undefined,
  observerLost: undefined,
  nodesLost: [],
} as const;

describe('stopping', () => {
  it('does not happen while one master sends', () => {
    expect(whyStop(watched(adverts('a', 0, 5000), 5000), calm)).toBeUndefined();
  });
  it('after too long without a master, a goodbye not counted', () => {
    const silent = watched([...adverts('a', 0, 1000), ...adverts('a', 1000, 1100, 0)], 2800);
    expect(whyStop(silent, calm)).toBeUndefined();
    expect(whyStop({ ...silent, nowMs: 3000 }, calm)).toMatch(/no master for 2 s/);
  });
  it('when the VIP no longer answers, whoever sends adverts', () => {
    const fine = watched(adverts('b', 0, 9000), 9000);
    expect(whyStop(fine, { ...calm, lastReplyMs: 6500 })).toMatch(/has not answered/);
    expect(whyStop(fine, { ...calm, lastReplyMs: 8900 })).toBeUndefined();
  });
  it('for a second master, unless the fault makes one', () => {
    const two = watched([...adverts('a', 0, 5000), ...adverts('b', 3000, 5000)], 5000);
    expect(whyStop(two, calm)).toMatch(/two masters where one was expected/);
    expect(whyStop(two, { ...calm, secondSender: 'expected' })).toBeUndefined();
  });
  it('not for the overlap of a change of hands', () => {
    const change = watched([...adverts('a', 0, 2000), ...adverts('b', 1950, 2200)], 2150);
    expect(whyStop(change, calm)).toBeUndefined();
  });
  it('not for a change of hands after a word, when both were heard a moment ago', () => {
    const change = watched([...adverts('a', 0, 2000), ...adverts('b', 1961, 2270)], 2165);
    expect(claimants(change, 3).toSorted()).toEqual(['a', 'b']);
    expect(whyStop(change, calm)).toBeUndefined();
  });
  it('for a lost observer or node', () => {
    const fine = watched(adverts('a', 0, 5000), 5000);
    expect(whyStop(fine, { ...calm, observerLost: 'it ended' })).toMatch(/observer is lost/);
    expect(whyStop(fine, { ...calm, nodesLost: ['n2'] })).toMatch(/no heartbeat from n2/);
  });
});

describe('who claims to be master', () => {
  it('is who sent lately, with a priority', () => {
    const now = watched([...adverts('a', 0, 2000), ...adverts('b', 2000, 4000)], 4000);
    expect(claimants(now)).toEqual(['b']);
    expect(firstOf(now, (src) => src !== 'a')).toMatchObject({ src: 'b', heardMs: 2000 });
    expect(claimants(watched(adverts('a', 0, 1000, 0), 1000))).toEqual([]);
  });
  it('has stood since it last took over, also when another was first by a hair', () => {
    const race = watched(
      [...adverts('a', 0, 1000), ...adverts('c', 1400, 1500), ...adverts('b', 1402, 4000)],
      4000,
    );
    expect(standingOf(race, 'a')).toMatchObject({ src: 'b', heardMs: 1402 });
    expect(standingOf(watched(adverts('b', 1400, 2000), 4000), 'a')).toBeUndefined();
    expect(standingOf(watched(adverts('a', 0, 4000), 4000), 'a')).toBeUndefined();
  });
  it('is back when it is heard after another had taken over', () => {
    const back = watched(
      [...adverts('a', 0, 1100), ...adverts('b', 1400, 3000), ...adverts('a', 3000, 4000)],
      4000,
    );
    expect(returnOf(back, 'a')).toMatchObject({ src: 'a', heardMs: 3000 });
    expect(returnOf(watched(adverts('a', 0, 4000), 4000), 'a')).toBeUndefined();
  });
  it('stands beside an old master that goes on sending', () => {
    const both = watched([...adverts('a', 0, 4000), ...adverts('b', 1400, 4000)], 4000);
    expect(standingOf(both, 'a')).toMatchObject({ src: 'b', heardMs: 1400 });
  });
});

describe('a prediction', () => {
  const [n1, n2, n3] = [member('n1', 100), member('n2', 99), member('n3', 98)];
  it('names the backup with the shortest wait', () => {
    const graceful = predict(arena([n1, n2, n3], n1), 'graceful');
    expect(graceful?.winner.node).toBe('n2');
    expect(graceful?.takeoverMs.maxMs).toBeCloseTo(61.328, 2);
    expect(predict(arena([n1, n2, n3], n1), 'crash')?.takeoverMs.maxMs).toBeCloseTo(361.328, 2);
  });
  it('knows who keeps it after healing, and why', () => {
    expect(predict(arena([n1, n2], n1), 'graceful')?.masterAfter.node).toBe('n1');
    const stays = member('n1', 100, { preempt: 'off' });
    const kept = predict(arena([stays, n2], stays), 'crash');
    expect(kept?.masterAfter.node).toBe('n2');
    expect(kept?.why).toContain('nopreempt');
    // One that hung never gave it up.
    expect(predict(arena([stays, n2], stays), 'hang')?.masterAfter.node).toBe('n1');
  });
  it('is not made without a master or a backup', () => {
    expect(predict(arena([n1, n2], undefined), 'crash')).toBeUndefined();
    expect(predict(arena([n1], n1), 'crash')).toBeUndefined();
  });
});

describe('quiet', () => {
  it('counts from the new master, and again from traffic that came back late', () => {
    const stood = { sinceMs: 1000, resumedMs: undefined, quietMs: 5400 } as const;
    expect(isQuiet({ nowMs: 6300 }, stood)).toBe('no');
    expect(isQuiet({ nowMs: 6400 }, stood)).toBe('yes');
    expect(isQuiet({ nowMs: 6400 }, { ...stood, resumedMs: 6000 })).toBe('no');
    expect(isQuiet({ nowMs: 11_000 }, { ...stood, resumedMs: 6000 })).toBe('yes');
  });
  it('is at least five seconds, and past the second burst', () => {
    expect(quietMs(0)).toBeGreaterThanOrEqual(5000);
    expect(quietMs(20_000)).toBeGreaterThan(20_000);
  });
});
