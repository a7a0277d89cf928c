// Which lost adverts are already accounted for by a proven cause on their path or a disagreement of their members,
// and what was cleared for the others. It puts the other domain files together and finds nothing itself.
import type { Instance, LadderCell } from '../cluster/model.ts';
import {
  authTypeDisagreements,
  type Disagreement,
  intervalDisagreements,
  modeDisagreements,
  passwordDisagreements,
  versionDisagreements,
  vipListDisagreements,
} from './disagreement.ts';
import { blameFirewalls } from './firewall-blame.ts';
import { blameMembership, blameReversePath } from './kernel-blame.ts';
import { downLinks } from './link-state.ts';
import { bareAddress, type Facets, hostOf, isMulticast } from './members.ts';
import { networkLosses } from './network-loss.ts';
import { stalledProcesses } from './process-health.ts';
import { peerEdges } from './unicast-graph.ts';
import { vridMismatches } from './vrid-comparison.ts';

export type LossNeeds = 'groups' | 'instances' | 'adverts' | 'ladder' | 'hosts' | 'nodes' | 'segment';

const nodesIn = (members: readonly Instance[]): readonly string[] => members.map((member) => member.node);

/** Both ends of the cell are in the comparison and at least one of them is an odd one out. */
const setsApart = (
  cell: LadderCell,
  group: string,
  odd: readonly string[],
  rest: readonly string[],
): boolean =>
  cell.group === group &&
  [cell.from, cell.to].some((node) => odd.includes(node)) &&
  [cell.from, cell.to].every((node) => odd.includes(node) || rest.includes(node));

const byDisagreement = (cell: LadderCell, all: readonly Disagreement[]): boolean =>
  all.some(({ group, odd, rest }) =>
    setsApart(
      cell,
      group.id,
      nodesIn(odd.map((one) => one.instance)),
      nodesIn(rest.map((one) => one.instance)),
    ),
  );

/** Lost cells nothing accounts for. Receivers without keepalived are expected to get nothing. */
export const unexplainedLosses = (facets: Facets<LossNeeds>): readonly LadderCell[] => {
  const inbound = blameFirewalls(facets, 'in').filter((blame) => blame.standing === 'now');
  const outbound = blameFirewalls(facets, 'out').filter((blame) => blame.standing === 'now');
  const reversePath = blameReversePath(facets).filter((blame) => blame.standing === 'now');
  const membership = blameMembership(facets).filter((blame) => blame.standing === 'now');
  const network = networkLosses(facets).filter((loss) => loss.shape !== 'unicast-both-ways');
  const modes = modeDisagreements(facets);
  const checks = [
    ...modes,
    ...versionDisagreements(facets),
    ...intervalDisagreements(facets),
    ...authTypeDisagreements(facets),
    ...passwordDisagreements(facets),
    ...vipListDisagreements(facets),
  ];
  const vrids = vridMismatches(facets);
  const edges = peerEdges(facets).filter((edge) => edge.entry !== 'listed');
  const stalled = stalledProcesses(facets.nodes).map((one) => one.node);
  const down = downLinks(facets).map((one) => one.instance.id);
  const explained = (cell: LadderCell): boolean => {
    const instanceOn = (node: string) =>
      facets.instances.find((instance) => instance.group === cell.group && instance.node === node);
    const to = instanceOn(cell.to);
    const from = instanceOn(cell.from);
    if (to?.process === 'stopped' || from?.process === 'stopped') return true;
    if (stalled.includes(cell.to) || stalled.includes(cell.from)) return true;
    if ([from, to].some((end) => end !== undefined && down.includes(end.id))) return true;
    if (
      edges.some(
        (edge) =>
          edge.group.id === cell.group &&
          [edge.from.node, edge.to.node].includes(cell.to) &&
          [edge.from.node, edge.to.node].includes(cell.from),
      )
    )
      return true;
    if (vrids.some(({ group, odd, rest }) => setsApart(cell, group.id, nodesIn(odd), nodesIn(rest))))
      return true;
    switch (cell.lostAt) {
      case 'sender':
        // Every advert keepalived refuses starts its own timer anew (vrrp_scheduler.c), so that a MASTER who keeps
        // hearing what it refuses may never come to send.
        return (
          byDisagreement(cell, checks) ||
          outbound.some(
            (blame) =>
              blame.group === cell.group && blame.node === cell.from && blame.peers.includes(cell.to),
          )
        );
      case 'network':
        return (
          network.some((loss) => loss.cell === cell) ||
          byDisagreement(cell, modes) ||
          membership.some((blame) => blame.cells.includes(cell))
        );
      case 'daemon':
        return (
          byDisagreement(cell, checks) ||
          facets.adverts.streams.some(
            (stream) =>
              stream.sender === cell.from &&
              stream.vrid === cell.vrid &&
              isMulticast(stream.dst) &&
              stream.ttl !== 255,
          )
        );
      default:
        return (
          inbound.some(
            (blame) =>
              blame.group === cell.group && blame.node === cell.to && blame.peers.includes(cell.from),
          ) ||
          reversePath.some(
            (blame) =>
              blame.instance.group === cell.group &&
              blame.instance.node === cell.to &&
              blame.facts.peer === cell.from,
          ) ||
          membership.some((blame) => blame.cells.includes(cell)) ||
          byDisagreement(cell, modes)
        );
    }
  };
  return facets.ladder.filter(
    (cell) =>
      cell.due === 'yes' &&
      cell.lostAt !== null &&
      (cell.loss === 'all' || cell.loss === 'some') &&
      !explained(cell),
  );
};

/** What could withhold adverts in the receiver's kernel, and what the readings say of it. */
export const clearedInKernel = (
  cell: LadderCell,
  facets: Facets<'hosts' | 'instances'>,
): { readonly cleared: readonly string[]; readonly open: readonly string[] } => {
  const host = hostOf(facets.hosts, cell.to);
  const instance = facets.instances.find((one) => one.group === cell.group && one.node === cell.to);
  if (host === undefined || instance === undefined)
    return { cleared: [], open: ['nothing of the host could be read'] };
  const cleared: string[] = [];
  const open: string[] = [];
  const judgement =
    host.firewall.kind === 'known'
      ? host.firewall.value.judgements.find(
          (one) => one.instance === instance.id && one.direction === 'in' && one.peer === cell.from,
        )
      : undefined;
  if (judgement?.outcome === 'accept') cleared.push('netfilter (accepts)');
  else if (judgement === undefined)
    open.push(
      host.firewall.kind === 'unknown' ? `netfilter (${host.firewall.reason})` : 'netfilter (not judged)',
    );
  else
    open.push(
      `netfilter (${[...judgement.uncertain, ...judgement.candidates.map((rule) => rule.text)].join('; ') || judgement.outcome})`,
    );
  const path =
    host.reversePath.kind === 'known'
      ? host.reversePath.value.find((one) => one.peer === cell.from && one.interface === instance.interface)
      : undefined;
  if (instance.family === 'ipv4') {
    if (path !== undefined && path.answersVia !== 'unknown')
      cleared.push(`rp_filter (${path.effective}, ${path.source} is answered through ${path.answersVia})`);
    else
      open.push(
        host.reversePath.kind === 'unknown'
          ? `rp_filter (${host.reversePath.reason})`
          : 'rp_filter (route unknown)',
      );
  }
  const configured = instance.configured.kind === 'known' ? instance.configured.value : undefined;
  if (configured?.mode === 'multicast') {
    if (host.memberships.kind === 'unknown') open.push(`membership (${host.memberships.reason})`);
    else if (
      Object.values(host.memberships.value)
        .flat()
        .some((group) => bareAddress(group) === bareAddress(configured.multicastGroup))
    )
      cleared.push(`membership (${configured.multicastGroup} is joined)`);
    else open.push(`membership (${configured.multicastGroup} is missing)`);
  }
  return { cleared, open };
};
