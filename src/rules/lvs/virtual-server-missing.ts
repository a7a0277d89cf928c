// Root cause: a virtual server of the configuration is not in the kernel's IPVS table.
import {
  type Balancer,
  balancingNeeds,
  judgeBalancers,
  nameOfKey,
  quoteServer,
  serviceOf,
} from '../balancing.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

const draftFor = ({ node, config, table }: Balancer): readonly FindingDraft[] => {
  if (table.loaded === 'no') return [];
  const missing = config.virtualServers.flatMap((server) => {
    const keys = server.services.filter((key) => serviceOf(key, table) === undefined);
    return server.realServers.length === 0 || keys.length === 0 ? [] : [{ server, keys }];
  });
  const [first, ...others] = missing;
  if (first === undefined) return [];
  const names = missing.flatMap(({ keys }) => keys.map(nameOfKey));
  const shown =
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : listing(names);
  return [
    {
      subject: { nodes: [node] },
      title: `${node} does not balance ${shown}, which its keepalived.conf has`,
      summary:
        'keepalived adds every virtual server to IPVS when it starts, whatever the health of its real servers. Connections to this one find nothing on the node.',
      evidence: asEvidence(quoteServer(node, first.server), [
        ...others.map(({ server }) => quoteServer(node, server)),
        {
          node,
          source: '/proc/net/ip_vs',
          quote:
            table.services.length === 0
              ? 'no service in the table'
              : table.services.map((service) => service.text).join(' | '),
        },
      ]),
      remedy: {
        text: 'See why in the log of keepalived’s health checker, then reload it. Something else may have cleared the table (ipvsadm -C, kube-proxy --cleanup).',
        commands: [
          { node, command: 'journalctl -t Keepalived_healthcheckers -n 50 --no-pager' },
          { node, command: 'systemctl reload keepalived' },
        ],
      },
    },
  ];
};

export const virtualServerMissing = defineRule({
  id: 'virtual-server-missing',
  severity: 'high',
  needs: balancingNeeds,
  title: 'A configured virtual server is not in the kernel’s table',
  why: 'The VIP can be on the node while IPVS knows nothing of the service behind it: connections are refused by the load balancer itself. On a BACKUP it shows with the next failover.',
  proof:
    'The virtual_server blocks of the configuration, groups and firewall marks included, against /proc/net/ip_vs, on nodes whose health checkers run.',
  remedy: 'Reload keepalived, and see what cleared the table.',
  sources: [
    'keepalived ipwrapper.c init_service_vs',
    'Linux net/netfilter/ipvs/ip_vs_ctl.c ip_vs_info_seq_show',
  ],
  explains: [],
  check: (facets) => judgeBalancers(facets, (balancers) => balancers.flatMap(draftFor)),
});
