/**
 * One possible course of events for the packet under test, and what the packet looks like at the hook it stands at.
 * When something cannot be known (whether a limit still has tokens, which process owns a socket) a world splits in
 * two and both go on; worlds that can no longer be told apart are merged. Knows nothing of rules.
 */
import type { PartialBits } from './bits.ts';
import { knownBits } from './bits.ts';
import type { PacketUnderTest } from './packet.ts';
import type { Ipset, RuleRef } from './ruleset.ts';

/** What conntrack knows of the packet: nothing yet, exempted, or the state of its connection. */
export type Tracking = 'not-yet' | 'untracked' | 'new' | 'established';

export type Effect =
  | { readonly kind: 'ttl-set'; readonly ttlSetTo: number; readonly rule: RuleRef }
  | { readonly kind: 'source-rewritten'; readonly to: string; readonly rule: RuleRef }
  | { readonly kind: 'destination-rewritten'; readonly to: string; readonly rule: RuleRef }
  | { readonly kind: 'field-rewritten'; readonly field: string; readonly rule: RuleRef };

export interface World {
  readonly tracking: Tracking;
  readonly ttl: number | undefined;
  readonly mark: PartialBits;
  readonly connectionMark: PartialBits;
  /** IP header fields overwritten with something we do not follow; they read as unknown from then on. */
  readonly overwritten: readonly string[];
  /** Sets this packet was added to on the way. */
  readonly addedTo: readonly string[];
  /** Answers already assumed for questions that could not be evaluated. */
  readonly assumed: ReadonlyMap<string, boolean>;
  readonly effects: readonly Effect[];
  /** Rules that matched, in order (a witness of this course; not part of a world's identity). */
  readonly path: readonly RuleRef[];
  /** Rules whose answer had to be assumed for this course. */
  readonly doubts: readonly RuleRef[];
}

export function firstWorld(packet: PacketUnderTest): World {
  return {
    tracking: 'not-yet',
    ttl: packet.ttl,
    mark: knownBits(0, 32),
    connectionMark: knownBits(0, 32),
    overwritten: [],
    addedTo: [],
    assumed: new Map(),
    effects: [],
    path: [],
    doubts: [],
  };
}

const maxWorlds = 64;

function identity(world: World): string {
  const bits = (value: PartialBits): string => `${value.value & value.known}/${value.known}`;
  return [
    world.tracking,
    world.ttl ?? '?',
    bits(world.mark),
    bits(world.connectionMark),
    world.overwritten.join(),
    world.addedTo.join(),
    world.effects.map((effect) => JSON.stringify({ ...effect, rule: effect.rule.text })).join(),
    [...world.assumed]
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join('\n'),
  ].join('|');
}

function unique(worlds: readonly World[]): readonly World[] {
  const kept = new Map<string, World>();
  for (const world of worlds) {
    const key = identity(world);
    const before = kept.get(key);
    // Of two courses that end alike the one that needed fewer assumptions is the better witness.
    if (before === undefined || world.doubts.length < before.doubts.length) kept.set(key, world);
  }
  return [...kept.values()];
}

/** Worlds that differ; when there are too many, assumptions are forgotten (which only ever adds uncertainty). */
export function merge(worlds: readonly World[]): readonly World[] {
  if (worlds.length < 2) return worlds;
  const kept = unique(worlds);
  if (kept.length <= maxWorlds) return kept;
  return unique(kept.map((world) => ({ ...world, assumed: new Map<string, boolean>() }))).slice(
    0,
    maxWorlds * 4,
  );
}

/** What a caller may know beyond the rules. */
export interface JudgeOptions {
  /** Whether the host would route a reply to `src` through the interface the packet came in by (`fib`, rpfilter). */
  readonly reversePath?: 'ok' | 'fails';
  /** Conntrack state, when `conntrack -L` was read. Unicast adverts may be either; multicast ones are always new. */
  readonly connection?: 'new' | 'established';
  readonly ipsets?: readonly Ipset[];
}

/** Where the packet stands: which hook, with which devices, with or without its Ethernet header. */
export interface Standpoint {
  readonly packet: PacketUnderTest;
  readonly options: JudgeOptions;
  readonly layer: 'device' | 'bridge' | 'ip';
  readonly hook: string;
  readonly priority: number;
  /** Undefined: there is one but its name is not known. Empty: the kernel has none at this hook. */
  readonly inDevice: string | undefined;
  readonly outDevice: string | undefined;
  readonly linkHeader: 'present' | 'absent';
}
