/**
 * Recognises rules that ufw generated. ufw names its chains `ufw-…` (IPv4) and `ufw6-…` (IPv6) and sets the policies
 * of the built-in chains, so a policy is ufw's when ufw's chains were on the way. Source: ufw-framework(8).
 */
import type { RuleRef } from './ruleset.ts';

export interface UfwPlace {
  readonly owner: 'ufw';
  /** `before`: decided before the user's own rules are looked at; `user`: can be changed with `ufw allow`. */
  readonly section: 'before' | 'user';
}

const isUfwChain = (chain: string): boolean => /^ufw6?-/.test(chain);

export function ufwPlace(ref: RuleRef, path: readonly RuleRef[] = []): UfwPlace | undefined {
  const viaPath = path.some(
    (step) =>
      step.engine === ref.engine &&
      step.table === ref.table &&
      step.hook === ref.hook &&
      /\b-[jg] ufw6?-/.test(` ${step.text}`),
  );
  const jumped = path.some(
    (step) =>
      step.engine === ref.engine &&
      step.table === ref.table &&
      step.chain === ref.chain &&
      /-[jg] ufw6?-/.test(step.text),
  );
  const isBuiltIn = ref.kind === 'policy' && (viaPath || jumped);
  if (!isUfwChain(ref.chain) && !isBuiltIn) return undefined;
  const before = /^ufw6?-(before|not-local|logging-deny)/.test(ref.chain);
  return { owner: 'ufw', section: before ? 'before' : 'user' };
}
