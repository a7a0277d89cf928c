// Root cause: adverts pass the network in one direction only. Losses inside a host have rules of their own.

import { cellBetween, type Facets, listing } from '../members.ts';
import { type NetworkLoss, networkLosses } from '../network-loss.ts';
import { asEvidence, quoteCell, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const draft = (
  losses: readonly NetworkLoss[],
  who: 'mute' | 'deaf',
  facets: Facets<'ladder' | 'nodes'>,
): readonly FindingDraft[] => {
  const [first, ...others] = losses;
  if (first === undefined) return [];
  const { group, vrid, from, to } = first.cell;
  const senders = [...new Set(losses.map((loss) => loss.cell.from))];
  const receivers = [...new Set(losses.map((loss) => loss.cell.to))];
  const ways = losses.flatMap(
    (loss) => cellBetween(facets.ladder, group, loss.cell.to, loss.cell.from) ?? [],
  );
  return [
    {
      subject: { nodes: who === 'mute' ? [from, ...receivers] : [to, ...senders], vrid },
      group,
      title:
        who === 'mute'
          ? `the network carries VRRP to ${from} but not from it to ${listing(receivers)}`
          : `the network carries VRRP from ${to} to ${listing(senders)} but not back`,
      summary: `Adverts of ${listing(senders)} leave and never arrive at ${listing(receivers)}, while the other direction is open. ${listing(receivers)} ${receivers.length === 1 ? 'is' : 'are'} deaf to ${listing(senders)}.`,
      evidence: asEvidence(quoteCell(first.cell), [
        ...others.map((loss) => quoteCell(loss.cell)),
        ...ways.filter((way) => way.due === 'yes').map(quoteCell),
        ...senders.flatMap((sender) =>
          quoteLog(
            facets.nodes.find((node) => node.name === sender),
            /Received advert from .* with lower priority/,
            1,
          ),
        ),
      ]),
      remedy: {
        text: `Check what filters traffic ${who === 'mute' ? `from ${from}` : `towards ${to}`} (switch ACL, hypervisor port, security group): protocol 112 from ${listing(senders)} must reach ${listing(receivers)}.`,
        commands: [],
      },
    },
  ];
};

export const oneWayReachability = defineRule({
  id: 'one-way-reachability',
  severity: 'critical',
  needs: ['groups', 'hosts', 'instances', 'ladder', 'nodes', 'segment'],
  title: 'Adverts pass between two nodes in one direction only',
  why: 'The side that hears insists on its higher priority in vain; the deaf side stays MASTER beside it and logs nothing.',
  proof:
    'Captures taken at the same time: adverts leave one node and do not arrive at the other, while those of the other direction do.',
  remedy:
    'Look for an access list, security group or port filter that acts on one direction, at the deaf side first.',
  sources: ['RFC 3768 §6.4.3', 'keepalived issues 1528 and 893'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) => {
    const losses = networkLosses(facets).filter((loss) => loss.shape === 'one-way');
    const drafts = facets.groups.flatMap((group): readonly FindingDraft[] => {
      const inGroup = losses.filter((loss) => loss.cell.group === group.id);
      const senders = [...new Set(inGroup.map((loss) => loss.cell.from))];
      const receivers = [...new Set(inGroup.map((loss) => loss.cell.to))];
      // One sender whom several miss is mute; otherwise each receiver is deaf on its own.
      return senders.length === 1 && receivers.length > 1
        ? draft(inGroup, 'mute', facets)
        : receivers.flatMap((to) =>
            draft(
              inGroup.filter((loss) => loss.cell.to === to),
              'deaf',
              facets,
            ),
          );
    });
    return drafts.length === 0 &&
      facets.ladder.length > 0 &&
      facets.ladder.every((cell) => cell.arrived === 'unknown')
      ? notEvaluated('what arrives could not be captured on any node')
      : foundOrClear(drafts);
  },
});
