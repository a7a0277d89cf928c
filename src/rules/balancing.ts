// What keepalived is to hand to IPVS and what the kernel balances, side by side for every node whose health checkers
// run. It judges nothing.
import type {
  IpvsService,
  IpvsTable,
  KeepalivedConfig,
  NodeFacet,
  Quote,
  ServiceKey,
  VirtualServerConfig,
} from '../cluster/model.ts';
import { bareAddress, type Facets } from './members.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

export const balancingNeeds = ['nodes', 'configurations', 'hosts'] as const;
export type BalancingNeeds = (typeof balancingNeeds)[number];

export interface Balancer {
  readonly node: string;
  readonly config: KeepalivedConfig;
  readonly table: IpvsTable;
}

/** `--vrrp` (`-P`) starts no health checkers; then keepalived leaves IPVS alone (core/main.c). */
const onlyVrrp = (commandLine: readonly string[]): boolean =>
  commandLine.slice(1).some((word) => word === '--vrrp' || /^-[A-Za-z]*P[A-Za-z]*$/.test(word));

const checkersRun = (node: NodeFacet): 'yes' | 'no' | 'unknown' =>
  node.processes.kind === 'unknown'
    ? 'unknown'
    : node.processes.value.some(({ commandLine }) => !onlyVrrp(commandLine))
      ? 'yes'
      : 'no';

interface Balancing {
  readonly balancers: readonly Balancer[];
  readonly unread: readonly string[];
}

/** Nodes that are to balance something. */
const balancingOf = (facets: Facets<BalancingNeeds>): Balancing => {
  const unread: string[] = [];
  const balancers = facets.configurations.flatMap(({ node, config }): readonly Balancer[] => {
    const facet = facets.nodes.find((one) => one.name === node);
    if (config.kind === 'unknown' || config.value.virtualServers.length === 0 || facet === undefined)
      return [];
    const running = checkersRun(facet);
    const ipvs = facets.hosts.find((host) => host.node === node)?.ipvs;
    if (running === 'no') return [];
    if (running === 'unknown' || ipvs === undefined || ipvs.kind === 'unknown') {
      unread.push(
        `${node}: ${ipvs?.kind === 'unknown' ? ipvs.reason : 'whether its health checkers run is not known'}`,
      );
      return [];
    }
    return [{ node, config: config.value, table: ipvs.value }];
  });
  return { balancers, unread };
};

export const judgeBalancers = (
  facets: Facets<BalancingNeeds>,
  draftsOf: (balancers: readonly Balancer[]) => readonly FindingDraft[],
): Outcome => {
  const { balancers, unread } = balancingOf(facets);
  const drafts = draftsOf(balancers);
  return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
};

const isFamily = (service: IpvsService, family: 'ipv4' | 'ipv6'): boolean =>
  service.servers.every(({ address }) => address.includes(':') === (family === 'ipv6'));

/** One mark may stand for a service of each family; the table tells them apart by their servers only. */
export const serviceOf = (key: ServiceKey, table: IpvsTable): IpvsService | undefined =>
  table.services.find((service) =>
    key.kind === 'fwmark'
      ? service.mark === key.mark && isFamily(service, key.family)
      : service.protocol === key.protocol &&
        service.port === key.port &&
        bareAddress(service.address) === bareAddress(key.address),
  );

export const nameOfKey = (key: ServiceKey): string =>
  key.kind === 'fwmark'
    ? `fwmark ${key.mark}`
    : `${key.protocol} ${key.address.includes(':') ? `[${key.address}]` : key.address}:${key.port}`;

export const quoteServer = (node: string, server: VirtualServerConfig): Quote => ({
  node,
  source: server.source.file,
  quote: `${server.source.file}:${server.source.line}: virtual_server ${server.name}`,
});
