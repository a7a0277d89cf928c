// Root cause: an IPv4 instance whose interface lacks an IPv4 address of its own.
import { judgeMissingAddress } from '../missing-address.ts';
import { defineRule } from '../rule.ts';

export const noIpv4OnInterfaceFault = defineRule({
  id: 'no-ipv4-on-interface-fault',
  severity: 'critical',
  needs: ['hosts', 'instances'],
  title: 'The interface of an instance has no IPv4 address of its own',
  why: 'Adverts of IPv4 are sent from the primary address of the interface. Without one keepalived keeps the instance in FAULT and the node cannot take over.',
  proof: 'The instance is in FAULT and its interface holds no IPv4 address besides VIPs, while it is up.',
  remedy:
    'Give the interface its address (DHCP that has not finished, a profile that was not applied), or set `mcast_src_ip`/`unicast_src_ip`.',
  sources: ['keepalived vrrp.c (no IPv4 address for interface)'],
  explains: ['no-master', 'vip-on-no-node', 'adverts-lost-unexplained'],
  check: (facets) =>
    judgeMissingAddress(facets, {
      family: 'ipv4',
      serves: (address) => !address.includes(':'),
      lacks: 'no IPv4 address of its own',
      fix: 'Configure the address of the interface and see why it is missing (DHCP, profile, order at boot).',
      command: (name) => `ip addr show dev ${name}`,
    }),
});
