// How long a probe went unanswered, and what it met over time. It knows one probe's questions and answers and a
// window; whose MAC is old or new is told.
import type { Asked, Questions } from './answers.ts';
import type { Figure, Lane, OutageMeasured } from './measured.ts';

export interface OutageWindow {
  readonly fromNs: number;
  readonly toNs: number;
  /** Up to here a pause between probes may hide an outage. */
  readonly criticalToNs: number;
  /** Zero of the gaps' times. */
  readonly originNs: number;
  readonly observer: string;
  /** Error of a stamp, ns. */
  readonly stampErrorNs: number;
}

/** A question put so shortly before the end may still have been answered, ns. */
const undecidedNs = 100_000_000;

interface Gap {
  readonly fromNs: number;
  /** When the next answered question was put; undefined when there is none. */
  readonly toNs: number | undefined;
  readonly lastAskedNs: number;
  readonly lost: number;
  /** From the last question that was answered to the first that was not, ns. */
  readonly before: number;
  readonly after: number;
}

const isAnswered = (asked: Asked): boolean => asked.replies.length > 0;

const isDecided = (one: Asked, { fromNs, toNs }: OutageWindow): boolean =>
  one.sentNs >= fromNs && one.sentNs <= (isAnswered(one) ? toNs : toNs - undecidedNs);

const gapsIn = (asked: readonly Asked[]): readonly Gap[] => {
  const gaps: Gap[] = [];
  let open: { fromNs: number; lastAskedNs: number; lost: number; before: number } | undefined;
  let lastAnswered: number | undefined;
  for (const one of asked) {
    if (isAnswered(one)) {
      if (open !== undefined) gaps.push({ ...open, toNs: one.sentNs, after: one.sentNs - open.lastAskedNs });
      open = undefined;
      lastAnswered = one.sentNs;
    } else if (open === undefined)
      open = {
        fromNs: one.sentNs,
        lastAskedNs: one.sentNs,
        lost: 1,
        before: lastAnswered === undefined ? 0 : one.sentNs - lastAnswered,
      };
    else open = { ...open, lastAskedNs: one.sentNs, lost: open.lost + 1 };
  }
  return open === undefined ? gaps : [...gaps, { ...open, toNs: undefined, after: 0 }];
};

const widestStep = (asked: readonly Asked[]): number =>
  asked.reduce(
    (widest, one, at) => Math.max(widest, at === 0 ? 0 : one.sentNs - (asked[at - 1]?.sentNs ?? one.sentNs)),
    0,
  );

const ms = (ns: number): number => ns / 1e6;

const lengthOf = (gap: Gap): number => (gap.toNs ?? gap.lastAskedNs) - gap.fromNs;

const figureOf = (gap: Gap | undefined, asked: readonly Asked[], window: OutageWindow): Figure => {
  if (gap === undefined)
    return {
      kind: 'measured',
      valueMs: 0,
      plusMinusMs: ms(
        widestStep(asked.filter((one) => one.sentNs <= window.criticalToNs)) + window.stampErrorNs,
      ),
    };
  const plusMinusMs = ms(Math.max(gap.before, gap.after) + window.stampErrorNs);
  return gap.toNs === undefined
    ? {
        kind: 'at-least',
        valueMs: ms(lengthOf(gap)),
        plusMinusMs,
        reason: 'nothing was answered any more when the watching ended',
      }
    : { kind: 'measured', valueMs: ms(gap.toNs - gap.fromNs), plusMinusMs };
};

/** Only a probe that was answered before the event can tell that it was not during it. */
const whyUseless = (questions: Questions, window: OutageWindow): string | undefined => {
  const before = questions.asked.filter((one) => one.sentNs < window.fromNs);
  const inside = questions.asked.filter((one) => one.sentNs >= window.fromNs && one.sentNs <= window.toNs);
  if (inside.length === 0) return 'no probe was sent while it happened';
  if (before.length > 0 && !before.some(isAnswered))
    return questions.run.kind === 'arp' || questions.run.kind === 'nd'
      ? 'it was never answered before the fault either: the network may refuse a second MAC on the port of the observer'
      : 'it was never answered before the fault either';
  return undefined;
};

export const measureOutage = (questions: Questions, window: OutageWindow): OutageMeasured => {
  const { name, kind } = questions.run;
  const head = { probe: name, kind, observer: window.observer };
  const asked = questions.asked.filter((one) => isDecided(one, window));
  const useless = whyUseless(questions, window);
  if (useless !== undefined || asked.length === 0)
    return {
      ...head,
      outage: { kind: 'not-measured', reason: useless ?? 'no probe was sent while it happened' },
      sent: asked.length,
      lost: 0,
      gaps: [],
    };
  const gaps = gapsIn(asked);
  const longest = gaps.reduce<Gap | undefined>(
    (most, gap) => (most === undefined || lengthOf(gap) > lengthOf(most) ? gap : most),
    undefined,
  );
  return {
    ...head,
    outage: figureOf(longest, asked, window),
    sent: asked.length,
    lost: gaps.reduce((sum, gap) => sum + gap.lost, 0),
    gaps: gaps.map((gap) => ({
      fromMs: ms(gap.fromNs - window.originNs),
      toMs: ms((gap.toNs ?? gap.lastAskedNs) - window.originNs),
      lost: gap.lost,
    })),
  };
};

type By = Lane['spans'][number]['by'];

/** What each question met, as spans of the same outcome. */
export const drawLane = (
  questions: Questions,
  window: OutageWindow,
  sideOf: (mac: string) => 'old' | 'new' | 'other',
): Lane => {
  const outcomeOf = ({ replies }: Asked): By => {
    const sides = new Set(replies.flatMap(({ mac }) => (mac === undefined ? [] : [sideOf(mac)])));
    if (replies.length === 0) return 'none';
    if (sides.has('old') && sides.has('new')) return 'both';
    const [only] = sides;
    return only ?? 'someone';
  };
  const spans: { fromMs: number; toMs: number; by: By }[] = [];
  for (const one of questions.asked) {
    if (!isDecided(one, window)) continue;
    const atMs = ms(one.sentNs - window.originNs);
    const by = outcomeOf(one);
    const last = spans.at(-1);
    if (last !== undefined) last.toMs = atMs;
    if (last === undefined || last.by !== by) spans.push({ fromMs: atMs, toMs: atMs, by });
  }
  return { probe: questions.run.name, spans };
};
