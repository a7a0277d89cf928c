// Which firewall rule is to blame for which lost adverts. A judgement of the rule set alone is not enough: the
// ladder must agree, or the loss must be one that waits for the next failover. It knows nothing of other causes.
import type { FirewallJudgement, FirewallRule, Instance, LadderCell } from '../cluster/model.ts';
import { bareAddress, cellBetween, type Facets, stateOf } from './members.ts';
import { counterRise } from './quoting.ts';

export interface FirewallBlame {
  readonly node: string;
  readonly group: string;
  readonly vrid: number;
  readonly direction: 'in' | 'out';
  /** Peers whose adverts (in), or towards whom adverts (out), are dropped. */
  readonly peers: readonly string[];
  readonly rule: FirewallRule | undefined;
  readonly judgement: FirewallJudgement;
  /** `now`: adverts die here; `waiting`: they will as soon as that peer sends. */
  readonly standing: 'now' | 'waiting';
  /** What points at the rule: evaluation of the rule set, its counter, that nothing else is left, or that it tosses. */
  readonly by: 'evaluation' | 'counter' | 'elimination' | 'chance';
  readonly cells: readonly LadderCell[];
}

type Needs = 'hosts' | 'instances' | 'ladder';

const isZero = (count: number | 'unknown'): boolean => count === 0;
const isPositive = (count: number | 'unknown'): boolean => count !== 'unknown' && count > 0;

/** How a drop on the way in fits what the receiver was seen to get. */
const inboundStanding = (
  cell: LadderCell | undefined,
  receiver: Instance,
): FirewallBlame['standing'] | 'disproved' => {
  if (cell === undefined) return 'waiting';
  if (cell.lostAt === 'receiver-kernel') return 'now';
  if (isPositive(cell.delivered) || cell.accepted === 'yes' || cell.accepted === 'refused-lower-priority')
    return 'disproved';
  if (cell.due === 'no' || cell.lostAt === 'sender' || cell.lostAt === 'network') return 'waiting';
  if (isZero(cell.delivered) || cell.lostAt === 'unknown') return 'now';
  // Nobody saw what is delivered: a receiver that made itself MASTER evidently misses these adverts.
  return stateOf(receiver) === 'MASTER' ? 'now' : 'waiting';
};

const outboundStanding = (cells: readonly LadderCell[]): FirewallBlame['standing'] | 'disproved' => {
  if (cells.some((cell) => cell.lostAt === 'sender')) return 'now';
  if (cells.some((cell) => isPositive(cell.sent) || isPositive(cell.arrived))) return 'disproved';
  return 'waiting';
};

/** A counter that moved about as often as adverts came: never less (but for the edge), seldom far more. */
const countsAdverts = (rise: number | undefined, adverts: number): boolean =>
  rise !== undefined && rise >= Math.max(1, adverts - 1) && rise <= adverts * 2 + 3;

const asSuspect = (
  rule: FirewallRule,
): { readonly rule: FirewallRule; readonly by: 'counter' | 'elimination' } => ({
  rule,
  by: counterRise(rule) === undefined ? 'elimination' : 'counter',
});

/**
 * With everything else cleared, a rule whose counter stood still while adverts were lost is cleared too, and one
 * whose counter moved with them need not agree in number: rules are read a little later than ears begin to hear.
 */
const suspectOf = (
  judgement: FirewallJudgement,
  adverts: number,
  elseCleared: 'yes' | 'no',
): { readonly rule: FirewallRule; readonly by: 'counter' | 'elimination' } | undefined => {
  const counting = judgement.candidates.find((rule) => countsAdverts(counterRise(rule), adverts));
  if (counting !== undefined) return asSuspect(counting);
  if (elseCleared === 'no') return undefined;
  const possible = judgement.candidates.filter((rule) => counterRise(rule) !== 0);
  const [only, another] = possible;
  if (only !== undefined && another === undefined) return asSuspect(only);
  const busy = possible.find((rule) => (counterRise(rule) ?? 0) >= Math.max(1, adverts / 2));
  return busy === undefined ? undefined : asSuspect(busy);
};

const kernelElseCleared = (instance: Instance, peer: string, facets: Facets<Needs>): 'yes' | 'no' => {
  const host = facets.hosts.find((candidate) => candidate.node === instance.node);
  if (host === undefined || instance.configured.kind === 'unknown') return 'no';
  const { mode, multicastGroup } = instance.configured.value;
  const joined =
    mode === 'unicast' ||
    (host.memberships.kind === 'known' &&
      (host.memberships.value[instance.interface] ?? []).some(
        (joinedGroup) => bareAddress(joinedGroup) === bareAddress(multicastGroup),
      ));
  const routed =
    instance.family === 'ipv6' ||
    (host.reversePath.kind === 'known' &&
      host.reversePath.value.every(
        (facts) => facts.peer !== peer || facts.effective === 0 || facts.answersVia === facts.interface,
      ));
  return joined && routed ? 'yes' : 'no';
};

/** Rules that drop at random or every so many packets: few adverts may not show it, and three in a row are enough. */
const byChance = (judgement: FirewallJudgement): readonly FirewallRule[] =>
  judgement.candidates
    .filter((rule) => /\bnumgen (random|inc)\b|-m statistic\b/.test(rule.text) && counterRise(rule) !== 0)
    .slice(0, 1);

const blameIn = (
  judgement: FirewallJudgement,
  instance: Instance,
  facets: Facets<Needs>,
): FirewallBlame[] => {
  const cell = cellBetween(facets.ladder, instance.group, judgement.peer, instance.node);
  const base = {
    node: instance.node,
    group: instance.group,
    vrid: instance.vrid,
    direction: 'in',
    peers: [judgement.peer],
    judgement,
    cells: cell === undefined ? [] : [cell],
  } as const;
  if (judgement.outcome === 'drop' || judgement.outcome === 'reject') {
    const standing = inboundStanding(cell, instance);
    return standing === 'disproved'
      ? []
      : [{ ...base, standing, rule: judgement.decidedBy, by: 'evaluation' }];
  }
  if (judgement.outcome !== 'unknown') return [];
  if (cell?.lostAt !== 'receiver-kernel' || cell.arrived === 'unknown')
    return byChance(judgement).map((rule) => ({
      ...base,
      standing: cell?.due === 'yes' ? 'now' : 'waiting',
      rule,
      by: 'chance',
    }));
  const lost = cell.arrived - (cell.delivered === 'unknown' ? 0 : cell.delivered);
  const suspect = suspectOf(judgement, lost, kernelElseCleared(instance, judgement.peer, facets));
  return suspect === undefined ? [] : [{ ...base, standing: 'now', ...suspect }];
};

const blameOut = (
  judgement: FirewallJudgement,
  instance: Instance,
  facets: Facets<Needs>,
): FirewallBlame[] => {
  const mine = facets.ladder.filter((cell) => cell.group === instance.group && cell.from === instance.node);
  const towards = mine.filter((cell) => cell.to === judgement.peer);
  const cells = towards.length > 0 ? towards : mine;
  const base = {
    node: instance.node,
    group: instance.group,
    vrid: instance.vrid,
    direction: 'out',
    peers: [...new Set(cells.map((cell) => cell.to))],
    judgement,
    cells,
  } as const;
  if (judgement.outcome === 'drop' || judgement.outcome === 'reject') {
    const standing = outboundStanding(cells);
    return standing === 'disproved'
      ? []
      : [{ ...base, standing, rule: judgement.decidedBy, by: 'evaluation' }];
  }
  const lost = cells.find((cell) => cell.lostAt === 'sender');
  if (judgement.outcome !== 'unknown' || lost === undefined) return [];
  const suspect = suspectOf(judgement, lost.expected, 'no');
  return suspect === undefined ? [] : [{ ...base, standing: 'now', ...suspect }];
};

const sameBlame = (a: FirewallBlame, b: FirewallBlame): boolean =>
  a.node === b.node &&
  a.group === b.group &&
  a.rule?.engine === b.rule?.engine &&
  a.rule?.table === b.rule?.table &&
  a.rule?.chain === b.rule?.chain &&
  a.rule?.handle === b.rule?.handle &&
  a.rule?.text === b.rule?.text;

/** Adverts come through now and then, and the receiver has not taken over for want of them. */
export const isPartial = (blame: FirewallBlame, instances: readonly Instance[]): boolean =>
  (blame.by === 'chance' ||
    (blame.standing === 'now' &&
      blame.cells.every((cell) => cell.lostAt !== 'receiver-kernel' || cell.loss === 'some') &&
      blame.cells.some((cell) => cell.loss === 'some'))) &&
  !instances.some(
    (instance) =>
      instance.node === blame.node && instance.group === blame.group && stateOf(instance) === 'MASTER',
  );

/** One blame for each rule, with all the peers it silences. */
const merged = (blames: readonly FirewallBlame[]): readonly FirewallBlame[] => {
  const kept: FirewallBlame[] = [];
  for (const blame of blames) {
    const place = kept.findIndex((candidate) => sameBlame(candidate, blame));
    const twin = kept[place];
    if (twin === undefined) kept.push(blame);
    else
      kept[place] = {
        ...(twin.standing === 'now' ? twin : blame),
        peers: [...new Set([...twin.peers, ...blame.peers])],
        cells: [...twin.cells, ...blame.cells.filter((cell) => !twin.cells.includes(cell))],
      };
  }
  return kept;
};

export const blameFirewalls = (facets: Facets<Needs>, direction: 'in' | 'out'): readonly FirewallBlame[] =>
  merged(
    facets.hosts.flatMap((host) =>
      host.firewall.kind === 'unknown'
        ? []
        : host.firewall.value.judgements.flatMap((judgement) => {
            const instance = facets.instances.find((candidate) => candidate.id === judgement.instance);
            if (judgement.direction !== direction || instance === undefined) return [];
            return direction === 'in'
              ? blameIn(judgement, instance, facets)
              : blameOut(judgement, instance, facets);
          }),
    ),
  );
