// Root cause: an IPv6 instance whose interface lacks a link-local address.
import { judgeMissingAddress } from '../missing-address.ts';
import { defineRule } from '../rule.ts';

export const ipv6NoLinkLocalFault = defineRule({
  id: 'ipv6-no-link-local-fault',
  severity: 'critical',
  needs: ['hosts', 'instances'],
  title: 'The interface of an instance has no link-local address',
  why: 'Adverts of IPv6 are sent from the link-local address of the interface. Without one keepalived keeps the instance in FAULT and the node cannot take over.',
  proof:
    'The instance is in FAULT and its interface holds no address in fe80::/10 besides VIPs, while it is up.',
  remedy:
    'Let the interface have a link-local address (`addrgenmode eui64`, `keep_addr_on_down`), then restart releases before 2.2.8.',
  sources: ['keepalived issue 2275', 'keepalived pull requests 2274 and 2353'],
  explains: ['no-master', 'vip-on-no-node', 'adverts-lost-unexplained'],
  check: (facets) =>
    judgeMissingAddress(facets, {
      family: 'ipv6',
      serves: (address) => /^fe[89ab]/i.test(address),
      lacks: 'no link-local address',
      fix: 'Let the kernel make a link-local address again by setting the interface down and up, and see why it was gone.',
      command: (name) => `ip -6 addr show dev ${name}`,
    }),
});
