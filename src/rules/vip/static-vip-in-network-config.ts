// Root cause: the VIP is also written into the network configuration of a node.
import { bareAddress, listing, stateOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const staticVipInNetworkConfig = defineRule({
  id: 'static-vip-in-network-config',
  severity: 'high',
  needs: ['holders', 'hosts', 'instances'],
  title: 'The VIP is also a static address of a node',
  why: 'Written into netplan, ifcfg, NetworkManager, networkd or ifupdown, the VIP comes up with the network on every boot, whoever is MASTER: two hosts answer for it, and keepalived takes it away or not as it happens.',
  proof:
    'A line that assigns the VIP, in a file of the network manager of a node. It is critical where the node holds the VIP and is not MASTER.',
  remedy: 'Take the address out of the file; keepalived alone sets it.',
  sources: ['keepalived vrrp_ipaddress.c', 'netplan(5)', 'nm-settings-keyfile(5)', 'interfaces(5)'],
  explains: [
    'vip-orphaned-after-unclean-stop',
    'vip-held-twice',
    'duplicate-arp-answers',
    'vip-order-poisons-node-ip',
  ],
  check: ({ holders, hosts, instances }) => {
    const drafts = holders.flatMap((holding): readonly FindingDraft[] =>
      hosts.flatMap((host): readonly FindingDraft[] => {
        if (host.networkConfig.kind === 'unknown') return [];
        const lines = host.networkConfig.value.assigned.filter(
          ({ address }) => bareAddress(address) === bareAddress(holding.vip),
        );
        const [first, ...others] = lines;
        if (first === undefined) return [];
        const { node } = host;
        const own = instances.find((one) => one.node === node && one.group === holding.group);
        const held = holding.holders.filter((one) => one.node === node);
        const wrongly = held.length > 0 && own !== undefined && stateOf(own) !== 'MASTER';
        const quote = ({ file, line, text }: typeof first) => ({
          node,
          source: file,
          quote: `${file}:${line}: ${text}`,
        });
        return [
          {
            subject: { nodes: [node], vrid: holding.vrid, vip: holding.vip },
            group: holding.group,
            title: `VIP ${holding.vip} is also written into the network configuration of ${node} (${listing([...new Set(lines.map(({ file }) => file))])})`,
            summary: wrongly
              ? `${node} has it although it is not MASTER.`
              : `${node} takes it with its network at every boot, whoever is MASTER.`,
            evidence: asEvidence(quote(first), [...others.map(quote), ...held.map((one) => one.quote)]),
            remedy: {
              text: `Take ${holding.vip} out of ${first.file}${wrongly ? ', and off the interface' : ''}.`,
              commands: [
                ...(wrongly
                  ? held.map((one) => ({
                      node,
                      command: `ip addr del ${/(\S+\/\d+)/.exec(one.quote.quote)?.[1] ?? holding.vip} dev ${one.interface}`,
                    }))
                  : []),
                { node, command: `grep -n '${holding.vip}' '${first.file}'` },
              ],
            },
            ...(wrongly ? { severity: 'critical' } : {}),
          },
        ];
      }),
    );
    const unread =
      holders.length === 0
        ? []
        : hosts.flatMap(({ node, networkConfig }) =>
            networkConfig.kind === 'unknown' ? [`${node}: ${networkConfig.reason}`] : [],
          );
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
