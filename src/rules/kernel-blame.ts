// Why a receiver's kernel withholds adverts that arrived, apart from its firewall: strict reverse-path filtering
// and a multicast group it no longer belongs to. It does not weigh these against other causes.
import type { Instance, LadderCell, ReversePathFacts } from '../cluster/model.ts';
import { blameFirewalls } from './firewall-blame.ts';
import { downLinks } from './link-state.ts';
import { bareAddress, cellBetween, type Facets, hostOf, stateOf } from './members.ts';

export interface ReversePathBlame {
  readonly instance: Instance;
  readonly facts: ReversePathFacts;
  readonly cell: LadderCell | undefined;
  readonly standing: 'now' | 'waiting';
}

/** Source validation fails: strict and answered elsewhere, or loose and not answerable at all (RFC 3704 §2.2, §2.4). */
const failsReversePath = (facts: ReversePathFacts): 'yes' | 'no' =>
  facts.answersVia !== 'unknown' &&
  ((facts.effective === 1 && facts.answersVia !== facts.interface) ||
    (facts.effective === 2 && facts.answersVia === 'none'))
    ? 'yes'
    : 'no';

const counterOf = (facets: Facets<'hosts'>, node: string): number | undefined => {
  const host = hostOf(facets.hosts, node);
  return host?.counterDeltas.kind === 'known'
    ? host.counterDeltas.value.TcpExtIPReversePathFilter
    : undefined;
};

export const blameReversePath = (
  facets: Facets<'hosts' | 'instances' | 'ladder'>,
): readonly ReversePathBlame[] => {
  const firewalled = blameFirewalls(facets, 'in').filter((blame) => blame.standing === 'now');
  // Routes of a link that is down lead elsewhere; they tell nothing about the time when it is up.
  const down = downLinks(facets).map((one) => one.instance.id);
  return facets.instances.flatMap((instance) => {
    const host = hostOf(facets.hosts, instance.node);
    if (
      down.includes(instance.id) ||
      host === undefined ||
      host.reversePath.kind === 'unknown' ||
      instance.family === 'ipv6'
    )
      return [];
    return host.reversePath.value
      .filter((facts) => facts.interface === instance.interface && failsReversePath(facts) === 'yes')
      .flatMap((facts): readonly ReversePathBlame[] => {
        const cell = cellBetween(facets.ladder, instance.group, facts.peer, instance.node);
        if (!facets.instances.some((peer) => peer.node === facts.peer && peer.group === instance.group))
          return [];
        if (cell !== undefined && cell.delivered !== 'unknown' && cell.delivered > 0 && cell.lostAt === null)
          return [];
        const dropsNow =
          cell?.lostAt === 'receiver-kernel' || (cell?.lostAt === 'unknown' && cell.delivered === 0);
        // Prerouting rules run before the filter: where a firewall drops and the counter rests, the filter waits.
        const hidden =
          counterOf(facets, instance.node) === 0 &&
          firewalled.some(
            (blame) =>
              blame.node === instance.node &&
              blame.group === instance.group &&
              blame.peers.includes(facts.peer),
          );
        return [{ instance, facts, cell, standing: dropsNow && !hidden ? 'now' : 'waiting' }];
      });
  });
};

export interface MembershipBlame {
  readonly instance: Instance;
  readonly multicastGroup: string;
  /** What the interface is a member of. */
  readonly joined: readonly string[];
  /** Cells whose adverts the missing membership withholds. */
  readonly cells: readonly LadderCell[];
  readonly standing: 'now' | 'waiting';
}

const holdsNoSocket = (facets: Facets<'nodes'>, node: string): boolean => {
  const processes = facets.nodes.find((candidate) => candidate.name === node)?.processes;
  return (
    processes?.kind === 'known' &&
    processes.value.every((process) => process.rawSockets !== 'unknown' && process.rawSockets.length === 0)
  );
};

const ownNamespace = (facets: Facets<'nodes'>, node: string): boolean => {
  const processes = facets.nodes.find((candidate) => candidate.name === node)?.processes;
  return processes?.kind === 'known' && processes.value.some((process) => process.networkNamespace === 'own');
};

export const blameMembership = (
  facets: Facets<'hosts' | 'instances' | 'ladder' | 'nodes'>,
): readonly MembershipBlame[] =>
  facets.instances.flatMap((instance): readonly MembershipBlame[] => {
    const host = hostOf(facets.hosts, instance.node);
    if (host === undefined || host.memberships.kind === 'unknown' || instance.configured.kind === 'unknown')
      return [];
    const state = stateOf(instance);
    const { mode, multicastGroup, useVmac } = instance.configured.value;
    if (mode === 'unicast' || instance.process !== 'running' || state === 'FAULT' || state === 'INIT')
      return [];
    // Without a socket there can be no membership; whatever denied the socket is the cause. In a namespace of its
    // own, keepalived joins where this reading did not look.
    if (holdsNoSocket(facets, instance.node) || ownNamespace(facets, instance.node)) return [];
    if (
      host.links.kind === 'known' &&
      !host.links.value.some((link) => link.name === instance.interface && link.up === 'yes')
    )
      return [];
    const joined = host.memberships.value[instance.interface] ?? [];
    const everywhere = useVmac ? Object.values(host.memberships.value).flat() : joined;
    if (everywhere.some((group) => bareAddress(group) === bareAddress(multicastGroup))) return [];
    const inbound = facets.ladder.filter(
      (cell) => cell.group === instance.group && cell.to === instance.node,
    );
    if (inbound.some((cell) => cell.delivered !== 'unknown' && cell.delivered > 0)) return [];
    const cells = inbound.filter(
      (cell) =>
        cell.due === 'yes' && cell.lostAt !== null && cell.lostAt !== 'sender' && cell.lostAt !== 'daemon',
    );
    return [{ instance, multicastGroup, joined, cells, standing: cells.length > 0 ? 'now' : 'waiting' }];
  });
