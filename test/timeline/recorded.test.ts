// Recorded failovers measured again: the numbers agree with those counted by an independent program over the same
// captures, the classes are told apart, and every takeover is within what its configuration predicts.
import { describe, expect, it } from 'vitest';
import { measureTrial } from '../../src/timeline/measure.ts';
import type { Figure } from '../../src/timeline/measured.ts';
import { readTrial, writeTrial } from '../../src/timeline/recording.ts';
import { counted, loadTrial, situations } from './recorded-trials.ts';

const msOf = (figure: Figure | undefined): number | null =>
  figure?.kind === 'measured' ? figure.valueMs : null;

const expectNear = (value: number | null, target: number | null, within: number): void => {
  if (target === null) expect(value).toBeNull();
  else expect(Math.abs((value ?? Number.NaN) - target)).toBeLessThanOrEqual(within);
};

describe.each(situations)('%s', (situation) => {
  const { subject, trial } = loadTrial(situation);
  const measured = measureTrial(subject, trial);
  const { handover, failback } = measured;
  const expected = counted[situation];

  it('agrees with the independent count', () => {
    if (expected === undefined) throw new Error(`${situation} was not counted: run fixtures/trials/count.py`);
    expect(handover.newMaster).toBe(expected.newMaster);
    expectNear(msOf(handover.takeover), expected.takeoverMs, 0.001);
    expectNear(msOf(handover.convergence[0]?.converged), expected.convergenceMs, 0.001);
    // Questions are stamped when they are put, not when they leave the host.
    const icmp = handover.outages.find((one) => one.kind === 'icmp');
    expectNear(msOf(icmp?.outage), expected.outageMs, 0.1);
    if (failback.kind !== 'measured') throw new Error(`the failback is ${failback.kind}`);
    expectNear(msOf(failback.handover.takeover), expected.failbackMs, 0.001);
  });

  it('is within the prediction, both ways', () => {
    expect(handover.residual?.size).toBe('as-predicted');
    const ways = [handover, ...(failback.kind === 'measured' ? [failback.handover] : [])];
    expect(ways).toHaveLength(2);
    for (const { takeover, predicted } of ways) {
      expect(msOf(takeover)).toBeGreaterThanOrEqual(predicted?.minMs ?? Number.NaN);
      expect(msOf(takeover)).toBeLessThanOrEqual(predicted?.maxMs ?? Number.NaN);
    }
  });

  it('joins the clocks of all nodes, which are in truth one', () => {
    expect(measured.clocks.map((one) => one.clock).sort()).toEqual(['n1', 'n2', 'n3']);
    for (const { offsetNs, plusMinusNs } of measured.clocks)
      expect(Math.abs(Number(offsetNs))).toBeLessThanOrEqual(plusMinusNs + 20_000);
    expect(measured.warnings).toEqual([]);
  });

  it('is measured the same when it was written and read once more', () => {
    const reading = readTrial(writeTrial(subject, trial));
    if (reading.kind === 'unreadable') throw new Error(reading.reason);
    expect(measureTrial(reading.subject, reading.trial)).toEqual(measured);
  });
});

const classOf = (situation: string): string => {
  const { subject, trial } = loadTrial(situation);
  return measureTrial(subject, trial).fault.classObserved;
};

describe('classes of real faults', () => {
  it.each([
    ['stopped-v3', 'graceful'],
    ['stopped-v2', 'graceful'],
    ['stopped-ipv6', 'graceful'],
    ['killed-v3', 'crash'],
    ['frozen-v3', 'hang'],
    ['frozen-ipv6', 'hang'],
    ['link-down-v3', 'link'],
    ['link-down-v2', 'link'],
    ['muted-v3', 'mute'],
    ['raced-v3', 'link'],
    ['announcements-suppressed-v3', 'graceful'],
  ])('%s is %s', (situation, expected) => {
    expect(classOf(situation)).toBe(expected);
  });

  it('killing only the parent is graceful, so as a crash it is void', () => {
    const { subject, trial } = loadTrial('parent-killed-v3');
    const { void: why } = measureTrial(subject, trial);
    expect(why).toMatch(/^crash was asked for and graceful happened: the old master sent priority 0/);
  });
});

describe('what else the recordings show', () => {
  const measureOf = (situation: string) => {
    const { subject, trial } = loadTrial(situation);
    return measureTrial(subject, trial).handover;
  };

  it('a crash leaves the VIP on two hosts and loses nothing', () => {
    const { dualOwnership, outages } = measureOf('killed-v3');
    expect(dualOwnership.kind).toBe('at-least');
    expect(outages.map((one) => one.lost)).toEqual([0, 0]);
  });

  it('a mute master keeps its clients: their traffic never moves', () => {
    const { convergence, macFlips } = measureOf('muted-v3');
    expect(convergence[0]?.converged.kind).toBe('at-least');
    expect(macFlips).toBe(0);
  });

  it('without announcements a fresh ARP question is answered at once, and traffic long after', () => {
    const { outages, convergence, phases } = measureOf('announcements-suppressed-v3');
    const [icmp, arp] = outages.map((one) => msOf(one.outage) ?? Number.NaN);
    expect(arp).toBeLessThan(100);
    expect(icmp).toBeGreaterThan(1000);
    expect(msOf(convergence[0]?.converged)).toBeGreaterThan(1000);
    expect(phases.find((phase) => phase.name === 'announcement')?.span).toBeUndefined();
  });

  it('a race is told, and the MAC changed twice', () => {
    const { notes, macFlips } = measureOf('raced-v3');
    expect(notes).toEqual(['n3 took over first, and n2 took it from there']);
    expect(macFlips).toBe(2);
  });
});
