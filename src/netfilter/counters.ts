/**
 * How much rule and policy counters rose between two readings of one ruleset. Knows how to recognise a rule again;
 * a counter that went down was flushed in between and is reported as reset, not as a number.
 */
import type { Chain, Counter, RuleRef, Ruleset } from './ruleset.ts';
import { policyRef } from './ruleset.ts';

export type CounterDelta =
  | { readonly kind: 'rise'; readonly rule: RuleRef; readonly packets: number; readonly bytes: number }
  | { readonly kind: 'reset'; readonly rule: RuleRef; readonly packets: number; readonly bytes: number };

/** nft rules keep their handle; iptables rules have only their place and their text. */
function identityOf(ref: RuleRef): string {
  const place = `${ref.engine} ${ref.family} ${ref.table} ${ref.chain} ${ref.kind}`;
  return ref.handle === undefined ? `${place} ${ref.position} ${ref.text}` : `${place} #${ref.handle}`;
}

function refsOf(chain: Chain): readonly RuleRef[] {
  const rules = chain.rules.map((rule) => rule.ref);
  return chain.policyCounter === undefined ? rules : [...rules, policyRef(chain)];
}

const allRefs = (ruleset: Ruleset): readonly RuleRef[] =>
  ruleset.tables.flatMap((table) => table.chains.flatMap(refsOf));

/** Only counters that changed, in the order of the later reading. */
export function counterDeltas(before: Ruleset, after: Ruleset): readonly CounterDelta[] {
  const earlier = new Map<string, Counter>();
  for (const ref of allRefs(before)) if (ref.counter !== undefined) earlier.set(identityOf(ref), ref.counter);
  return allRefs(after).flatMap((rule): readonly CounterDelta[] => {
    const then = earlier.get(identityOf(rule));
    const now = rule.counter;
    if (then === undefined || now === undefined) return [];
    const packets = now.packets - then.packets;
    const bytes = now.bytes - then.bytes;
    if (packets === 0 && bytes === 0) return [];
    return packets < 0 || bytes < 0
      ? [{ kind: 'reset', rule, packets: now.packets, bytes: now.bytes }]
      : [{ kind: 'rise', rule, packets, bytes }];
  });
}
