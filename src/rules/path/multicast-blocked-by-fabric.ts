// Root cause: the network between the nodes does not carry VRRP multicast. It looks at losses on the network only
// and leaves those with a shape of their own (one way, aged out) to their rules.
import { listing } from '../members.ts';
import { broughtAboutByLoss, judgeLosses, networkLosses } from '../network-loss.ts';
import { asEvidence, quoteCell } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

export const multicastBlockedByFabric = defineRule({
  id: 'multicast-blocked-by-fabric',
  severity: 'critical',
  needs: ['groups', 'hosts', 'instances', 'ladder', 'nodes', 'segment'],
  title: 'The network does not carry VRRP multicast between nodes',
  why: 'Adverts leave one node and never come to the other, so each elects itself. Unicast ping works all the while.',
  proof:
    'The tap on the sender saw adverts leave, the tap on the receiver (not promiscuous) saw none arrive, and no host accounts for it: interfaces are up and the receiver is a member of the group.',
  remedy:
    'Allow multicast to 224.0.0.18 (ff02::12) on the VLAN, virtual switch or security group, or use `unicast_peer`.',
  sources: ['RFC 3768 §5.2.2', 'RFC 4541 §2.1.2', 'keepalived issues 1367 and 2370'],
  explains: broughtAboutByLoss,
  check: (facets) => {
    const losses = networkLosses(facets).filter((loss) => loss.shape === 'multicast-blocked');
    const drafts = facets.groups.flatMap((group): readonly FindingDraft[] => {
      const own = losses.filter((loss) => loss.cell.group === group.id);
      const [first, ...others] = own;
      if (first === undefined) return [];
      const all = [...new Set(own.flatMap((loss) => [loss.cell.from, loss.cell.to]))];
      // A node that is part of every loss is the one that is cut off; with one pair only, both ends are.
      const cut = all.filter((node) => own.every((loss) => loss.cell.from === node || loss.cell.to === node));
      const nodes = cut.length === 1 ? cut : all;
      const hint =
        facets.segment.igmpQueries === 0
          ? ' No IGMP query was heard: a snooping switch without a querier that forgot the group looks the same. If a restart of keepalived on a deaf node cures it for some minutes, it is that.'
          : '';
      const destination =
        first.from.configured.kind === 'known'
          ? first.from.configured.value.multicastGroup
          : 'the VRRP group';
      return [
        {
          subject: { nodes, vrid: group.vrid },
          group: group.id,
          title:
            cut.length === 1
              ? `the network cuts ${listing(nodes)} off: VRRP multicast does not pass between it and the others`
              : `the network does not carry VRRP multicast between ${listing(nodes)}`,
          summary: `Adverts to ${destination} leave ${listing([...new Set(own.map((loss) => loss.cell.from))])} and do not arrive at ${listing([...new Set(own.map((loss) => loss.cell.to))])}. The hosts are in order; the loss is on the switch, VLAN or virtual switch between them.${hint}`,
          evidence: asEvidence(
            quoteCell(first.cell),
            others.map((loss) => quoteCell(loss.cell)),
          ),
          remedy: {
            text: `Allow multicast to ${destination} between these ports (IGMP snooping, storm control, virtual switch and security group rules), or configure unicast_peer on every member.`,
            commands: [],
          },
        },
      ];
    });
    return judgeLosses(facets, drafts);
  },
});
