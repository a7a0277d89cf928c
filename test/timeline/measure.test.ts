// Measuring on made-up trials, where every number is known beforehand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureTrial } from '../../src/timeline/measure.ts';
import type { Figure } from '../../src/timeline/measured.ts';
import type { Subject, TrialRecord } from '../../src/timeline/trial.ts';
import {
  advert,
  adverts,
  at,
  echoReply,
  echoRequest,
  graceful,
  gracefulFrames,
  gratuitous,
  ips,
  macs,
  probe,
  roundTripMs,
  skewN2Ms,
  subject,
  takeoverAtMs,
  trialOf,
  vip,
} from './scene.ts';

const msOf = (figure: Figure | undefined): number => {
  if (figure === undefined || figure.kind === 'not-measured') throw new Error(`no value: ${figure?.reason}`);
  return figure.valueMs;
};

describe('a graceful end', () => {
  const measured = measureTrial(subject, graceful());
  const { handover } = measured;

  it('counts from the priority-0 advert to the first advert of the new master', () => {
    expect(handover.newMaster).toBe('n2');
    expect(handover.takeover).toEqual({
      kind: 'measured',
      valueMs: expect.closeTo(skewN2Ms + 0.5, 6),
      plusMinusMs: 0.02,
    });
  });

  it('is the class that was asked for', () => {
    expect(measured.fault.classObserved).toBe('graceful');
    expect(measured.void).toBeUndefined();
  });

  it('is as predicted: the skew, and what is left is small', () => {
    expect(handover.predicted?.forThisPhaseMs).toBeCloseTo(skewN2Ms, 6);
    expect(handover.residual).toEqual({ ms: expect.closeTo(0.5, 6), size: 'as-predicted' });
    expect(handover.predicted?.minMs).toBeLessThan(msOf(handover.takeover));
    expect(handover.predicted?.maxMs).toBeGreaterThan(msOf(handover.takeover));
  });

  it('knows the outage of each probe between the questions that were answered', () => {
    expect(handover.outages.map(({ probe: name, lost }) => [name, lost])).toEqual([
      ['icmp', 12],
      ['arp', 13],
    ]);
    // Unanswered from 1065 on (1062 for ARP), answered again from 1125 (1127) on.
    expect(handover.outages.map(({ outage }) => outage)).toEqual([
      { kind: 'measured', valueMs: expect.closeTo(60, 6), plusMinusMs: expect.closeTo(5.01, 6) },
      { kind: 'measured', valueMs: expect.closeTo(65, 6), plusMinusMs: expect.closeTo(5.01, 6) },
    ]);
  });

  it('knows when the observer’s own traffic was answered by the new MAC', () => {
    expect(handover.convergence).toEqual([
      {
        observer: 'obs',
        how: 'icmp-replies',
        converged: {
          kind: 'measured',
          valueMs: expect.closeTo(1125 + roundTripMs - 1060, 6),
          plusMinusMs: expect.closeTo(5.01, 6),
        },
        oldMac: macs.n1,
        newMac: macs.n2,
      },
    ]);
    expect(handover.macFlips).toBe(1);
    expect(msOf(handover.dualOwnership)).toBe(0);
  });

  it('cuts the time into phases that follow one another', () => {
    const spans = handover.phases.map(({ name, span }) => [name, span?.fromMs, span?.toMs]);
    const takeoverMs = skewN2Ms + 0.5;
    expect(spans).toEqual([
      ['detection', 0, expect.closeTo(takeoverMs, 6)],
      ['addressConfigured', undefined, undefined],
      ['announcement', expect.closeTo(takeoverMs, 6), expect.closeTo(takeoverMs + 0.2, 6)],
      ['neighbour', expect.closeTo(takeoverMs + 0.2, 6), expect.closeTo(65.2, 6)],
      ['firstService', expect.closeTo(65.2, 6), expect.closeTo(65.2, 6)],
    ]);
  });

  it('measures the way back the same way', () => {
    if (measured.failback.kind !== 'measured') throw new Error(measured.failback.kind);
    const back = measured.failback.handover;
    expect([back.oldMaster, back.newMaster]).toEqual(['n2', 'n1']);
    const lastOfN2 = takeoverAtMs + 100 * Math.floor((5000 - takeoverAtMs) / 100);
    expect(msOf(back.takeover)).toBeCloseTo(5050 - lastOfN2, 6);
    expect(msOf(back.fromEvent)).toBeCloseTo(2050, 6);
    expect(back.predicted?.forThisPhaseMs).toBeUndefined();
    expect(back.macFlips).toBe(1);
  });
});

const crash = (change: Partial<TrialRecord> = {}, lastMs = 1000, waitMs = 300 + skewN2Ms + 1): TrialRecord =>
  trialOf({
    frames: [...adverts('n1', 100, 0, lastMs), ...adverts('n2', 99, lastMs + waitMs, 2990)],
    change: {
      fault: { name: 'daemon-killed', node: 'n1', classAsked: 'crash' },
      target: { keepalived: 'gone', link: 'up', vip: 'held' },
      ...change,
    },
  });

describe('traffic that goes to a third one', () => {
  // n3 spoke a hair too early and took its address back; the observer believes it until n2 announces again.
  const scene = graceful();
  const [icmp] = scene.probes;
  const requests = (icmp?.requests ?? []).map(({ id, sentAtNs }) => {
    const ms = Number(sentAtNs - at(0)) / 1e6;
    const to = ms < 1125 ? macs.n1 : ms < 1130 ? macs.n2 : ms < 1500 ? macs.n3 : macs.n2;
    return { id, ms, to };
  });
  const astray = new Set(requests.filter((one) => one.to === macs.n3).map((one) => one.id));
  const frames = [
    ...scene.frames.filter(({ bytes }) => {
      const id =
        ((bytes[38] ?? 0) << 24) | ((bytes[39] ?? 0) << 16) | ((bytes[40] ?? 0) << 8) | (bytes[41] ?? 0);
      return !(bytes[12] === 8 && bytes[13] === 0 && bytes[23] === 1 && astray.has(id >>> 0));
    }),
    ...requests.map((one) => echoRequest(one.ms, one.id, one.to)),
  ].sort((a, b) => (a.atNs < b.atNs ? -1 : 1));
  const { handover } = measureTrial(subject, { ...scene, frames });

  it('has not converged by an answer in between', () => {
    expect(msOf(handover.convergence[0]?.converged)).toBeGreaterThanOrEqual(1500 - 1060);
    expect(msOf(handover.convergence[0]?.converged)).toBeLessThan(1510 - 1060);
    expect(handover.macFlips).toBe(3);
  });
});

describe('an end without a word', () => {
  it('is counted from the last advert; from the fault it is shorter by the phase', () => {
    const { handover } = measureTrial(subject, crash());
    expect(msOf(handover.takeover)).toBeCloseTo(300 + skewN2Ms + 1, 6);
    // Injected between 1050 and 1051.
    expect(msOf(handover.fromEvent)).toBeCloseTo(300 + skewN2Ms + 1 - 50.5, 6);
    expect(handover.fromEvent).toMatchObject({ plusMinusMs: expect.closeTo(0.51, 6) });
    expect(handover.predictedFromEvent?.forThisPhaseMs).toBeCloseTo(300 + skewN2Ms - 50.5, 6);
  });

  it('struck after the last advert, however early the order was given', () => {
    const injected = {
      from: { clock: 'observer', ns: at(980) },
      to: { clock: 'observer', ns: at(1010) },
    };
    const { handover } = measureTrial(subject, crash({ injected }));
    expect(msOf(handover.fromEvent)).toBeCloseTo(300 + skewN2Ms + 1 - 5, 6);
    expect(handover.fromEvent).toMatchObject({ plusMinusMs: expect.closeTo(5.01, 6) });
    expect(msOf(handover.fromEvent)).toBeLessThanOrEqual(handover.predictedFromEvent?.maxMs ?? 0);
  });

  it('struck before the next advert was due, however late the answer: a cut way tells only when it began', () => {
    const injected = {
      from: { clock: 'observer', ns: at(1050) },
      to: { clock: 'observer', ns: at(2550) },
    };
    const { handover } = measureTrial(subject, crash({ injected }));
    // Between 1050 and 1110, when an advert was due with 10 ms to spare.
    expect(msOf(handover.fromEvent)).toBeCloseTo(300 + skewN2Ms + 1 - 80, 6);
    expect(handover.fromEvent).toMatchObject({ plusMinusMs: expect.closeTo(30.01, 6) });
    expect(msOf(handover.fromEvent)).toBeGreaterThanOrEqual(handover.predictedFromEvent?.minMs ?? 0);
  });

  it('of a lower master starts the timer of a backup that must not preempt, as any advert does', () => {
    const kept: Subject = {
      ...subject,
      members: subject.members.map((one) =>
        one.node === 'n2' ? { ...one, effectivePriority: 150, preempt: 'off' } : one,
      ),
    };
    const { handover } = measureTrial(kept, crash());
    const waitMs = 300 + ((256 - 150) * 100) / 256;
    expect(handover.predicted?.forThisPhaseMs).toBeCloseTo(waitMs, 2);
    expect(handover.predicted?.minMs).toBeGreaterThan(300);
  });

  it('healed by the target itself, unseen: the failback has a takeover and no time from healing', () => {
    const base = graceful();
    const { failback } = measureTrial(subject, {
      ...base,
      healed: { from: base.settledAt, to: { clock: 'n1', ns: base.settledAt.ns } },
    });
    if (failback.kind !== 'measured') throw new Error(failback.kind);
    expect(failback.handover.takeover.kind).toBe('measured');
    expect(failback.handover.fromEvent).toMatchObject({
      kind: 'not-measured',
      reason: expect.stringMatching('nobody saw when'),
    });
  });

  it('that turns out to be graceful voids the trial', () => {
    const trial = graceful({ fault: { name: 'daemon-killed', node: 'n1', classAsked: 'crash' } });
    const { fault, void: why } = measureTrial(subject, trial);
    expect(fault.classObserved).toBe('graceful');
    expect(why).toMatch(/^crash was asked for and graceful happened/);
  });

  it('of a daemon that was only frozen is a hang', () => {
    const trial = crash({ target: { keepalived: 'frozen', link: 'up' } });
    expect(measureTrial(subject, trial).fault.classObserved).toBe('hang');
  });

  it('voids the trial when keepalived was started again', () => {
    const trial = crash({ target: { keepalived: 'respawned' } });
    expect(measureTrial(subject, trial).void).toMatch(/started again/);
  });

  it('aborted is void with the reason it was aborted for', () => {
    const trial = crash({ abortedBecause: 'the outage went over 30 s' });
    expect(measureTrial(subject, trial).void).toBe('the outage went over 30 s');
  });

  it('shows two holders for as long as both answer', () => {
    const both = (ms: number) => (ms < 1365 ? [macs.n1] : ms < 2000 ? [macs.n1, macs.n2] : [macs.n2]);
    const who = probe({ kind: 'arp', fromMs: 500, untilMs: 2990, everyMs: 5, answeredBy: both });
    const base = crash();
    const trial = { ...base, frames: [...base.frames, ...who.frames], probes: [who.run] };
    const { dualOwnership, lanes } = measureTrial(subject, trial).handover;
    // From the first advert of n2 to the last answer of n1.
    expect(msOf(dualOwnership)).toBeCloseTo(1995 + roundTripMs - (1300 + skewN2Ms + 1), 6);
    expect(lanes[0]?.spans.map((span) => span.by)).toEqual(['old', 'both', 'new']);
  });

  it('whose old holder never leaves is two holders to the end', () => {
    const both = (ms: number) => (ms < 1365 ? [macs.n1] : [macs.n1, macs.n2]);
    const who = probe({ kind: 'arp', fromMs: 500, untilMs: 2990, everyMs: 5, answeredBy: both });
    const base = crash();
    const trial = { ...base, frames: [...base.frames, ...who.frames], probes: [who.run] };
    expect(measureTrial(subject, trial).handover.dualOwnership.kind).toBe('at-least');
  });
});

describe('a residual', () => {
  const reasonOf = (trial: TrialRecord, about: Subject = subject): string | undefined =>
    measureTrial(about, trial).handover.residual?.reason;

  it('of a whole interval too little: the winner had missed the last advert', () => {
    expect(reasonOf(crash({}, 1000, 200 + skewN2Ms))).toMatch(/had missed the last one/);
  });

  it('of a whole interval too much: a larger down_timer_adverts or interval', () => {
    expect(reasonOf(crash({}, 1000, 400 + skewN2Ms))).toMatch(/one interval longer/);
  });

  it('of a stalled observer is not blamed on the winner', () => {
    const gap = (ms: number) => (ms > 1300 && ms < 1420 ? [] : [macs.n1]);
    const icmp = probe({ kind: 'icmp', fromMs: 500, untilMs: 2990, everyMs: 5, answeredBy: gap });
    const run = {
      ...icmp.run,
      requests: icmp.run.requests.filter(({ sentAtNs }) => sentAtNs < at(1300) || sentAtNs > at(1420)),
    };
    const base = crash({}, 1000, 340 + skewN2Ms);
    expect(reasonOf({ ...base, frames: [...base.frames, ...icmp.frames], probes: [run] })).toMatch(
      /the observer itself stalled for 1\d\d ms/,
    );
  });

  it('of somebody else’s victory names who should have won', () => {
    const trial = trialOf({
      frames: [...adverts('n1', 100, 0, 1000), ...adverts('n3', 98, 1000 + 300 + 61.7 + 30, 2990)],
      change: { fault: { name: 'daemon-killed', node: 'n1', classAsked: 'crash' } },
    });
    expect(reasonOf(trial)).toMatch(/^n3 won although n2/);
  });
});

describe('special courses', () => {
  it('a race counts to the first who speaks and names who stays', () => {
    const trial = trialOf({
      frames: [
        ...adverts('n1', 100, 0, 1000),
        advert(1362, 'n3', 98),
        ...adverts('n2', 99, 1380, 2990),
        gratuitous(1380.2, 'n2'),
      ],
      change: { fault: { name: 'daemon-killed', node: 'n1', classAsked: 'crash' } },
    });
    const { handover } = measureTrial(subject, trial);
    expect(msOf(handover.takeover)).toBeCloseTo(362, 6);
    expect(handover.newMaster).toBe('n2');
    expect(handover.notes).toEqual(['n3 took over first, and n2 took it from there']);
  });

  it('nobody takes over: that is a result, not a void trial', () => {
    const trial = trialOf({
      frames: [...adverts('n1', 100, 0, 1000), advert(1060, 'n1', 0)],
      change: { target: { keepalived: 'gone' } },
    });
    const measured = measureTrial(subject, trial);
    expect(measured.void).toBeUndefined();
    expect(measured.handover.newMaster).toBeUndefined();
    expect(measured.handover.takeover).toEqual({ kind: 'not-measured', reason: 'nobody else advertised' });
    expect(measured.failback).toEqual({ kind: 'not-measured', reason: 'nobody had taken over' });
  });

  it('a fault that did not take is void', () => {
    const trial = trialOf({ frames: adverts('n1', 100, 0, 5990) });
    expect(measureTrial(subject, trial).void).toMatch(/^the fault did not take/);
  });

  it('a node that does not preempt does not return', () => {
    const members = subject.members.map((member) => ({ ...member, preempt: 'off' as const }));
    const frames = [...gracefulFrames()].filter((frame) => frame.atNs < at(5000) || frame.bytes[11] !== 0x01);
    const measured = measureTrial({ ...subject, members }, trialOf({ frames }));
    expect(measured.failback).toEqual({ kind: 'no-preempt' });
  });

  it('a lowered priority is a service fault; the winner’s timer ran since the last advert it respected', () => {
    const wait = 300 + skewN2Ms + 1;
    const trial = trialOf({
      frames: [
        ...adverts('n1', 100, 0, 1000),
        ...adverts('n1', 80, 1100, 1000 + wait),
        ...adverts('n2', 99, 1000 + wait, 2990),
      ],
      change: { fault: { name: 'service-failed', node: 'n1', classAsked: 'service' } },
    });
    const measured = measureTrial(subject, trial);
    expect(measured.fault.classObserved).toBe('service');
    expect(msOf(measured.handover.takeover)).toBeCloseTo(wait - 300, 6);
    expect(measured.handover.residual).toEqual({ ms: expect.closeTo(1, 6), size: 'as-predicted' });
  });

  it('a backup that goes deaf takes over while the master goes on', () => {
    const wait = 300 + skewN2Ms + 1;
    const trial = trialOf({
      frames: [...adverts('n1', 100, 0, 2990), ...adverts('n2', 99, 1000 + wait, 2990)],
      change: { fault: { name: 'adverts-blocked-in', node: 'n2', classAsked: 'mute' } },
    });
    const { handover } = measureTrial(subject, trial);
    expect(msOf(handover.takeover)).toBeCloseTo(wait - 300, 6);
    expect(handover.residual?.size).toBe('as-predicted');
  });

  it('adverts that only members hear are read from a member’s capture, on one clock', () => {
    const all = gracefulFrames();
    const isAdvert = (frame: { readonly bytes: Uint8Array }): boolean => frame.bytes[23] === 112;
    const shiftNs = 5_000_000_000n;
    const base = graceful();
    const trial: TrialRecord = {
      ...base,
      frames: base.frames.filter((frame) => !isAdvert(frame)),
      witnesses: [
        {
          host: 'n2',
          events: [],
          frames: all.filter(isAdvert).map((frame) => ({ ...frame, atNs: frame.atNs + shiftNs })),
        },
      ],
      pingPongs: [
        {
          from: { clock: 'observer', ns: at(10) },
          seen: { clock: 'n2', ns: at(10.5) + shiftNs },
          to: { clock: 'observer', ns: at(11) },
        },
      ],
    };
    const { handover } = measureTrial(subject, trial);
    expect(msOf(handover.takeover)).toBeCloseTo(skewN2Ms + 0.5, 6);
    expect(handover.takeover).toMatchObject({ plusMinusMs: 0.02 });
    expect(handover.notes).toEqual([
      'the observer sees no adverts of the group: takeover is from the capture of n2',
    ]);
  });

  it('a virtual MAC hides who answers, and that is said', () => {
    const shared = '00:00:5e:00:01:33';
    const icmp = probe({
      kind: 'icmp',
      fromMs: 500,
      untilMs: 5990,
      everyMs: 5,
      answeredBy: (ms) => (ms > 1061 && ms < takeoverAtMs ? [] : [shared]),
    });
    const trial = trialOf({ frames: [...gracefulFrames(), ...icmp.frames], probes: [icmp.run] });
    const { handover } = measureTrial(subject, trial);
    expect(handover.convergence).toEqual([]);
    expect(handover.macFlips).toBeUndefined();
    expect(handover.notes).toContainEqual(expect.stringMatching(/virtual MAC/));
    expect(msOf(handover.outages[0]?.outage)).toBeGreaterThan(0);
  });

  it('answers by way of a router tell nothing about ARP', () => {
    const router = '02:00:00:00:00:99';
    const icmp = probe({ kind: 'icmp', fromMs: 500, untilMs: 5990, everyMs: 5, answeredBy: () => [router] });
    const trial = trialOf({ frames: [...gracefulFrames(), ...icmp.frames], probes: [icmp.run] });
    expect(measureTrial(subject, trial).handover.convergence[0]?.converged).toEqual({
      kind: 'not-measured',
      reason: `answers come by way of ${router}, which is no member's MAC`,
    });
  });

  it('without announcements traffic converges when the neighbour entry is repaired, not before', () => {
    const stale = (ms: number) => (ms < 1061 ? [macs.n1] : ms < 2500 ? [] : [macs.n2]);
    const icmp = probe({ kind: 'icmp', fromMs: 500, untilMs: 2990, everyMs: 5, answeredBy: stale });
    const frames = gracefulFrames().filter((frame) => frame.bytes[12] !== 0x08 || frame.bytes[13] !== 0x06);
    const trial = trialOf({ frames: [...frames, ...icmp.frames], probes: [icmp.run] });
    const { handover } = measureTrial(subject, trial);
    expect(msOf(handover.convergence[0]?.converged)).toBeCloseTo(2500 + roundTripMs - 1060, 6);
    expect(handover.phases.find((phase) => phase.name === 'announcement')?.span).toBeUndefined();
    expect(handover.notes).toContainEqual(
      expect.stringMatching(/^no announcement of the VIP by n2 was seen/),
    );
  });

  it('an answer that comes too late is none', () => {
    const base = graceful();
    const lateId = 777 * 0x10000 + 113; // sent at 1065, the first that went unanswered
    const trial = { ...base, frames: [...base.frames, echoReply(1065 + 600, lateId, macs.n2)] };
    expect(measureTrial(subject, trial).handover.outages[0]?.lost).toBe(12);
  });

  it('a probe that was never answered before tells nothing', () => {
    const who = probe({ kind: 'arp', fromMs: 500, untilMs: 2990, everyMs: 5, answeredBy: () => [] });
    const trial = trialOf({ frames: gracefulFrames(), probes: [who.run] });
    expect(measureTrial(subject, trial).handover.outages[0]?.outage).toMatchObject({
      kind: 'not-measured',
      reason: expect.stringMatching(/refuse a second MAC/),
    });
  });
});

describe('hosts that tell about themselves', () => {
  it('give the address phase and the convergence of their own tables', () => {
    const line = '';
    const event = (clock: string, ms: number) => ({ at: { clock, ns: at(ms) }, interface: 'eth0', line });
    const trial = graceful({
      witnesses: [
        {
          host: 'n2',
          frames: [],
          events: [{ ...event('n2', takeoverAtMs + 0.4), kind: 'address-added', address: `${vip}` }],
        },
        {
          host: 'gateway',
          frames: [],
          events: [
            {
              ...event('gateway', 20),
              kind: 'neighbour-changed',
              address: vip,
              mac: macs.n1,
              state: 'REACHABLE',
            },
            {
              ...event('gateway', 1200),
              kind: 'neighbour-changed',
              address: vip,
              mac: macs.n2,
              state: 'STALE',
            },
          ],
        },
      ],
      pingPongs: ['n2', 'gateway'].map((clock) => ({
        from: { clock: 'observer', ns: at(5) },
        seen: { clock, ns: at(6) },
        to: { clock: 'observer', ns: at(7) },
      })),
    });
    const { handover } = measureTrial(subject, trial);
    const address = handover.phases.find((phase) => phase.name === 'addressConfigured')?.span;
    expect(address?.toMs).toBeCloseTo(takeoverAtMs + 0.4 - 1060, 6);
    expect(address?.plusMinusMs).toBeCloseTo(2.01, 6);
    const gateway = handover.convergence.find((one) => one.observer === 'gateway');
    expect(gateway?.how).toBe('neighbour-table');
    expect(msOf(gateway?.converged)).toBeCloseTo(140, 6);
    expect([gateway?.oldMac, gateway?.newMac]).toEqual([macs.n1, macs.n2]);
  });
});

describe('whatever the trial', () => {
  const shifted = (trial: TrialRecord, byNs: bigint): TrialRecord => {
    const move = (value: unknown, key?: string): unknown =>
      typeof value === 'bigint'
        ? value + byNs
        : Array.isArray(value)
          ? value.map((item) => move(item))
          : value instanceof Uint8Array || key === 'bytes'
            ? value
            : typeof value === 'object' && value !== null
              ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, move(item, name)]))
              : value;
    return move(trial) as TrialRecord;
  };

  it('shifting every clock by the same amount changes nothing', () => {
    const trial = graceful();
    const { injected: _, ...still } = measureTrial(subject, trial);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (byNs) => {
        const { injected: __, ...moved } = measureTrial(subject, shifted(trial, byNs));
        expect(moved).toEqual(still);
      }),
      { numRuns: 15 },
    );
  });

  it('losing answers only lengthens an outage', () => {
    const trial = graceful();
    const answers = trial.frames.filter((frame) => frame.bytes[23] === 1);
    const before = measureTrial(subject, trial).handover.outages[0];
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(answers.length - 1), { maxLength: 40 }), (gone) => {
        const dropped = new Set(gone.map((index) => answers[index]));
        const frames = trial.frames.filter((frame) => !dropped.has(frame));
        const after = measureTrial(subject, { ...trial, frames }).handover.outages[0];
        expect(msOf(after?.outage)).toBeGreaterThanOrEqual(msOf(before?.outage));
        expect(after?.lost).toBeGreaterThanOrEqual(before?.lost ?? 0);
      }),
      { numRuns: 20 },
    );
  });

  it('frames of other groups and garbage change nothing', () => {
    const trial = graceful();
    const still = measureTrial(subject, trial);
    const stray = fc.record({
      ms: fc.double({ min: 0, max: 6000, noNaN: true }),
      bytes: fc.uint8Array({ maxLength: 90 }),
    });
    fc.assert(
      fc.property(fc.array(stray, { maxLength: 30 }), (strays) => {
        const extra = strays.map(({ ms, bytes }) => ({ atNs: at(ms), linkType: 1, bytes }));
        const all = trialOf({ frames: [...trial.frames, ...extra], probes: trial.probes }).frames;
        const measured = measureTrial(subject, { ...trial, frames: all });
        expect(measured.handover).toEqual(still.handover);
      }),
      { numRuns: 20 },
    );
  });

  it('an empty capture is measured as nothing, without a throw', () => {
    const measured = measureTrial(subject, trialOf({ frames: [] }));
    expect(measured.handover.takeover.kind).toBe('not-measured');
  });

  it('members are known by their address even behind another MAC', () => {
    const trial = trialOf({
      frames: [
        ...adverts('n1', 100, 0, 1000),
        advert(1060, 'n1', 0, '00:00:5e:00:01:33'),
        ...adverts('n2', 99, takeoverAtMs, 2990),
        gratuitous(takeoverAtMs + 0.2, 'n2'),
      ],
    });
    expect(msOf(measureTrial(subject, trial).handover.takeover)).toBeCloseTo(skewN2Ms + 0.5, 6);
    expect(ips.n1).toBe(subject.members[0]?.sourceAddress);
  });
});

describe('a probed service', () => {
  it('is the end of the last phase: its first answer after the takeover, later hiccups apart', () => {
    const request = (id: number, ms: number, answeredMs: number | undefined) => ({
      id,
      sentAtNs: at(ms),
      ...(answeredMs === undefined ? { failure: 'timeout' } : { answeredAtNs: at(answeredMs) }),
    });
    const run = {
      kind: 'http',
      name: 'http://10.0.0.5/',
      periodMs: 20,
      requests: [
        request(0, 1000, 1001),
        request(1, 1040, 1041),
        request(2, 1080, undefined),
        request(3, 1120, 1130),
        request(4, 1160, 1161),
        request(5, 2000, undefined),
        request(6, 2040, 2041),
      ],
    } as const;
    const { handover } = measureTrial(subject, trialOf({ frames: gracefulFrames(), probes: [run] }));
    expect(handover.phases.at(-1)?.span?.toMs).toBeCloseTo(70, 6);
    expect(handover.outages[0]).toMatchObject({ sent: 5, lost: 2 });
    expect(msOf(handover.outages[0]?.outage)).toBeCloseTo(40, 6);
    expect(handover.lanes[0]?.spans.map((span) => span.by)).toEqual(['none', 'someone', 'none', 'someone']);
  });
});
