// Who stands behind the VIP as others see it: when an observer's traffic moved to the new master for good, how often
// it changed its mind, and for how long two hosts were behind the VIP at once.
import type { Questions, Reply } from './answers.ts';
import type { ConvergenceMeasured, Figure } from './measured.ts';
import type { AnnouncementSighting } from './sightings.ts';
import type { MonitorEvent } from './trial.ts';

export interface Sides {
  readonly old: ReadonlySet<string>;
  readonly new: ReadonlySet<string>;
}

export const sideOf =
  (sides: Sides) =>
  (mac: string): 'old' | 'new' | 'other' =>
    sides.new.has(mac) ? 'new' : sides.old.has(mac) ? 'old' : 'other';

export interface OwnershipWindow {
  readonly originNs: number;
  /** Error of the origin as seen from the stamps below, ns. */
  readonly originErrorNs: number;
  readonly toNs: number;
  readonly stampErrorNs: number;
}

interface Belief {
  readonly atNs: number;
  readonly mac: string;
  readonly by: 'answer' | 'unanswered-question';
}

const ms = (ns: number): number => ns / 1e6;

const answersOf = (questions: Questions): readonly Belief[] =>
  questions.asked
    .flatMap(({ replies }) => replies)
    .flatMap(({ atNs, mac }: Reply) => (mac === undefined ? [] : [{ atNs, mac, by: 'answer' as const }]))
    .sort((a, b) => a.atNs - b.atNs);

/**
 * Who answered, and to whom went what was not answered: a host that believes a third one gets no answer at all, and
 * that is not convergence.
 */
const beliefsOf = (questions: Questions): readonly Belief[] =>
  [
    ...answersOf(questions),
    ...questions.asked.flatMap(({ sentNs, to, replies }) =>
      to === undefined || replies.length > 0
        ? []
        : [{ atNs: sentNs, mac: to, by: 'unanswered-question' as const }],
    ),
  ].sort((a, b) => a.atNs - b.atNs);

/** The first belief in the new master after the last in anybody else; what the new one did not answer is none. */
const settle = (
  beliefs: readonly Belief[],
  sides: Sides,
): { readonly settled: Belief | undefined; readonly lastOther: Belief | undefined } => {
  const at = beliefs.findLastIndex((belief) => !sides.new.has(belief.mac));
  return { settled: beliefs.find(({ by }, place) => place > at && by === 'answer'), lastOther: beliefs[at] };
};

const convergedAt = (
  beliefs: readonly Belief[],
  sides: Sides,
  window: OwnershipWindow,
  errorNs: number,
): Figure => {
  const inside = beliefs.filter((belief) => belief.atNs > window.originNs && belief.atNs <= window.toNs);
  const { settled, lastOther } = settle(inside, sides);
  const plusMinusMs = ms(errorNs + window.originErrorNs + window.stampErrorNs);
  if (settled !== undefined)
    return { kind: 'measured', valueMs: ms(settled.atNs - window.originNs), plusMinusMs };
  if (lastOther === undefined)
    return { kind: 'not-measured', reason: 'nothing was answered after the old master fell silent' };
  if (!sides.old.has(lastOther.mac) && lastOther.by === 'answer')
    return {
      kind: 'not-measured',
      reason: `answers come by way of ${lastOther.mac}, which is no member's MAC`,
    };
  return {
    kind: 'at-least',
    valueMs: ms(lastOther.atNs - window.originNs),
    plusMinusMs,
    reason:
      lastOther.by === 'answer'
        ? `not reached: ${lastOther.mac} still answered when the watching ended`
        : `not reached: traffic still went to ${lastOther.mac}, unanswered, when the watching ended`,
  };
};

const lastBefore = (beliefs: readonly Belief[], ns: number): Belief | undefined =>
  beliefs.findLast((belief) => belief.atNs <= ns);

/** From the MACs that answered one probe. */
export const convergeByAnswers = (
  questions: Questions,
  sides: Sides,
  window: OwnershipWindow,
  observer: string,
): ConvergenceMeasured => {
  const beliefs = beliefsOf(questions);
  const { kind, periodMs } = questions.run;
  const inside = beliefs.filter((belief) => belief.atNs > window.originNs && belief.atNs <= window.toNs);
  const { settled } = settle(inside, sides);
  // Had one asked earlier, the new master might have answered earlier.
  const askedAt = questions.asked.findIndex((one) =>
    one.replies.some((reply) => reply.atNs === settled?.atNs),
  );
  const stepNs = (questions.asked[askedAt]?.sentNs ?? 0) - (questions.asked[askedAt - 1]?.sentNs ?? 0);
  const errorNs = askedAt > 0 ? Math.max(stepNs, periodMs * 1e6) : periodMs * 1e6;
  return {
    observer,
    how: kind === 'arp' ? 'arp-answers' : kind === 'nd' ? 'nd-answers' : 'icmp-replies',
    converged: convergedAt(beliefs, sides, window, errorNs),
    oldMac: lastBefore(beliefs, window.originNs)?.mac,
    newMac: settled?.mac,
  };
};

/** From a host's own neighbour table, as its monitor told it. */
export const convergeByTable = (
  observer: string,
  entries: readonly { readonly atNs: number; readonly event: MonitorEvent }[],
  sides: Sides,
  window: OwnershipWindow & { readonly tableErrorNs: number },
): ConvergenceMeasured => {
  const beliefs = entries
    .flatMap(({ atNs, event }) =>
      event.mac === undefined ? [] : [{ atNs, mac: event.mac, by: 'answer' as const }],
    )
    .sort((a, b) => a.atNs - b.atNs);
  const slackNs = window.tableErrorNs + window.stampErrorNs;
  const changed = convergedAt(beliefs, sides, { ...window, originNs: window.originNs - slackNs }, 0);
  const inside = beliefs.filter(
    (belief) => belief.atNs > window.originNs - slackNs && belief.atNs <= window.toNs,
  );
  const oldMac = lastBefore(beliefs, window.originNs - slackNs)?.mac;
  const shifted = (figure: Figure): Figure =>
    figure.kind === 'not-measured'
      ? oldMac !== undefined && sides.old.has(oldMac)
        ? {
            kind: 'at-least',
            valueMs: ms(window.toNs - window.originNs),
            plusMinusMs: ms(window.tableErrorNs),
            reason: `not reached: its entry still was ${oldMac} when the watching ended`,
          }
        : { kind: 'not-measured', reason: 'its neighbour table said nothing about the VIP meanwhile' }
      : {
          ...figure,
          valueMs: figure.valueMs - ms(slackNs),
          plusMinusMs: figure.plusMinusMs + ms(window.tableErrorNs),
        };
  return {
    observer,
    how: 'neighbour-table',
    converged: shifted(changed),
    oldMac,
    newMac: settle(inside, sides).settled?.mac,
  };
};

/** Changes of the MAC behind the VIP for one probe's traffic, the move to the new master included. */
export const countFlips = (questions: Questions, window: OwnershipWindow): number => {
  const beliefs = beliefsOf(questions);
  const before = lastBefore(beliefs, window.originNs);
  const inside = beliefs.filter((belief) => belief.atNs > window.originNs && belief.atNs <= window.toNs);
  let flips = 0;
  let mac = before?.mac;
  for (const belief of inside) {
    if (mac !== undefined && belief.mac !== mac) flips += 1;
    mac = belief.mac;
  }
  return flips;
};

export interface TwoHolders {
  readonly sides: Sides;
  readonly window: OwnershipWindow;
  readonly questions: readonly Questions[];
  readonly announcements: readonly AnnouncementSighting[];
  readonly firstAdvertNs: number;
  /** When the fault or the healing began: on the way back both may hold the VIP from the start. */
  readonly fromNs: number;
}

/** Old answers within this time of the end mean that it did not end, ns. */
const stillNs = 200_000_000;

/**
 * From the new master's first act (advert, announcement or answer) to the last of the old one, as seen on the
 * segment. Only ARP or ND questions ask every host; without them an old holder nobody talks to goes unseen.
 */
export const measureTwoHolders = ({
  sides,
  window,
  questions,
  announcements,
  firstAdvertNs,
  fromNs,
}: TwoHolders): Figure => {
  const withMacs = questions.filter(
    ({ run }) => run.kind === 'icmp' || run.kind === 'arp' || run.kind === 'nd',
  );
  if (withMacs.length === 0)
    return { kind: 'not-measured', reason: 'no probe tells who answers: add icmp or arp' };
  const acts = [...withMacs.flatMap(answersOf), ...announcements].filter(
    (act) => act.atNs > fromNs && act.atNs <= window.toNs,
  );
  const byNew = acts.filter((act) => sides.new.has(act.mac)).map((act) => act.atNs);
  const byOld = acts.filter((act) => sides.old.has(act.mac)).map((act) => act.atNs);
  const begun = byNew.reduce((first, ns) => Math.min(first, ns), firstAdvertNs);
  const ended = byOld.reduce((last, ns) => Math.max(last, ns), begun);
  const periodMs = Math.max(...withMacs.map(({ run }) => run.periodMs));
  const plusMinusMs = periodMs + ms(window.stampErrorNs);
  const valueMs = ms(Math.max(0, ended - begun));
  return ended > window.toNs - stillNs && valueMs > 0
    ? {
        kind: 'at-least',
        valueMs,
        plusMinusMs,
        reason: 'both still stood behind the VIP when the watching ended',
      }
    : { kind: 'measured', valueMs, plusMinusMs };
};
