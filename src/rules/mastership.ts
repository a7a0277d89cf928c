// Who acts as MASTER at the end of the listening window, by keepalived's own word and by the adverts it sends.
// A hand-over that happened while listening leaves one master; this file tells it from two at the same time.
import type { AdvertStream, Group, Instance, Quote } from '../cluster/model.ts';
import { type Facets, membersOf, stateOf, streamsOf, vridsOf } from './members.ts';
import { quoteState } from './quoting.ts';

export interface Mastership {
  readonly instance: Instance;
  readonly by: 'state' | 'adverts' | 'state-and-adverts';
  readonly quotes: readonly [Quote, ...Quote[]];
}

interface Run {
  readonly at: string;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly count: number;
  /** Priority of the newest advert. */
  readonly lastPriority: number;
  readonly intervalMs: number;
}

/** One sender as one place heard it, all its adverts together. Clocks of different places never meet. */
const runsOf = (streams: readonly AdvertStream[]): readonly Run[] =>
  [...new Set(streams.map((stream) => stream.heardAt))].flatMap((at) => {
    const heard = streams.filter((stream) => stream.heardAt === at);
    const newest = heard.toSorted((a, b) => Number(b.lastAtNs - a.lastAtNs))[0];
    const oldest = heard.toSorted((a, b) => Number(a.firstAtNs - b.firstAtNs))[0];
    if (newest === undefined || oldest === undefined) return [];
    return [
      {
        at,
        firstNs: oldest.firstAtNs,
        lastNs: newest.lastAtNs,
        count: heard.reduce((sum, stream) => sum + (stream.priority > 0 ? stream.count : 0), 0),
        lastPriority: newest.priority,
        intervalMs: Math.max(...heard.map((stream) => stream.intervalMs)),
      },
    ];
  });

/** Half an interval of grace past the moment the next advert was due. */
const silenceLimitNs = (run: Run): bigint => BigInt(Math.round(run.intervalMs * 1.5 * 1_000_000));

/** Without its VIP, whoever fell silent has stepped back; else another must have begun since, for that to be known. */
const endedBeforeOthers = (
  mine: readonly Run[],
  others: readonly Run[],
  holdsVips: Instance['holdsVips'],
): 'yes' | 'no' =>
  mine.some((run) => {
    if (run.lastPriority === 0) return true;
    const heardHere = others.filter((other) => other.at === run.at);
    return (
      (holdsVips === 'no' || heardHere.some((other) => other.firstNs > run.lastNs)) &&
      heardHere.some((other) => other.lastNs - run.lastNs > silenceLimitNs(run))
    );
  })
    ? 'yes'
    : 'no';

/** Members of a group that act as MASTER when listening ends. */
export const mastershipsOf = (
  group: Group,
  facets: Facets<'instances' | 'adverts'>,
): readonly Mastership[] => {
  const members = membersOf(group, facets.instances);
  const vrids = vridsOf(group, facets.instances);
  return members.flatMap((instance): readonly Mastership[] => {
    const streams = streamsOf(instance, facets.adverts.streams);
    const mine = runsOf(streams);
    const others = members
      .filter((other) => other.node !== instance.node)
      .flatMap((other) =>
        runsOf(streamsOf(other, facets.adverts.streams).filter((s) => vrids.includes(s.vrid))),
      );
    // A master that fell silent but keeps its VIP has handed nothing over: adverts it refuses can keep it from
    // sending (keepalived vrrp_scheduler.c starts its timer anew with each).
    if (instance.holdsVips !== 'yes' && endedBeforeOthers(mine, others, instance.holdsVips) === 'yes')
      return [];
    const quotes = streams
      .filter((stream) => stream.priority > 0)
      .slice(0, 1)
      .map((stream) => stream.quote);
    const sends = mine.some((run) => run.count >= 2);
    if (stateOf(instance) === 'MASTER')
      return [
        { instance, by: sends ? 'state-and-adverts' : 'state', quotes: [quoteState(instance), ...quotes] },
      ];
    const [first] = quotes;
    return sends && first !== undefined && instance.process !== 'stopped'
      ? [{ instance, by: 'adverts', quotes: [first, quoteState(instance)] }]
      : [];
  });
};
