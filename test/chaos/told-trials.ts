// The recorded failovers of fixtures/trials as the stream of events a run would have told: frames through the lookout,
// steps where the record says they were. For tests of whatever listens to such a stream.
import type { FailoverEvent, FailoverHappening } from '../../src/chaos/events.ts';
import { faultNames } from '../../src/chaos/faults/fault.ts';
import { openLookout, type Sighting } from '../../src/chaos/sighting.ts';
import { trialOf } from '../../src/timeline/document.ts';
import { measureTrial } from '../../src/timeline/measure.ts';
import type { Subject, TrialRecord } from '../../src/timeline/trial.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { loadTrial } from '../timeline/recorded-trials.ts';

export const sightingsOf = (subject: Subject, trial: TrialRecord): readonly Sighting[] => {
  const seen: Sighting[] = [];
  const lookout = openLookout({ ...subject, vips: [subject.vip] }, (sighting) => seen.push(sighting));
  const events = trial.witnesses
    .flatMap((witness) => witness.events.map((event) => ({ host: witness.host, event })))
    .filter(({ host }) => subject.members.some((member) => member.node === host))
    .sort((a, b) => Number(a.event.at.ns - b.event.at.ns));
  let next = 0;
  for (const frame of trial.frames) {
    for (; next < events.length; next += 1) {
      const due = events[next];
      if (due === undefined || due.event.at.ns > frame.atNs) break;
      lookout.hear(due.host, due.event);
    }
    lookout.see(decodePacket(frame.linkType, frame.bytes), frame.atNs);
  }
  return seen;
};

const endOf = (sighting: Sighting): number => (sighting.what === 'slice' ? sighting.toMs : sighting.atMs);

/** All nodes of these recordings share one clock. */
export const toldTrial = (
  situation: string,
  { trial: number = 1, of = 1 }: { readonly trial?: number; readonly of?: number } = {},
): readonly FailoverEvent[] => {
  const { subject, trial } = loadTrial(situation);
  const startMs = Date.parse('2026-03-01T03:12:45.000Z');
  const base = trial.frames[0]?.atNs ?? 0n;
  const since = (ns: bigint): number => Math.round(Number(ns - base) / 1e4) / 100;
  const measured = trialOf(measureTrial(subject, { ...trial, index: number - 1 }));
  const fault = faultNames.find((name) => name === trial.fault.name) ?? 'daemon-killed';
  const { node } = trial.fault;
  const rescue = {
    kind: 'rescue',
    node,
    firesAtMs: startMs + 62_000,
    afterSeconds: 60,
  } as const;
  const orderedMs = since(trial.injected.from.ns);
  const injectedMs = since(trial.injected.to.ns);
  const settledMs = since(trial.settledAt.ns);
  const healedMs = trial.healed === undefined ? settledMs : since(trial.healed.to.ns);
  const newMaster = measured.newMaster ?? '?';
  const steps: readonly (readonly [number, FailoverHappening])[] = [
    [
      -1000,
      {
        kind: 'trial',
        trial: number,
        of,
        fault,
        node,
        classAsked: trial.fault.classAsked,
        oldMaster: trial.oldMaster,
        winner: newMaster,
        masterAfter: trial.oldMaster,
        predictedMs: {
          min: measured.takeoverMs.predicted?.min ?? 0,
          max: measured.takeoverMs.predicted?.max ?? 0,
        },
        advertIntervalMs: subject.advertIntervalMs,
        quietMs: 5400,
        stop: {
          maxOutageMs: 30_000,
          secondSender: trial.fault.classAsked === 'mute' ? 'expected' : 'not-expected',
        },
      },
    ],
    [-900, { kind: 'phase', phase: 'recorders', step: 'begun', trial: number }],
    [-10, { kind: 'phase', phase: 'steady', step: 'begun', trial: number }],
    [orderedMs - 200, { kind: 'phase', phase: 'arm', step: 'begun', trial: number }],
    [orderedMs - 150, { ...rescue, state: 'armed' }],
    [orderedMs - 100, { ...rescue, state: 'read-back' }],
    [orderedMs - 90, { kind: 'phase', phase: 'inject', step: 'begun', trial: number }],
    [orderedMs, { kind: 'injecting', trial: number, node, atTrialMs: orderedMs }],
    [injectedMs, { kind: 'injected', trial: number, node, atTrialMs: injectedMs }],
    [injectedMs + 1, { kind: 'phase', phase: 'watch', step: 'begun', trial: number }],
    [settledMs, { kind: 'phase', phase: 'heal', step: 'begun', trial: number }],
    [settledMs, { kind: 'healing', trial: number, node, atTrialMs: settledMs }],
    [healedMs, { kind: 'healed', trial: number, node, atTrialMs: healedMs }],
    [healedMs, { kind: 'phase', phase: 'failback', step: 'begun', trial: number }],
    [healedMs + 100, { ...rescue, state: 'disarmed' }],
    [healedMs + 100, { kind: 'phase', phase: 'quiet', step: 'begun', trial: number }],
  ];
  const endMs = since(trial.endedAt.ns);
  const after: readonly (readonly [number, FailoverHappening])[] = [
    [endMs + 50, { kind: 'phase', phase: 'compare', step: 'begun', trial: number }],
    [endMs + 400, { kind: 'restored-check', trial: number, state: 'restored', differences: [] }],
    [endMs + 401, { kind: 'trial-finished', trial: number, ended: 'complete', result: measured }],
  ];
  const sightings = sightingsOf(subject, trial).map(
    (sighting) => [endOf(sighting), { kind: 'sighting', trial: number, sighting }] as const,
  );
  return [...steps, ...sightings, ...after]
    .map(([ms, happening], at) => ({ ms, happening, at }))
    .sort((a, b) => a.ms - b.ms || a.at - b.at)
    .map(({ ms, happening }) => ({ ...happening, atMs: startMs + 2000 + ms }));
};
