// Root cause: a snooping switch forgot the VRRP group for want of a querier. Told from a plain block by the time the
// receiver could hear before it became deaf.
import { listing } from '../members.ts';
import { broughtAboutByLoss, judgeLosses, networkLosses } from '../network-loss.ts';
import { asEvidence, quoteCell, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

export const igmpSnoopingAgeing = defineRule({
  id: 'igmp-snooping-ageing',
  severity: 'critical',
  needs: ['groups', 'hosts', 'instances', 'ladder', 'nodes', 'segment'],
  title: 'A snooping switch forgot who listens to VRRP',
  why: 'A switch with IGMP snooping forwards a group only to ports that reported it lately. Without a querier nobody reports again: VRRP works after a start and splits some minutes later.',
  proof:
    'Adverts are lost on the network, the receiver is a member of the group, no IGMP query was heard, and by its log the receiver heard for about one membership interval (260 s) before it took over. Other devices with other times are reported as `multicast-blocked-by-fabric`, with a hint.',
  remedy:
    'Exempt 224.0.0.0/24 from snooping as RFC 4541 asks, or enable a querier on the VLAN, or use `unicast_peer`.',
  sources: ['RFC 2236 §8.4', 'RFC 4541 §2.1.2', 'bridge(8) mcast_querier'],
  explains: [...broughtAboutByLoss, 'multicast-blocked-by-fabric'],
  check: (facets) => {
    const losses = networkLosses(facets).filter((loss) => loss.shape === 'group-aged-out');
    const drafts = facets.groups.flatMap((group): readonly FindingDraft[] => {
      const own = losses.filter((loss) => loss.cell.group === group.id);
      const [first, ...others] = own;
      if (first === undefined) return [];
      const nodes = [...new Set(own.map((loss) => loss.cell.to))];
      const seconds = Math.round(first.heardForSeconds ?? 0);
      return [
        {
          subject: { nodes, vrid: group.vrid },
          group: group.id,
          title: `the switch stopped forwarding VRRP multicast to ${listing(nodes)} after ${seconds} s (IGMP snooping without a querier)`,
          summary: `By the log, adverts were heard for ${seconds} s after keepalived had started and none since, though ${listing(nodes)} ${nodes.length === 1 ? 'is still a member' : 'are still members'} of the group; no IGMP query was heard. A snooping switch ages groups like this.`,
          evidence: asEvidence(quoteCell(first.cell), [
            {
              node: first.cell.to,
              source: 'capture',
              quote: `IGMP queries heard: ${facets.segment.igmpQueries}, reports: ${facets.segment.igmpReports}`,
            },
            ...others.map((loss) => quoteCell(loss.cell)),
            ...nodes.flatMap((name) =>
              quoteLog(
                facets.nodes.find((node) => node.name === name),
                /Entering (BACKUP|MASTER) STATE/,
              ),
            ),
          ]),
          remedy: {
            text: 'On the switch, flood 224.0.0.0/24 or enable an IGMP querier for this VLAN; or configure unicast_peer. On a Linux bridge: mcast_querier 1.',
            commands: [],
          },
        },
      ];
    });
    return judgeLosses(facets, drafts);
  },
});
