// Root cause: an IPv6 instance whose interface lacks a link-local address.

import { isDown } from '../link-state.ts';
import { bareAddress, hostOf, stateOf } from '../members.ts';
import { quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

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
  check: ({ hosts, instances }) => {
    const unread: string[] = [];
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const { node, configured } = instance;
      if (instance.family !== 'ipv6') return [];
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
      return !link.addresses.some((address) => /^fe[89ab]/i.test(address) && !vips.has(bareAddress(address)))
        ? [
            {
              subject: { nodes: [node], vrid: instance.vrid },
              group: instance.group,
              title: `${link.name} on ${node} has no link-local address`,
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
                text: 'Let the kernel make a link-local address again by setting the interface down and up, and see why it was gone.',
                commands: [{ node, command: `ip -6 addr show dev ${link.name}` }],
              },
            },
          ]
        : [];
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
