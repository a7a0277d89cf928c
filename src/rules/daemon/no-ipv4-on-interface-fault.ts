// Root cause: an IPv4 instance whose interface lacks an IPv4 address of its own.

import { isDown } from '../link-state.ts';
import { bareAddress, hostOf, stateOf } from '../members.ts';
import { quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

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
  check: ({ hosts, instances }) => {
    const unread: string[] = [];
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const { node, configured } = instance;
      if (instance.family !== 'ipv4') return [];
      const links = hostOf(hosts, node)?.links;
      if (links === undefined || links.kind === 'unknown') {
        unread.push(`${node}: ${links?.reason ?? 'its host was not read'}`);
        return [];
      }
      const link = links.value.find(({ name }) => name === instance.interface);
      const vips = new Set(
        configured.kind === 'known'
          ? [...configured.value.vips, ...configured.value.excludedVips].map(bareAddress)
          : [],
      );
      if (stateOf(instance) !== 'FAULT' || link === undefined || isDown(link)) return [];
      return !link.addresses.some((address) => !address.includes(':') && !vips.has(bareAddress(address)))
        ? [
            {
              subject: { nodes: [node], vrid: instance.vrid },
              group: instance.group,
              title: `${link.name} on ${node} has no IPv4 address of its own`,
              summary: `${instance.name} stays in FAULT: adverts would have no source address.`,
              evidence: [
                {
                  node,
                  source: 'ip addr',
                  quote: `${link.name}: ${link.addresses.length === 0 ? 'no address' : link.addresses.join(', ')}`,
                },
                quoteState(instance),
              ],
              remedy: {
                text: 'Configure the address of the interface and see why it is missing (DHCP, profile, order at boot).',
                commands: [{ node, command: `ip addr show dev ${link.name}` }],
              },
            },
          ]
        : [];
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
