// A handover cut into phases that follow one another: noticing, configuring the address, announcing it, the observer's
// neighbour entry, the first service. A phase that ended before the one ahead of it took no time of its own.
import type { Questions, Reply } from './answers.ts';
import type { ConvergenceMeasured, Moment, Phase, PhaseName } from './measured.ts';
import type { Sides } from './ownership.ts';

export interface PhaseInput {
  readonly moments: readonly Moment[];
  readonly convergence: readonly ConvergenceMeasured[];
  readonly questions: readonly Questions[];
  readonly sides: Sides;
  readonly originNs: number;
  readonly toNs: number;
  readonly takeoverMs: number;
}

interface End {
  readonly name: PhaseName;
  readonly at: { readonly ms: number; readonly plusMinusMs: number } | undefined;
  readonly note: string;
}

const momentEnd = (moments: readonly Moment[], name: Moment['name']): End['at'] => {
  const found = moments.find((moment) => moment.name === name);
  return found === undefined ? undefined : { ms: found.atMs, plusMinusMs: found.plusMinusMs };
};

/** The first answer out of the new master: of a service where one is probed, else of the VIP itself. */
const firstService = ({ questions, sides, originNs, toNs, takeoverMs }: PhaseInput): End => {
  const calls = questions.filter(({ run }) => run.kind === 'tcp' || run.kind === 'http');
  const asked = calls.length > 0 ? calls : questions.filter(({ run }) => run.kind === 'icmp');
  const [one] = asked;
  const note = one === undefined ? 'no probe asks for a service' : `first answer to ${one.run.name}`;
  if (one === undefined) return { name: 'firstService', at: undefined, note };
  // TCP and HTTP do not tell who answered: what is answered after the takeover counts.
  const isNew = ({ mac, atNs }: Reply): boolean =>
    mac === undefined ? atNs - originNs >= takeoverMs * 1e6 : atNs > originNs && sides.new.has(mac);
  const answered = one.asked.find(({ replies }) => replies.some(isNew));
  const reply = answered?.replies.find(isNew);
  return {
    name: 'firstService',
    at:
      reply === undefined || reply.atNs > toNs
        ? undefined
        : { ms: (reply.atNs - originNs) / 1e6, plusMinusMs: one.run.periodMs },
    note: reply === undefined ? `${one.run.name} was not answered by the new master` : note,
  };
};

const neighbourEnd = ({ moments, convergence }: PhaseInput): End => {
  const entry = momentEnd(
    moments.filter((moment) => moment.atMs >= 0),
    'neighbour-changed',
  );
  if (entry !== undefined)
    return { name: 'neighbour', at: entry, note: 'the neighbour entry of the observer changed' };
  const [own] = convergence;
  return own?.converged.kind === 'measured'
    ? {
        name: 'neighbour',
        at: { ms: own.converged.valueMs, plusMinusMs: own.converged.plusMinusMs },
        note: 'answers came from the new MAC',
      }
    : { name: 'neighbour', at: undefined, note: 'no change of the neighbour entry was seen' };
};

export const measurePhases = (input: PhaseInput): readonly Phase[] => {
  const { moments } = input;
  const address = momentEnd(moments, 'address-added');
  const announced = momentEnd(moments, 'first-announcement');
  const ends: readonly End[] = [
    {
      name: 'detection',
      at: momentEnd(moments, 'first-advert'),
      note: 'up to the first advert of the new master',
    },
    {
      name: 'addressConfigured',
      at: address,
      note:
        address === undefined
          ? 'no change of the address was seen on the new master'
          : 'the VIP was added on the new master',
    },
    {
      name: 'announcement',
      at: announced,
      note: announced === undefined ? 'no announcement of the VIP was seen' : 'first announcement of the VIP',
    },
    neighbourEnd(input),
    firstService(input),
  ];
  let fromMs = 0;
  return ends.map(({ name, at, note }) => {
    if (at === undefined) return { name, note };
    const toMs = Math.max(fromMs, at.ms);
    const span = { fromMs, toMs, plusMinusMs: at.plusMinusMs };
    fromMs = toMs;
    return { name, span, note };
  });
};
