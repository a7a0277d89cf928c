// What a lookout reports of recorded failovers: who advertised, announced and answered, by name, at a bounded rate.
import { describe, expect, it } from 'vitest';
import { type Sighting, sliceMs } from '../../src/chaos/sighting.ts';
import { counted, loadTrial, situations } from '../timeline/recorded-trials.ts';
import { sightingsOf } from './told-trials.ts';

type Slice = Extract<Sighting, { readonly what: 'slice' }>;

const see = (situation: string): readonly Sighting[] => {
  const { subject, trial } = loadTrial(situation);
  return sightingsOf(subject, trial);
};
const slicesOf = (seen: readonly Sighting[]): readonly Slice[] =>
  seen.filter((one): one is Slice => one.what === 'slice');

describe.each(situations)('%s', (situation) => {
  const { subject, trial } = loadTrial(situation);
  const seen = see(situation);

  it('tells slices in order, none longer than the others', () => {
    const slices = slicesOf(seen);
    const everyMs = sliceMs(subject.advertIntervalMs);
    expect(slices.length).toBeGreaterThan(5);
    for (const [at, slice] of slices.entries()) {
      expect(slice.toMs - slice.fromMs).toBe(everyMs);
      expect(slice.fromMs).toBeGreaterThanOrEqual(slices[at - 1]?.toMs ?? 0);
    }
    const lastsMs = Number((trial.frames.at(-1)?.atNs ?? 0n) - (trial.frames[0]?.atNs ?? 0n)) / 1e6;
    expect(slices.length).toBeLessThanOrEqual(Math.ceil(lastsMs / everyMs) + 1);
  });

  it('tells few turning points, however many frames there are', () => {
    expect(seen.length - slicesOf(seen).length).toBeLessThan(30);
  });

  it('names the new master when it begins', () => {
    const { firstMaster, priorityZero } = counted[situation] ?? { firstMaster: '', priorityZero: false };
    const begins = seen.find((one) => one.what === 'advertises');
    expect(begins).toMatchObject({ node: firstMaster });
    const goodbye = seen.find((one) => one.what === 'goodbye');
    if (priorityZero) expect(goodbye).toMatchObject({ node: trial.oldMaster });
  });
});

describe('answers', () => {
  it('come from the old master before and from the new one after, with silence between', () => {
    const states = slicesOf(see('stopped-v3')).flatMap(({ probes }) => {
      const icmp = probes.find((one) => one.probe === 'icmp');
      if (icmp === undefined || icmp.asked === 0) return [];
      return [icmp.answered.map((one) => one.node).join('+')];
    });
    const turns = states.filter((state, at) => state !== states[at - 1]);
    expect(turns.slice(0, 3)).toEqual(['n1', '', 'n2']);
  });

  it('come from both while both hold the VIP', () => {
    const both = slicesOf(see('muted-v3')).some(({ probes }) =>
      probes.some(
        ({ probe, answered }) => probe === 'arp' && new Set(answered.map((one) => one.node)).size === 2,
      ),
    );
    expect(both).toBe(true);
  });

  it('are told for IPv6 as well, and the VIP is seen to move', () => {
    const seen = see('stopped-ipv6');
    expect(slicesOf(seen).some(({ probes }) => probes.some(({ probe }) => probe === 'nd'))).toBe(true);
    const moves = seen.flatMap((one) =>
      one.what === 'vip-appeared' || one.what === 'vip-vanished' ? [`${one.node} ${one.what}`] : [],
    );
    expect(moves.slice(0, 2)).toEqual(['n1 vip-vanished', 'n2 vip-appeared']);
  });
});
