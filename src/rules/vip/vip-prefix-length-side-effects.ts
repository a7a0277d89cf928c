// Root cause to be: when the VIP goes, the kernel takes the node’s own address with it.
import type { HeldAddressFacts } from '../../cluster/model.ts';
import { judgeHosts } from '../host-judging.ts';
import { bareAddress } from '../members.ts';
import { defineRule } from '../rule.ts';

const subnetOf = ({ address, prefixLength }: HeldAddressFacts): string => {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return `${Math.floor(number / 2 ** (32 - prefixLength))}/${prefixLength}`;
};

const flagged = ({ flags }: HeldAddressFacts): boolean => flags.includes('secondary');

export const vipPrefixLengthSideEffects = defineRule({
  id: 'vip-prefix-length-side-effects',
  severity: 'medium',
  needs: ['hosts', 'instances'],
  title: 'The node’s own address hangs on the VIP',
  why: 'A VIP written with the prefix of the subnet can become its primary address, and the node’s own a secondary one. Removing a primary removes its secondaries: at the next failover the node loses its own address, and with it its source for adverts.',
  proof:
    'The VIP is primary and an address of the node is secondary in the same subnet of the interface, with `promote_secondaries` off.',
  remedy: 'Write the VIP with /32, or set `promote_secondaries`.',
  sources: ['keepalived.conf(5) promote_secondaries', 'Linux net/ipv4/devinet.c __inet_del_ifa'],
  explains: ['unicast-wrong-source-address'],
  check: ({ hosts, instances }) =>
    judgeHosts(
      hosts,
      ({ heldAddresses, sysctls }) =>
        heldAddresses.kind === 'unknown'
          ? heldAddresses
          : sysctls.kind === 'unknown'
            ? sysctls
            : { kind: 'known', value: { held: heldAddresses.value, sysctls: sysctls.value } },
      ({ node }, { held, sysctls }) =>
        instances
          .filter((one) => one.node === node && one.family === 'ipv4')
          .flatMap(({ configured, interface: name, vrid, group }) => {
            if (configured.kind === 'unknown') return [];
            // The kernel promotes when either `all` or the interface says so (IN_DEV_PROMOTE_SECONDARIES).
            if (['all', name].some((which) => sysctls[`net/ipv4/conf/${which}/promote_secondaries`] === '1'))
              return [];
            const vips = new Set(
              [...configured.value.vips, ...configured.value.excludedVips].map(bareAddress),
            );
            const here = held.filter((one) => one.interface === name && one.family === 'ipv4');
            const isVip = ({ address }: HeldAddressFacts): boolean => vips.has(bareAddress(address));
            return here
              .filter((one) => isVip(one) && !flagged(one) && one.prefixLength < 32)
              .flatMap((vip) => {
                const own = here.find(
                  (one) => !isVip(one) && flagged(one) && subnetOf(one) === subnetOf(vip),
                );
                return own === undefined
                  ? []
                  : [
                      {
                        subject: { nodes: [node], vrid, vip: vip.address },
                        group,
                        title: `When ${vip.address} leaves ${name} of ${node}, ${own.address} goes with it`,
                        summary: `${own.address} is secondary to the VIP, and promote_secondaries is off.`,
                        evidence: [
                          {
                            node,
                            source: 'ip addr',
                            quote: `${name}: ${vip.address}/${vip.prefixLength} primary, ${own.address}/${own.prefixLength} secondary`,
                          },
                          {
                            node,
                            source: 'sysctl',
                            quote: `net.ipv4.conf.${name}.promote_secondaries is not 1`,
                          },
                        ] as const,
                        remedy: {
                          text: 'Switch promote_secondaries on now, and write the VIP with /32 on every member.',
                          commands: [
                            { node, command: `sysctl -w net.ipv4.conf.${name}.promote_secondaries=1` },
                          ],
                        },
                      },
                    ];
              });
          }),
    ),
});
