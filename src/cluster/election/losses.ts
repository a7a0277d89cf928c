// What can be lost, and which losses are worth a try together: every node, every interface, everything watched, and
// each pair of them. It knows words for a loss and which virtual routers it concerns, not what follows from it.
import type { Contender, Detection } from './contender.ts';
import type { Blow } from './machine.ts';

export interface Loss {
  readonly kind: 'node' | 'stop' | 'interface' | 'script' | 'process' | 'file' | 'bfd';
  readonly node: string;
  /** Of the interface, script, process, file or session. */
  readonly name?: string;
}

export const lossWords = ({ kind, node, name }: Loss): string => {
  switch (kind) {
    case 'node':
      return `node ${node}`;
    case 'stop':
      return `keepalived on ${node} (stopped)`;
    case 'bfd':
      return `BFD session ${name ?? ''} on ${node}`;
    default:
      return `${kind} ${name ?? ''} on ${node}`;
  }
};

export const blowOf = ({ kind, node, name = '' }: Loss): Blow => {
  if (kind === 'node' || kind === 'stop') return { kind, node };
  return kind === 'interface' ? { kind, node, name } : { kind: 'watch', node, watch: kind, name };
};

const sameLoss = (one: Loss, other: Loss): boolean =>
  one.kind === other.kind && one.node === other.node && one.name === other.name;

const distinct = (losses: readonly Loss[]): readonly Loss[] =>
  losses.filter((loss, index) => losses.findIndex((other) => sameLoss(loss, other)) === index);

/** Whether it can change anything for this instance: its node, its link, or something it watches. */
export const concerns = (loss: Loss, contender: Contender): boolean => {
  if (loss.node !== contender.node) return false;
  if (loss.kind === 'node' || loss.kind === 'stop') return true;
  if (loss.kind === 'interface' && loss.name === contender.interface) return true;
  return contender.watches.some((watch) => watch.kind === loss.kind && watch.name === loss.name);
};

/** How long until keepalived notices; a node or a link is noticed at once. */
export const detectionOf = (loss: Loss, contenders: readonly Contender[]): Detection => {
  if (loss.kind === 'node' || loss.kind === 'stop' || loss.kind === 'interface')
    return { minMs: 0, maxMs: 0 };
  const watches = contenders
    .filter((contender) => contender.node === loss.node)
    .flatMap((contender) => contender.watches)
    .filter((watch) => watch.kind === loss.kind && watch.name === loss.name);
  return watches[0]?.detection ?? { minMs: 0, maxMs: 0 };
};

const byKind: readonly Loss['kind'][] = ['node', 'stop', 'interface', 'script', 'process', 'file', 'bfd'];

/** Every single thing these instances can lose, nodes first. */
export const singleLosses = (contenders: readonly Contender[]): readonly Loss[] =>
  distinct(
    contenders.flatMap(({ node, interface: own, watches }): readonly Loss[] => [
      { kind: 'node', node },
      { kind: 'stop', node },
      { kind: 'interface', node, name: own },
      ...watches.map(({ kind, name }): Loss => ({ kind, node, name })),
    ]),
  ).toSorted((one, other) => byKind.indexOf(one.kind) - byKind.indexOf(other.kind));

/** A node that is gone cannot lose a link or a script as well. */
const compatible = (one: Loss, other: Loss): boolean =>
  one.node !== other.node || (one.kind !== 'node' && other.kind !== 'node');

/** Pairs of single losses. An orderly stop beside another loss ends as a crash does, only sooner. */
export const pairsOf = (losses: readonly Loss[]): readonly (readonly [Loss, Loss])[] => {
  const counted = losses.filter(({ kind }) => kind !== 'stop');
  return counted.flatMap((one, index) =>
    counted
      .slice(index + 1)
      .filter((other) => compatible(one, other))
      .map((other) => [one, other] as const),
  );
};

/** The same check failing on more than two nodes at once, as it does when what it asks for is gone. */
export const commonFailures = (losses: readonly Loss[]): readonly (readonly Loss[])[] => {
  const scripts = losses.filter(({ kind }) => kind === 'script');
  return [...new Set(scripts.map(({ name }) => name))]
    .map((name) => scripts.filter((loss) => loss.name === name))
    .filter((same) => same.length > 2);
};
