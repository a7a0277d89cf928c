/**
 * Walks chains: rules in order, jumps, gotos, returns and the policy, for all possible worlds at once. Keeps what was
 * dropped and by which rule, and which rules could not be evaluated. Does not know hooks or their order.
 */
import { applyNftRule } from './nft-rule.ts';
import type { Chain, NamedSet, Rule, RuleRef, Table } from './ruleset.ts';
import { policyRef } from './ruleset.ts';
import type { Outcome } from './verdict.ts';
import type { Standpoint, World } from './world.ts';
import { merge } from './world.ts';
import { applyXtRule } from './xt-rule.ts';

export interface Fall {
  readonly ref: RuleRef;
  readonly how: 'drop' | 'reject';
  readonly world: World;
}

/** What a walk has to tell besides the worlds that survive it. */
export interface Ledger {
  readonly falls: Fall[];
  readonly uncertain: Map<string, { readonly rule: RuleRef; readonly why: string }>;
}

interface Walk {
  readonly at: Standpoint;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly record: Ledger;
}

interface Result {
  /** Worlds in which the chain's end (or a return) was reached. */
  readonly through: readonly World[];
  readonly accepted: readonly World[];
}

/** The kernel refuses rulesets that nest deeper (NFT_JUMP_STACK_SIZE). */
const maxDepth = 17;

export function noteDoubt(record: Ledger, rule: RuleRef, why: string): void {
  record.uncertain.set(`${rule.engine} ${rule.family} ${rule.table} ${rule.chain} ${rule.position} ${why}`, {
    rule,
    why,
  });
}

function applyRule(walk: Walk, rule: Rule, world: World): readonly Outcome[] {
  const { body, ref } = rule;
  switch (body.syntax) {
    case 'nft':
      return applyNftRule({ at: walk.at, sets: walk.sets, ref }, body.statements, world);
    case 'xtables':
      return applyXtRule({ at: walk.at, ref }, body.matches, body.target, world);
    case 'remedy':
      return [{ world, verdict: { kind: 'accept' }, matched: 'yes', doubts: [] }];
  }
}

function walkRules(walk: Walk, chain: Chain, start: readonly World[], depth: number): Result {
  const accepted: World[] = [];
  const through: World[] = [];
  let current = start;
  for (const rule of chain.rules) {
    const next: World[] = [];
    for (const world of current) {
      for (const outcome of applyRule(walk, rule, world))
        settle(walk, { rule, outcome, depth }, { accepted, through, next });
    }
    current = merge(next);
    if (current.length === 0) break;
  }
  return { through: merge([...through, ...current]), accepted: merge(accepted) };
}

interface Baskets {
  readonly accepted: World[];
  readonly through: World[];
  readonly next: World[];
}

function settle(
  walk: Walk,
  step: { readonly rule: Rule; readonly outcome: Outcome; readonly depth: number },
  baskets: Baskets,
): void {
  const { rule, outcome, depth } = step;
  const { verdict } = outcome;
  const { ref } = rule;
  for (const why of outcome.doubts) noteDoubt(walk.record, ref, why);
  const world: World = {
    ...outcome.world,
    path: outcome.matched === 'yes' ? [...outcome.world.path, ref] : outcome.world.path,
    doubts: outcome.doubts.length > 0 ? [...outcome.world.doubts, ref] : outcome.world.doubts,
  };
  switch (verdict.kind) {
    case 'next':
      baskets.next.push(world);
      return;
    case 'accept':
      baskets.accepted.push(world);
      return;
    case 'return':
      baskets.through.push(world);
      return;
    case 'drop':
    case 'reject':
      walk.record.falls.push({ ref, how: verdict.kind, world });
      return;
    case 'userspace':
      noteDoubt(walk.record, ref, 'a program listening on the queue decides');
      walk.record.falls.push({ ref, how: 'drop', world: { ...world, doubts: [...world.doubts, ref] } });
      baskets.accepted.push(world);
      return;
    case 'opaque':
      walk.record.falls.push({ ref, how: 'drop', world: { ...world, doubts: [...world.doubts, ref] } });
      baskets.next.push(world);
      return;
    case 'jump':
    case 'goto': {
      const target = walk.chains.get(verdict.target);
      if (target === undefined || depth >= maxDepth) {
        noteDoubt(
          walk.record,
          ref,
          target === undefined ? `the target ${verdict.target} is not evaluated` : 'jumps nest too deep',
        );
        walk.record.falls.push({ ref, how: 'drop', world: { ...world, doubts: [...world.doubts, ref] } });
        baskets.next.push(world);
        return;
      }
      const result = walkRules(walk, target, [world], depth + 1);
      baskets.accepted.push(...result.accepted);
      (verdict.kind === 'jump' ? baskets.next : baskets.through).push(...result.through);
    }
  }
}

/** Runs one base chain; returns the worlds that leave it alive. */
export function walkBaseChain(
  at: Standpoint,
  table: Table,
  chain: Chain,
  worlds: readonly World[],
  record: Ledger,
): readonly World[] {
  const chains = new Map(table.chains.map((candidate) => [candidate.name, candidate]));
  const sets = new Map(table.sets.map((set) => [set.name, set]));
  const result = walkRules({ at, chains, sets, record }, chain, worlds, 0);
  if (chain.base?.policy !== 'drop') return merge([...result.accepted, ...result.through]);
  const ref = policyRef(chain);
  for (const world of result.through)
    record.falls.push({ ref, how: 'drop', world: { ...world, path: [...world.path, ref] } });
  return result.accepted;
}
