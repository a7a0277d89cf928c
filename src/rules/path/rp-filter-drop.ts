// Root cause: reverse-path filtering on the receiver drops adverts whose source is routed another way.
import { blameReversePath } from '../kernel-blame.ts';
import { listing } from '../members.ts';
import { asEvidence, quoteCell, quoteCounter } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const rpFilterDrop = defineRule({
  id: 'rp-filter-drop',
  severity: 'critical',
  needs: ['hosts', 'instances', 'ladder'],
  title: 'Reverse-path filtering drops adverts that arrive',
  why: 'With strict filtering the kernel drops a packet whose source it would answer through another interface, without a firewall counter moving. Multicast is filtered as well.',
  proof:
    'The value in force, max(all, interface), is strict, the route back to the sender leaves by another interface, and of the adverts that arrived none were delivered. TcpExtIPReversePathFilter rising confirms it; at rest it proves nothing.',
  remedy:
    'Set rp_filter to 2 (loose) or 0 on that interface, with `all` no higher than wanted, and make it permanent; or mend the route.',
  sources: [
    'RFC 3704 §2.2',
    'Linux Documentation/networking/ip-sysctl.rst rp_filter',
    'keepalived issue 364',
  ],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'one-way-reachability',
    'adverts-lost-unexplained',
  ],
  check: (facets) => {
    const blames = blameReversePath(facets);
    const receivers = [...new Set(blames.map((blame) => blame.instance.id))];
    const drafts = receivers.flatMap((id): readonly FindingDraft[] => {
      const own = blames.filter((blame) => blame.instance.id === id);
      const active = own.filter((blame) => blame.standing === 'now');
      const [blame] = active.length > 0 ? active : own;
      if (blame === undefined) return [];
      const { instance, facts, standing } = blame;
      const node = instance.node;
      const mine = active.length > 0 ? active : own;
      const peers = listing([...new Set(mine.map((one) => one.facts.peer))]);
      const route =
        facts.answersVia === 'none'
          ? `has no route back to ${facts.source}`
          : `would answer ${facts.source} through ${facts.answersVia}`;
      const loose = { node, command: `sysctl -w net.ipv4.conf.${facts.interface}.rp_filter=2` };
      const settings = {
        node,
        source: 'sysctl',
        quote: `net.ipv4.conf.all.rp_filter = ${facts.all}, net.ipv4.conf.${facts.interface}.rp_filter = ${facts.own} (in force: ${facts.effective})`,
      };
      return [
        {
          subject: { nodes: [node], vrid: instance.vrid },
          group: instance.group,
          about: `rp_filter of ${facts.interface}`,
          title:
            standing === 'now'
              ? `${node}'s reverse-path filter drops VRRP from ${peers} on ${facts.interface}`
              : `${node} will not hear ${peers} after a failover: its reverse-path filter drops VRRP on ${facts.interface}`,
          summary: `rp_filter ${facts.effective} is in force on ${facts.interface} of ${node}, which ${route}${standing === 'now' ? '; adverts from there arrive and are dropped before keepalived' : ''}.`,
          evidence: asEvidence(settings, [
            ...quoteCounter(facets.hosts, node, 'TcpExtIPReversePathFilter'),
            facts.route,
            ...mine.flatMap((one) => (one.cell?.due === 'yes' ? [quoteCell(one.cell)] : [])),
          ]),
          remedy: {
            text: `Set rp_filter to 2 on ${facts.interface} of ${node} and keep it in /etc/sysctl.d, or give ${facts.source} a route through ${facts.interface}.`,
            commands: [loose, { node, command: `ip route get ${facts.source}` }],
          },
          ...(standing === 'waiting' ? { severity: 'high' as const } : {}),
        },
      ];
    });
    const unread = facets.hosts.flatMap((host) =>
      host.reversePath.kind === 'unknown' ? [`${host.node}: ${host.reversePath.reason}`] : [],
    );
    return drafts.length === 0 && (facets.hosts.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read')
      : foundOrClear(drafts);
  },
});
