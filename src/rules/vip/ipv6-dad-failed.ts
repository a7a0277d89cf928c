// Root cause: duplicate address detection refused an IPv6 address.
import { judgeHosts } from '../host-judging.ts';
import { defineRule } from '../rule.ts';

export const ipv6DadFailed = defineRule({
  id: 'ipv6-dad-failed',
  severity: 'high',
  needs: ['hosts', 'instances'],
  title: 'Duplicate address detection refused an IPv6 address',
  why: 'An address that failed duplicate address detection is on the interface and does not work: the kernel neither answers for it nor sends from it. A VMAC’s link-local address or a VIP with `-nodad` taken away is dead that way.',
  proof: 'The `dadfailed` flag on an address of an interface an instance uses.',
  remedy:
    'Find the other owner, then remove the address and add it again; keepalived sets `nodad` on VIPs unless told otherwise.',
  sources: ['RFC 4862 §5.4', 'keepalived issues 364, 565'],
  explains: ['adverts-lost-unexplained'],
  check: ({ hosts, instances }) =>
    judgeHosts(
      hosts,
      (host) => host.heldAddresses,
      ({ node }, held) => {
        const used = new Set(instances.filter((one) => one.node === node).map((one) => one.interface));
        return held
          .filter(
            ({ flags, interface: name }) =>
              flags.includes('dadfailed') && (used.has(name) || /^vrrp/.test(name)),
          )
          .map(({ address, prefixLength, interface: name }) => ({
            subject: { nodes: [node] },
            title: `${address} on ${name} of ${node} failed duplicate address detection`,
            summary: 'Another host answered for it; the kernel does not use it.',
            evidence: [
              { node, source: 'ip -6 addr', quote: `${name}: inet6 ${address}/${prefixLength} dadfailed` },
            ],
            remedy: {
              text: 'Find who else has it, then remove it and add it again.',
              commands: [
                { node, command: `ip -6 neigh show ${address}` },
                { node, command: `ip -6 addr del ${address}/${prefixLength} dev ${name}` },
              ],
            },
          }));
      },
    ),
});
