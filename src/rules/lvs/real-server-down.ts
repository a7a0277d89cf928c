// Symptom of the service behind the VIP: real servers that failed their checks. It does not ask why they failed.
import type { IpvsService, VirtualServerConfig } from '../../cluster/model.ts';
import {
  type Balancer,
  balancingNeeds,
  judgeBalancers,
  nameOfKey,
  quoteServer,
  serviceOf,
} from '../balancing.ts';
import { bareAddress, hostOf, listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, type Severity } from '../rule.ts';

type RealServer = VirtualServerConfig['realServers'][number];

const nameOf = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

const isServer = (real: RealServer, service: IpvsService) => (one: IpvsService['servers'][number]) =>
  bareAddress(one.address) === bareAddress(real.address) &&
  (one.port === real.port || one.port === 0 || (real.port === 0 && one.port === service.port));

interface Failing {
  readonly balancer: Balancer;
  readonly server: VirtualServerConfig;
  readonly service: IpvsService;
  readonly name: string;
  readonly down: readonly RealServer[];
  readonly left: number;
}

const failingOf = (balancer: Balancer): readonly Failing[] =>
  balancer.config.virtualServers.flatMap((server) =>
    server.services.flatMap((key): readonly Failing[] => {
      const service = serviceOf(key, balancer.table);
      if (service === undefined) return [];
      // A weight of 0 is an operator’s way to drain a server.
      const wanted = server.realServers.filter(({ weight }) => weight > 0);
      const down = wanted.filter(
        (real) => !service.servers.some((one) => isServer(real, service)(one) && one.weight > 0),
      );
      return down.length === 0
        ? []
        : [{ balancer, server, service, name: nameOfKey(key), down, left: wanted.length - down.length }];
    }),
  );

const sorryStands = ({ server: { sorryServer }, service }: Failing): boolean =>
  sorryServer !== undefined &&
  service.servers.some(
    (one) => bareAddress(one.address) === bareAddress(sorryServer.address) && one.weight > 0,
  );

export const realServerDown = defineRule({
  id: 'real-server-down',
  severity: 'medium',
  needs: balancingNeeds,
  title: 'Real servers behind a virtual server are down',
  why: 'keepalived takes a real server that fails its check out of the kernel’s table, or sets its weight to 0. With none left, clients reach the VIP and nobody answers behind it: VRRP looks perfect meanwhile.',
  proof:
    'Real servers of the configuration with a weight, against those in /proc/net/ip_vs. None left is critical where the VIP stands on the node, high elsewhere; a sorry server makes it high.',
  remedy: 'See what the check says (log of the health checker), and the service on the real server.',
  sources: [
    'keepalived ipwrapper.c perform_svr_state',
    'keepalived.conf(5) inhibit_on_failure, sorry_server',
  ],
  explains: [],
  check: (facets) =>
    judgeBalancers(facets, (balancers) => {
      const failing = balancers.flatMap(failingOf);
      return [...new Set(failing.map(({ name }) => name))].flatMap((name): readonly FindingDraft[] => {
        const own = failing.filter((one) => one.name === name);
        const [first, ...others] = own;
        if (first === undefined) return [];
        const nodes = own.map(({ balancer }) => balancer.node);
        const fine = balancers
          .filter(
            ({ node, config }) =>
              !nodes.includes(node) && config.virtualServers.some((one) => one.name === first.server.name),
          )
          .map(({ node }) => node);
        const down = [...new Set(own.flatMap((one) => one.down.map(nameOf)))];
        const empty = own.filter(({ left }) => left === 0);
        const holds = ({ balancer, service }: Failing): boolean => {
          const held = hostOf(facets.hosts, balancer.node)?.heldAddresses;
          return (
            service.protocol === 'FWM' ||
            (held?.kind === 'known' &&
              held.value.some((one) => bareAddress(one.address) === bareAddress(service.address)))
          );
        };
        const severity: Severity =
          empty.length === 0
            ? 'medium'
            : empty.some((one) => holds(one) && !sorryStands(one))
              ? 'critical'
              : 'high';
        return [
          {
            subject: { nodes, ...(first.service.address === '' ? {} : { vip: first.service.address }) },
            title:
              empty.length > 0
                ? `no real server of ${name} is left on ${listing(empty.map(({ balancer }) => balancer.node))}${empty.some(sorryStands) ? '; the sorry server answers' : ''}`
                : `real server ${listing(down)} of ${name} is down for ${listing(nodes)}`,
            summary: `keepalived’s checks took ${listing(down)} out; ${own.map(({ balancer, left }) => `${balancer.node} has ${left} left`).join(', ')}.${fine.length === 0 ? '' : ` ${listing(fine)} ${fine.length === 1 ? 'still has' : 'still have'} all of them: it is the way from ${listing(nodes)}, not the server.`}`,
            evidence: asEvidence(
              {
                node: first.balancer.node,
                source: '/proc/net/ip_vs',
                quote: `${first.service.text} → ${first.service.servers.map((one) => `${nameOf(one)} ${one.forward} weight ${one.weight}`).join(', ') || 'no real server'}`,
              },
              [
                quoteServer(first.balancer.node, first.server),
                ...others.map((one) => ({
                  node: one.balancer.node,
                  source: '/proc/net/ip_vs',
                  quote: `${one.service.text} → ${one.service.servers.map((server) => `${nameOf(server)} weight ${server.weight}`).join(', ') || 'no real server'}`,
                })),
              ],
            ),
            remedy: {
              text: 'See which check failed and why; mend the service on the real server, or the way to it.',
              commands: nodes.map((node) => ({
                node,
                command: 'journalctl -t Keepalived_healthcheckers -n 50 --no-pager',
              })),
            },
            severity,
          },
        ];
      });
    }),
});
