// Root cause: adverts pass the network in one direction only. Losses inside a host have rules of their own.

import { cellBetween, listing } from '../members.ts';
import { networkLosses } from '../network-loss.ts';
import { asEvidence, quoteCell, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

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
    const deaf = [...new Set(losses.map((loss) => `${loss.cell.group} ${loss.cell.to}`))];
    const drafts = deaf.flatMap((key): readonly FindingDraft[] => {
      const own = losses.filter((loss) => `${loss.cell.group} ${loss.cell.to}` === key);
      const [first, ...others] = own;
      if (first === undefined) return [];
      const { cell } = first;
      const senders = own.map((loss) => loss.cell.from);
      const ways = own.flatMap(
        (loss) => cellBetween(facets.ladder, cell.group, cell.to, loss.cell.from) ?? [],
      );
      return [
        {
          subject: { nodes: [cell.to, ...senders], vrid: cell.vrid },
          group: cell.group,
          title: `the network carries VRRP from ${cell.to} to ${listing(senders)} but not back`,
          summary: `Adverts of ${listing(senders)} leave and never arrive at ${cell.to}, while the other direction is open. ${cell.to} is deaf to ${listing(senders)}.`,
          evidence: asEvidence(quoteCell(cell), [
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
            text: `Check what filters traffic towards ${cell.to} (switch ACL, hypervisor port, security group): protocol 112 from ${listing(senders)} must get there.`,
            commands: [],
          },
        },
      ];
    });
    return drafts.length === 0 &&
      facets.ladder.length > 0 &&
      facets.ladder.every((cell) => cell.arrived === 'unknown')
      ? notEvaluated('what arrives could not be captured on any node')
      : foundOrClear(drafts);
  },
});
