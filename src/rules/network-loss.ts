// Adverts that left one host and never arrived at the other, sorted by the shape of the loss: one way, both ways,
// or after a group aged out of a snooping switch. Losses that a host accounts for itself are left out.
import type { Instance, LadderCell, NodeFacet } from '../cluster/model.ts';
import { blameMembership } from './kernel-blame.ts';
import { downLinks } from './link-state.ts';
import { cellBetween, type Facets, stateOf } from './members.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

export interface NetworkLoss {
  readonly cell: LadderCell;
  readonly from: Instance;
  readonly to: Instance;
  readonly shape: 'multicast-blocked' | 'group-aged-out' | 'one-way' | 'unicast-both-ways';
  /** For `group-aged-out`: how long the receiver heard before it became deaf, s. */
  readonly heardForSeconds?: number;
}

/** What adverts that are lost on the network bring about, whatever the shape of the loss. */
export const broughtAboutByLoss = [
  'multiple-masters',
  'vip-held-twice',
  'duplicate-arp-answers',
  'one-way-reachability',
  'adverts-lost-unexplained',
] as const;

/** Nothing is cleared where nobody could see what arrives. */
export const judgeLosses = ({ ladder }: Facets<'ladder'>, drafts: readonly FindingDraft[]): Outcome =>
  drafts.length === 0 && ladder.length > 0 && ladder.every((cell) => cell.arrived === 'unknown')
    ? notEvaluated('what arrives could not be captured on any node')
    : foundOrClear(drafts);

export type NetworkNeeds = 'hosts' | 'instances' | 'ladder' | 'nodes' | 'segment';

/**
 * Snooping forgets a group 260 s after its last report by default (RFC 2236 §8.4). The margins are narrow on
 * purpose: a block that begins at any other moment looks the same but for this.
 */
const ageingSeconds = { least: 235, most: 295 } as const;

/** Whoever takes over sooner after its start never heard anybody. */
const heardAtAllSeconds = 30;

const lastEntry = (node: NodeFacet | undefined, instance: Instance, state: 'MASTER' | 'BACKUP') => {
  if (node === undefined || node.log.kind === 'unknown') return undefined;
  const lines = node.log.value.filter(
    (line) =>
      line.text.includes(`(${instance.name})`) && new RegExp(`Entering ${state} STATE`).test(line.text),
  );
  return lines.at(-1)?.atMs;
};

/** Seconds between the receiver's start as BACKUP and the moment it took over for want of adverts. */
const hearingSpan = (to: Instance, nodes: readonly NodeFacet[]): number | undefined => {
  const node = nodes.find((candidate) => candidate.name === to.node);
  const master = lastEntry(node, to, 'MASTER');
  const backup = lastEntry(node, to, 'BACKUP');
  return master === undefined || backup === undefined || master < backup
    ? undefined
    : (master - backup) / 1000;
};

/** Every receiver that had heard and then took over did so after one ageing time. */
const agedOut = (losses: readonly NetworkLoss[], facets: Facets<NetworkNeeds>): number | undefined => {
  if (facets.segment.igmpQueries !== 0) return undefined;
  const spans = [...new Set(losses.map((loss) => loss.to))]
    .filter((to) => stateOf(to) === 'MASTER')
    .flatMap((to) => hearingSpan(to, facets.nodes) ?? [])
    .filter((seconds) => seconds > heardAtAllSeconds);
  return spans.every((seconds) => seconds >= ageingSeconds.least && seconds <= ageingSeconds.most)
    ? spans[0]
    : undefined;
};

const hearsSomebody = (node: string, lost: LadderCell, facets: Facets<'ladder'>): boolean =>
  facets.ladder.some(
    (cell) =>
      cell.group === lost.group &&
      cell.to === node &&
      cell.due === 'yes' &&
      cell.arrived !== 'unknown' &&
      cell.arrived > 0,
  );

const isMulticastMode = (instance: Instance): boolean =>
  instance.configured.kind === 'known' && instance.configured.value.mode === 'multicast';

export const networkLosses = (facets: Facets<NetworkNeeds>): readonly NetworkLoss[] => {
  const unjoined = blameMembership(facets).map((blame) => blame.instance.id);
  const down = downLinks(facets).map((one) => one.instance.id);
  const losses = facets.ladder.flatMap((cell): readonly NetworkLoss[] => {
    if (cell.due === 'no' || cell.lostAt !== 'network') return [];
    const inGroup = (node: string) =>
      facets.instances.find((instance) => instance.group === cell.group && instance.node === node);
    const [from, to] = [inGroup(cell.from), inGroup(cell.to)];
    if (from === undefined || to === undefined || to.process === 'stopped') return [];
    if (unjoined.includes(to.id) || down.includes(to.id) || down.includes(from.id)) return [];
    // A unicast sender and a multicast receiver miss each other without any fault of the network.
    if (isMulticastMode(from) !== isMulticastMode(to)) return [];
    const back = cellBetween(facets.ladder, cell.group, cell.to, cell.from);
    const backArrives =
      back !== undefined && back.due === 'yes' && back.arrived !== 'unknown' && back.arrived > 0;
    if (backArrives && back.lostAt !== 'network') return [{ cell, from, to, shape: 'one-way' }];
    // The way back may owe nothing; then it counts whether both ends hear anybody else.
    if (back?.due !== 'yes' && hearsSomebody(cell.from, cell, facets) && hearsSomebody(cell.to, cell, facets))
      return [{ cell, from, to, shape: 'one-way' }];
    const backLost = back?.due === 'yes' && back.lostAt === 'network';
    if (!isMulticastMode(from))
      return [{ cell, from, to, shape: backLost ? 'unicast-both-ways' : 'one-way' }];
    return [{ cell, from, to, shape: 'multicast-blocked' }];
  });
  return losses.map((loss): NetworkLoss => {
    if (loss.shape !== 'multicast-blocked') return loss;
    const inGroup = losses.filter(
      (other) => other.cell.group === loss.cell.group && other.shape === 'multicast-blocked',
    );
    const heardForSeconds = agedOut(inGroup, facets);
    return heardForSeconds === undefined ? loss : { ...loss, shape: 'group-aged-out', heardForSeconds };
  });
};
