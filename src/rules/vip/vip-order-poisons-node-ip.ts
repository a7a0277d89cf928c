// Root cause to be: the VIP comes first among the addresses of its interface.

import { judgeHosts } from '../host-judging.ts';
import { bareAddress } from '../members.ts';
import { defineRule } from '../rule.ts';

export const vipOrderPoisonsNodeIp = defineRule({
  id: 'vip-order-poisons-node-ip',
  severity: 'medium',
  needs: ['hosts', 'instances'],
  title: 'The VIP comes before the node’s own address',
  why: 'Programs that take the first address of an interface for the node’s own – kubelet, flannel, keepalived itself at its next start – take the VIP, and lose it at the next failover.',
  proof:
    'The first address of the family on the interface is a VIP of its instance, and the node’s own comes after it in the same subnet.',
  remedy: 'Give the VIP a /32 (or /128) prefix, and add the node’s own address first.',
  sources: ['kube-vip issue 1385', 'keepalived vrrp_if.c'],
  explains: ['unicast-wrong-source-address'],
  check: ({ hosts, instances }) =>
    judgeHosts(
      hosts,
      (host) => host.heldAddresses,
      ({ node }, held) =>
        instances
          .filter((one) => one.node === node && one.family === 'ipv4')
          .flatMap(({ configured, interface: name, vrid, group }) => {
            if (configured.kind === 'unknown') return [];
            const vips = new Set(
              [...configured.value.vips, ...configured.value.excludedVips].map(bareAddress),
            );
            const here = held.filter((one) => one.interface === name && one.family === 'ipv4');
            const own = here.find(({ address }) => !vips.has(bareAddress(address)));
            const [first] = here;
            return first === undefined || own === undefined || !vips.has(bareAddress(first.address))
              ? []
              : [
                  {
                    subject: { nodes: [node], vrid, vip: first.address },
                    group,
                    title: `The VIP ${first.address} comes before ${own.address} on ${name} of ${node}`,
                    summary: `What takes the first address of ${name} for the node’s own takes the VIP.`,
                    evidence: [
                      {
                        node,
                        source: 'ip addr',
                        quote: `${name}: ${here.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(', ')}`,
                      },
                    ] as const,
                    remedy: {
                      text: 'Give the VIP a /32 prefix and let the node’s own address be configured before keepalived starts.',
                      commands: [{ node, command: `ip -4 addr show dev ${name}` }],
                    },
                  },
                ];
          }),
    ),
});
