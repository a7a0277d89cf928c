// Root cause to be: a service listens on the VIP itself, and cannot do so on a node that would take over.
import type { HostFacet, Instance } from '../../cluster/model.ts';
import { bareAddress, hostOf, listing, membersOf, stateOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const shown = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const bindsAhead = (host: HostFacet, vip: string): boolean =>
  host.sysctls.kind === 'unknown' ||
  host.sysctls.value[`net/${vip.includes(':') ? 'ipv6' : 'ipv4'}/ip_nonlocal_bind`] !== '0';

/** Ports on which something listens on the VIP alone. */
const portsOn = (host: HostFacet | undefined, vip: string): readonly number[] =>
  host?.listeners.kind === 'known'
    ? [
        ...new Set(
          host.listeners.value
            .filter(({ address }) => address !== 'any' && bareAddress(address) === bareAddress(vip))
            .map(({ port }) => port),
        ),
      ]
    : [];

export const serviceNotListeningOnVip = defineRule({
  id: 'service-not-listening-on-vip',
  severity: 'medium',
  needs: ['groups', 'instances', 'hosts', 'holders', 'configurations'],
  title: 'A service on the VIP cannot wait for it on the other nodes',
  why: 'A service that binds the VIP itself – haproxy, nginx, a database – cannot start where the VIP is not, unless `ip_nonlocal_bind` is on. After a failover the VIP has moved and nothing answers on it: “connection refused” until somebody starts the service.',
  proof:
    'On the MASTER something listens on the VIP alone; on another member nothing listens on that port, `ip_nonlocal_bind` is 0, and no notify script could start the service.',
  remedy:
    'Set `net.ipv4.ip_nonlocal_bind=1` (and the same for ipv6) on every node and start the service there, or let it listen on all addresses.',
  sources: ['Linux Documentation/networking/ip-sysctl.rst ip_nonlocal_bind', 'haproxy “cannot bind socket”'],
  explains: [],
  check: ({ groups, instances, hosts, holders, configurations }) => {
    const unread: string[] = [];
    const drafts = groups.flatMap((group): readonly FindingDraft[] => {
      const members = membersOf(group, instances);
      const master = members.find((member) => stateOf(member) === 'MASTER' && member.holdsVips === 'yes');
      const scripted = configurations.some(
        ({ node, config }) =>
          config.kind === 'known' &&
          members.some((member) => member.node === node) &&
          [...config.value.instances, ...config.value.syncGroups].some(({ notify }) => notify.length > 0),
      );
      if (master === undefined || scripted) return [];
      const masterHost = hostOf(hosts, master.node);
      if (masterHost?.listeners.kind === 'unknown')
        unread.push(`${master.node}: ${masterHost.listeners.reason}`);
      const vips = [...new Set(holders.filter((one) => one.group === group.id).map(({ vip }) => vip))];
      return vips.flatMap((vip) =>
        portsOn(masterHost, vip).flatMap((port): readonly FindingDraft[] => {
          const cannot = members.filter((member: Instance) => {
            const host = hostOf(hosts, member.node);
            return (
              member.node !== master.node &&
              host?.listeners.kind === 'known' &&
              !host.listeners.value.some((one) => one.port === port) &&
              !bindsAhead(host, vip)
            );
          });
          const [first, ...others] = cannot;
          if (first === undefined) return [];
          const nodes = cannot.map(({ node }) => node);
          const setting = `net.${vip.includes(':') ? 'ipv6' : 'ipv4'}.ip_nonlocal_bind`;
          const quote = ({ node }: Instance) => ({
            node,
            source: '/proc/sys, ss -ltn',
            quote: `${setting} = 0, and nothing listens on port ${port}`,
          });
          return [
            {
              subject: { nodes, vrid: group.vrid, vip },
              group: group.id,
              title: `nothing would answer on ${shown(vip, port)} after a failover to ${listing(nodes)}`,
              summary: `On ${master.node} a service listens on ${shown(vip, port)} itself; on ${listing(nodes)} it does not run and could not bind the VIP before it is there.`,
              evidence: asEvidence(
                { node: master.node, source: 'ss -ltn', quote: `LISTEN ${shown(vip, port)}` },
                [quote(first), ...others.map(quote)],
              ),
              remedy: {
                text: `Set ${setting}=1 on every node, keep it in /etc/sysctl.d, and start the service on all of them.`,
                commands: nodes.map((node) => ({ node, command: `sysctl -w ${setting}=1` })),
              },
            },
          ];
        }),
      );
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
