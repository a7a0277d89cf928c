// Members whose VRRPv3 checksum is right only in a variant the others do not count. It knows how variants are
// compared; what each means is the rules' matter.
import type { AdvertStream, ChecksumVerdict, ClusterModel, Group } from '../cluster/model.ts';
import { type Facets, listing, membersOf, nodesOf, streamsOf } from './members.ts';
import { asEvidence } from './quoting.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

export interface ChecksumWords {
  /** `counts …`, after the sender. */
  readonly says: string;
  readonly effect: string;
  readonly fix: string;
}

interface Sender {
  readonly name: string;
  readonly streams: readonly AdvertStream[];
}

const sendersOf = (
  group: Group,
  instances: ClusterModel['instances'],
  streams: readonly AdvertStream[],
): readonly Sender[] => [
  ...membersOf(group, instances).map((member) => ({
    name: member.node,
    streams: streamsOf(member, streams),
  })),
  ...[...new Set(streams.filter(({ sender }) => sender === 'foreign').map(({ src }) => src))].map((src) => ({
    name: src,
    streams: streams.filter(
      (stream) => stream.src === src && stream.vrid === group.vrid && stream.family === group.family,
    ),
  })),
];

/** A group whose every sender counts alike agrees, whichever way it is. */
export const judgeChecksums = (
  { groups, instances, adverts }: Facets<'groups' | 'instances' | 'adverts'>,
  variant: ChecksumVerdict,
  words: ChecksumWords,
): Outcome => {
  if (adverts.streams.length === 0) return notEvaluated('no advert was heard');
  const drafts = groups.flatMap((group): readonly FindingDraft[] => {
    const senders = sendersOf(group, instances, adverts.streams).map(({ name, streams }) => ({
      name,
      streams: streams.filter(({ version }) => version === 3),
    }));
    const odd = senders.filter(({ streams }) => streams.some(({ checksum }) => checksum === variant));
    const others = senders.filter(({ streams }) => streams.some(({ checksum }) => checksum === 'good'));
    // One way of counting for unicast is enough to be refused: the others expect the real destination.
    const alone = variant === 'good-multicast-pseudo-header' || others.length > 0;
    return odd
      .filter(() => alone)
      .flatMap(({ name, streams }) => {
        const quotes = streams.filter(({ checksum }) => checksum === variant).map(({ quote }) => quote);
        const [first, ...rest] = quotes;
        const members = nodesOf(membersOf(group, instances));
        return first === undefined
          ? []
          : [
              {
                subject: { nodes: members.includes(name) ? [name] : members, vrid: group.vrid },
                group: group.id,
                title: `${name} ${words.says}`,
                summary:
                  others.length === 0
                    ? words.effect
                    : `${words.effect} ${listing(others.map((one) => one.name))} ${others.length === 1 ? 'counts' : 'count'} otherwise.`,
                evidence: asEvidence(first, rest),
                remedy: { text: words.fix, commands: [] },
              },
            ];
      });
  });
  return foundOrClear(drafts);
};
