// What the takeover should have cost: arithmetic for this winner and this moment, and the probable reason when the
// measured one differs. It knows the group's timers and the adverts that were seen; it takes no measurement.
import {
  type Loss,
  predictTakeover,
  predictTakeoverFromEvent,
  rankBackups,
  type TimerInput,
} from '../keepalived/timers.ts';
import type { Predicted, Residual } from './measured.ts';
import type { AdvertSighting } from './sightings.ts';
import type { Subject } from './trial.ts';

/**
 * How much longer than arithmetic a takeover on a healthy host may take: timers fire late, the election runs through
 * two event loops. 0.4 to 6.4 ms were seen on keepalived 2.2.7 with the hosts under load.
 */
export const schedulingAllowanceMs = 10;
/** Timers are kept in whole µs, adverts travel: a takeover is not earlier than this. */
const earlyAllowanceMs = 1;

export interface ElectionSeen {
  readonly subject: Subject;
  readonly oldMaster: string;
  /** Who spoke first after the old master. */
  readonly firstMaster: string;
  /** Adverts of the old master up to the takeover, in order; the last one is the origin. */
  readonly oldAdverts: readonly AdvertSighting[];
  readonly takeoverMs: number;
  /** When the fault began, if it concerns what the winner hears rather than what the master sends. */
  readonly deafSinceNs?: number;
  /** How a failed script is noticed, where the fault is one. */
  readonly scriptLoss?: Loss;
}

type Member = Subject['members'][number];

const timerOf = (subject: Subject, member: Member): TimerInput & { readonly node: string } => ({
  node: member.node,
  version: subject.version,
  priority: member.effectivePriority,
  advertIntervalMs: subject.advertIntervalMs,
  downTimerAdverts: subject.downTimerAdverts,
});

interface Wait {
  readonly loss: Loss;
  /** From the advert that set the winner's timer to the last one, ms. */
  readonly sinceTimerMs: number;
}

/**
 * An advert of less than its own priority does not set a backup's timer, unless it must not preempt (keepalived 2.3,
 * vrrp.c vrrp_state_backup).
 */
const setsTimer = (winner: Member, { priority }: AdvertSighting): boolean =>
  priority === 0 || winner.preempt === 'off' || priority >= winner.effectivePriority;

const waitOf = (seen: ElectionSeen, winner: Member): Wait | undefined => {
  const origin = seen.oldAdverts.at(-1);
  if (origin === undefined) return undefined;
  const { deafSinceNs } = seen;
  const heard = seen.oldAdverts.filter((advert) => deafSinceNs === undefined || advert.atNs <= deafSinceNs);
  const setter = heard.findLast((advert) => setsTimer(winner, advert));
  if (setter === undefined) return undefined;
  return {
    loss: { kind: setter.priority === 0 ? 'graceful' : 'silent' },
    sinceTimerMs: (origin.atNs - setter.atNs) / 1e6,
  };
};

export const predict = (seen: ElectionSeen): Predicted | undefined => {
  const { subject } = seen;
  const winner = subject.members.find((member) => member.node === seen.firstMaster);
  if (winner === undefined) return undefined;
  const wait = waitOf(seen, winner);
  // None of the old master's adverts ever set the winner's timer: it outbids.
  if (wait === undefined)
    return {
      minMs: 0,
      maxMs: subject.advertIntervalMs + schedulingAllowanceMs,
      forThisPhaseMs: undefined,
    };
  const range = predictTakeover(timerOf(subject, winner), wait.loss);
  const forThisPhaseMs = Math.max(0, range.maxMs - wait.sinceTimerMs);
  // A master that is outbid or not heard goes on advertising until the new one speaks: its last advert is up to one
  // interval old by then, whatever the timer.
  const goesOn = wait.sinceTimerMs > 0;
  return {
    minMs: goesOn ? 0 : Math.max(0, range.minMs - earlyAllowanceMs),
    maxMs: (goesOn ? subject.advertIntervalMs : range.maxMs) + schedulingAllowanceMs,
    forThisPhaseMs,
  };
};

/**
 * The same counted from the fault rather than from the last advert, which was up to one interval old by then. For a
 * graceful end there is none: how long a service manager takes until priority 0 is sent is not arithmetic. A failed
 * script is: it is noticed after so many checks.
 */
export const predictFromEvent = (seen: ElectionSeen, eventNs: number): Predicted | undefined => {
  const { subject } = seen;
  const winner = subject.members.find((member) => member.node === seen.firstMaster);
  const wait = winner === undefined ? undefined : waitOf(seen, winner);
  const origin = seen.oldAdverts.at(-1);
  if (winner === undefined || wait === undefined || origin === undefined) return undefined;
  if (seen.scriptLoss !== undefined) {
    const noticed = predictTakeover(timerOf(subject, winner), seen.scriptLoss);
    return {
      minMs: Math.max(0, noticed.minMs - earlyAllowanceMs),
      maxMs: noticed.maxMs + schedulingAllowanceMs,
      forThisPhaseMs: undefined,
    };
  }
  if (wait.loss.kind !== 'silent') return undefined;
  const range = predictTakeoverFromEvent(timerOf(subject, winner), wait.loss);
  const sinceOriginMs = (eventNs - origin.atNs) / 1e6;
  return {
    minMs: Math.max(0, range.minMs - earlyAllowanceMs),
    maxMs: range.maxMs + schedulingAllowanceMs,
    forThisPhaseMs: wait.sinceTimerMs === 0 ? range.maxMs - sinceOriginMs : undefined,
  };
};

/** Who should have won: the one with the least wait. */
const expectedWinner = (seen: ElectionSeen, loss: Loss): string | undefined => {
  const others = seen.subject.members.filter((member) => member.node !== seen.oldMaster);
  return rankBackups(
    others.map((member) => timerOf(seen.subject, member)),
    loss,
  )[0]?.node;
};

const near = (value: number, target: number, within: number): boolean => Math.abs(value - target) <= within;

export interface Circumstances {
  /** The longest pause of the injector's own probes around the takeover, beyond their period, ms. */
  readonly observerStallMs: number;
  readonly framesDropped: number | 'unknown';
}

const reasonOf = (seen: ElectionSeen, residualMs: number, around: Circumstances): string => {
  const { subject, firstMaster: winner, oldAdverts } = seen;
  const interval = subject.advertIntervalMs;
  const loss: Loss = { kind: oldAdverts.at(-1)?.priority === 0 ? 'graceful' : 'silent' };
  const expected = expectedWinner(seen, loss);
  const steps = Math.round(residualMs / interval);
  const whole =
    steps !== 0 && near(residualMs, steps * interval, Math.max(schedulingAllowanceMs, interval / 20));
  if (expected !== undefined && expected !== winner)
    return `${winner} won although ${expected} has the shorter wait: look at ${expected} first`;
  if (residualMs < 0) {
    if (whole)
      return `${winner} counts from ${-steps === 1 ? 'an advert' : `${-steps} adverts`} earlier: it had missed ${-steps === 1 ? 'the last one' : 'the last ones'}`;
    return `${winner} waits less than its configuration says: its running priority, interval or down_timer_adverts differ from what was read`;
  }
  if (typeof around.framesDropped === 'number' && around.framesDropped > 0)
    return `the capture lost ${around.framesDropped} frames: the first advert may be among them`;
  if (whole)
    return `${winner} waits ${steps === 1 ? 'one interval' : `${steps} intervals`} longer than its configuration says: a larger interval or down_timer_adverts runs there, or its first ${steps === 1 ? 'advert' : 'adverts'} did not reach the observer`;
  if (around.observerStallMs > residualMs / 2)
    return `the observer itself stalled for ${Math.round(around.observerStallMs)} ms around the takeover: it, and hosts on the same machine, lack CPU`;
  return `${winner} was late: keepalived there lacks CPU or a tracked script held it up`;
};

export const judgeResidual = (
  seen: ElectionSeen,
  forThisPhaseMs: number,
  around: Circumstances,
): Residual => {
  const ms = seen.takeoverMs - forThisPhaseMs;
  return ms >= -earlyAllowanceMs && ms <= schedulingAllowanceMs
    ? { ms, size: 'as-predicted' }
    : { ms, size: 'unexpected', reason: reasonOf(seen, ms, around) };
};
