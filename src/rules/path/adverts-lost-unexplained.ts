// What is left when no cause is proven: adverts die at a known rung, and these suspects were cleared.
import type { ClusterModel, LadderCell } from '../../cluster/model.ts';
import { clearedInKernel, unexplainedLosses } from '../loss-explanations.ts';
import { mastershipsOf } from '../mastership.ts';
import { type Facets, listing } from '../members.ts';
import { asEvidence, quoteCell, quoteLog } from '../quoting.ts';
import { clear, defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

interface Account {
  readonly nodes: readonly string[];
  readonly title: string;
  readonly known: string;
  readonly next: string;
  readonly command: { readonly node: string; readonly command: string };
}

const accountOf = (
  cells: readonly [LadderCell, ...LadderCell[]],
  facets: Facets<'hosts' | 'instances'>,
): Account => {
  const [cell] = cells;
  const { from, to } = cell;
  const senders = listing([...new Set(cells.map((one) => one.from))]);
  const partly = cells.every((one) => one.loss === 'some') ? 'some ' : '';
  switch (cell.lostAt) {
    case 'sender': {
      const sees = facets.hosts.find((host) => host.node === from)?.firewall;
      const out =
        sees?.kind === 'known' &&
        sees.value.judgements.some((one) => one.direction === 'out' && one.instance.startsWith(`${from}/`)) &&
        sees.value.judgements.every(
          (one) => one.direction === 'in' || !one.instance.startsWith(`${from}/`) || one.outcome === 'accept',
        );
      return {
        nodes: [from],
        title: `${partly}adverts of ${from} never leave it although it is MASTER`,
        known: `keepalived on ${from} says MASTER and no advert passes the tap on its interface. ${out ? 'Netfilter is cleared (accepts).' : 'Netfilter could not be cleared.'} Left: traffic control, a missing source address, or keepalived itself.`,
        next: `Look at the errors keepalived logs when it sends, and at traffic control on ${from}.`,
        command: {
          node: from,
          command: 'journalctl -u keepalived -n 50 --no-pager; tc -s qdisc show; tc -s filter show egress',
        },
      };
    }
    case 'network':
      return {
        nodes: [to, ...new Set(cells.map((one) => one.from))],
        title: `${partly}adverts from ${senders} get lost in the network before ${to}`,
        known: `They leave ${senders} and do not arrive at ${to}; both interfaces are up. The loss is between the hosts.`,
        next: `Check routes, access lists and security groups between ${senders} and ${to} for IP protocol 112.`,
        command: { node: from, command: `ip route get ${addressOf(to, facets.instances)}` },
      };
    case 'daemon':
      return {
        nodes: [to],
        title: `keepalived on ${to} does not accept ${partly}adverts from ${senders} although the kernel delivers them`,
        known:
          `VRID, version, authentication, interval, VIPs, TTL and mode of ${senders} and ${to} agree, and the process runs. ${cell.detail}`.trim(),
        next: `Compare what runs with what is configured on ${to} (a reload may be missing), and read its log.`,
        command: { node: to, command: 'journalctl -u keepalived -n 50 --no-pager' },
      };
    default: {
      const { cleared, open } = clearedInKernel(cell, facets);
      const where =
        cell.lostAt === 'receiver-kernel' ? 'although they arrive' : 'and whether they arrive is unknown';
      return {
        nodes: [to],
        title: `${partly}adverts from ${senders} are delivered nowhere on ${to} ${where}`,
        known: `${cleared.length === 0 ? 'Nothing could be cleared' : `Cleared: ${listing(cleared)}`}.${open.length === 0 ? ' Left: traffic control, XDP or eBPF programs, netdev hooks, or the driver.' : ` Not cleared: ${listing(open)}.`}`,
        next: `Ask the kernel of ${to} why it drops them (drop reasons, traffic control, XDP).`,
        command: {
          node: to,
          command: `tc -s filter show dev ${interfaceOf(cell, facets.instances)} ingress; ip -d link show dev ${interfaceOf(cell, facets.instances)}; perf trace -e skb:kfree_skb -a sleep 5`,
        },
      };
    }
  }
};

const interfaceOf = (cell: LadderCell, instances: ClusterModel['instances']): string =>
  instances.find((one) => one.group === cell.group && one.node === cell.to)?.interface ?? 'lo';

const addressOf = (node: string, instances: ClusterModel['instances']): string => {
  const source = instances.find((one) => one.node === node)?.sourceAddress;
  return source?.kind === 'known' ? source.value : node;
};

/** Losses that belong together: same group and rung, at the same host. */
const placeOf = (cell: LadderCell): string =>
  `${cell.group} ${cell.lostAt ?? ''} ${cell.lostAt === 'sender' ? cell.from : cell.to}`;

export const advertsLostUnexplained = defineRule({
  id: 'adverts-lost-unexplained',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'ladder', 'hosts', 'nodes', 'segment'],
  title: 'Adverts get lost and no known cause accounts for it',
  why: 'Where adverts die is known even when the cause is not: that rung, and the suspects already cleared, is what the next hour of searching starts from.',
  proof:
    'The last rung adverts reached (sent, arrived, delivered, accepted) by captures at both ends and a raw socket on the receiver, with every known cause on that rung checked and cleared.',
  remedy:
    'Search at the named rung only: traffic control, XDP and drop reasons for the kernel, routes and filters for the network, the log for the daemon.',
  sources: ['RFC 3768 §7.1', 'Linux include/net/dropreason-core.h', 'keepalived vrrp.c vrrp_check_packet'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers'],
  check: (facets) => {
    const losses = unexplainedLosses(facets);
    const drafts = [...new Set(losses.map(placeOf))].flatMap((place): readonly FindingDraft[] => {
      const [first, ...others] = losses.filter((cell) => placeOf(cell) === place);
      const group = facets.groups.find((candidate) => candidate.id === first?.group);
      if (first === undefined || group === undefined) return [];
      const account = accountOf([first, ...others], facets);
      const split = mastershipsOf(group, facets).length > 1;
      const partial = [first, ...others].every((cell) => cell.loss === 'some');
      return [
        {
          subject: { nodes: account.nodes, vrid: first.vrid },
          group: group.id,
          title: account.title,
          summary: account.known,
          evidence: asEvidence(quoteCell(first), [
            ...others.map(quoteCell),
            ...quoteLog(
              facets.nodes.find((node) => node.name === account.nodes[0]),
              /send advert|[Cc]ant send|checksum|VRRP packet|No address yet|bogus/,
            ),
          ]),
          severity: partial ? 'medium' : split ? 'critical' : 'high',
          remedy: { text: account.next, commands: [account.command] },
        },
      ];
    });
    if (drafts.length > 0) return foundOrClear(drafts);
    const due = facets.ladder.filter((cell) => cell.due === 'yes');
    return due.length > 0 && due.every((cell) => cell.loss === 'unknown')
      ? notEvaluated(due[0]?.detail || 'what arrives and is delivered could not be observed')
      : clear();
  },
});
