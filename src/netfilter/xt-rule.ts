/**
 * One iptables rule applied to one world: all matches must hold, then the target acts. Knows targets
 * (iptables-extensions(8)); does not follow jumps.
 */

import type { PartialBits } from './bits.ts';
import { bitAnd, bitOr, bitXor, knownBits, unknownBits } from './bits.ts';
import { passingTargets } from './nft-rule.ts';
import type { RuleRef, XtMatch, XtOption, XtTarget } from './ruleset.ts';
import type { Outcome, Verdict } from './verdict.ts';
import type { Effect, Standpoint, World } from './world.ts';
import { evaluateXtMatch, fickleMatches } from './xt-match.ts';

interface Situation {
  readonly at: Standpoint;
  readonly ref: RuleRef;
}

const option = (options: readonly XtOption[], ...names: readonly string[]): string | undefined =>
  options.find((candidate) => names.includes(candidate.name))?.args[0];

const number = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined;

const not32 = (value: bigint): bigint => ~value & 0xffffffffn;

/** `--set-xmark value/mask` clears the mask's bits and XORs the value in (xt_MARK). */
function changeMark(mark: PartialBits, options: readonly XtOption[]): PartialBits | undefined {
  const text = option(options, 'set-xmark', 'set-mark');
  if (text !== undefined) {
    const [valueText, maskText] = text.split('/');
    const value = number(valueText);
    const mask = maskText === undefined ? 0xffffffffn : number(maskText);
    if (value === undefined || mask === undefined) return unknownBits(32);
    const clear = options.some((candidate) => candidate.name === 'set-mark') ? mask | value : mask;
    const cleared = bitAnd(mark, knownBits(not32(clear), 32));
    return options.some((candidate) => candidate.name === 'set-mark')
      ? bitOr(cleared, knownBits(value, 32))
      : bitXor(cleared, knownBits(value, 32));
  }
  const and = number(option(options, 'and-mark'));
  if (and !== undefined) return bitAnd(mark, knownBits(and, 32));
  const or = number(option(options, 'or-mark'));
  if (or !== undefined) return bitOr(mark, knownBits(or, 32));
  const xor = number(option(options, 'xor-mark'));
  return xor === undefined ? undefined : bitXor(mark, knownBits(xor, 32));
}

function changeTtl(world: World, target: XtTarget, ref: RuleRef): World {
  const set = number(option(target.options, 'ttl-set', 'hl-set'));
  const up = number(option(target.options, 'ttl-inc', 'hl-inc'));
  const down = number(option(target.options, 'ttl-dec', 'hl-dec'));
  const before = world.ttl;
  const after =
    set !== undefined
      ? Number(set)
      : before === undefined
        ? undefined
        : up !== undefined
          ? Math.min(255, before + Number(up))
          : down !== undefined
            ? Math.max(0, before - Number(down))
            : undefined;
  if (after === undefined) return { ...world, ttl: undefined };
  const effect: Effect = { kind: 'ttl-set', ttlSetTo: after, rule: ref };
  return { ...world, ttl: after, effects: after === before ? world.effects : [...world.effects, effect] };
}

function rewrite(world: World, end: 'saddr' | 'daddr', to: string, ref: RuleRef): World {
  const effect: Effect = {
    kind: end === 'saddr' ? 'source-rewritten' : 'destination-rewritten',
    to,
    rule: ref,
  };
  return { ...world, overwritten: [...world.overwritten, end], effects: [...world.effects, effect] };
}

function act(
  situation: Situation,
  target: XtTarget | undefined,
  world: World,
): { readonly world: World; readonly verdict: Verdict; readonly doubt?: string } {
  const pass = (changed: World): { readonly world: World; readonly verdict: Verdict } => ({
    world: changed,
    verdict: { kind: 'next' },
  });
  if (target === undefined) return pass(world);
  const { options } = target;
  if (target.how === 'goto') return { world, verdict: { kind: 'goto', target: target.name } };
  switch (target.name) {
    case 'ACCEPT':
      return { world, verdict: { kind: 'accept' } };
    case 'DROP':
      return { world, verdict: { kind: 'drop' } };
    case 'REJECT':
      return { world, verdict: { kind: 'reject' } };
    case 'RETURN':
      return { world, verdict: { kind: 'return' } };
    case 'CONTINUE':
      return pass(world);
    case 'QUEUE':
    case 'NFQUEUE':
      return { world, verdict: { kind: 'userspace' } };
    case 'MARK':
      return pass({ ...world, mark: changeMark(world.mark, options) ?? unknownBits(32) });
    case 'CONNMARK': {
      if (world.tracking !== 'new' && world.tracking !== 'established') return pass(world);
      const names = options.map((candidate) => candidate.name);
      const partial = names.includes('mask') || names.includes('nfmask') || names.includes('ctmask');
      if (names.includes('restore-mark'))
        return pass({
          ...world,
          mark:
            partial && world.connectionMark.known !== 0xffffffffn ? unknownBits(32) : world.connectionMark,
        });
      if (names.includes('save-mark')) return pass({ ...world, connectionMark: world.mark });
      return pass({ ...world, connectionMark: changeMark(world.connectionMark, options) ?? unknownBits(32) });
    }
    case 'TTL':
    case 'HL':
      return pass(changeTtl(world, target, situation.ref));
    case 'CT':
    case 'NOTRACK': {
      const exempts = target.name === 'NOTRACK' || options.some((candidate) => candidate.name === 'notrack');
      return pass(exempts && world.tracking === 'not-yet' ? { ...world, tracking: 'untracked' } : world);
    }
    case 'DSCP':
    case 'TOS':
      return pass({
        ...world,
        overwritten: world.overwritten.includes('dscp') ? world.overwritten : [...world.overwritten, 'dscp'],
      });
    case 'SET':
      return pass(world);
    case 'MASQUERADE':
    case 'SNAT':
      return {
        world: rewrite(
          world,
          'saddr',
          option(options, 'to-source') ?? 'address of the interface',
          situation.ref,
        ),
        verdict: { kind: 'accept' },
      };
    case 'DNAT':
    case 'REDIRECT':
      return {
        world: rewrite(world, 'daddr', option(options, 'to-destination') ?? 'this host', situation.ref),
        verdict: { kind: 'accept' },
      };
    default:
      if (passingTargets.has(target.name)) return pass(world);
      // Whether that is a chain or a target of an extension unknown here is for the walker to see.
      return { world, verdict: { kind: 'jump', target: target.name } };
  }
}

/** Every outcome the rule can have in this world. */
export function applyXtRule(
  situation: Situation,
  matches: readonly XtMatch[],
  target: XtTarget | undefined,
  world: World,
): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let current = world;
  const doubts: string[] = [];
  const passes =
    target === undefined || ['LOG', 'NFLOG', 'ULOG', 'TEE', 'AUDIT', 'TRACE'].includes(target.name);
  const answers = matches.map((match) => ({
    match,
    answer: evaluateXtMatch({ at: situation.at, world }, match),
  }));
  // One match that certainly fails settles the rule, whatever the others cannot tell.
  if (answers.some(({ answer }) => answer.is === 'no'))
    return [{ world, verdict: { kind: 'next' }, matched: 'no', doubts: [] }];
  for (const { match, answer } of answers) {
    if (answer.is === 'yes') continue;
    if (answer.is !== 'unknown' || passes)
      return [...outcomes, { world: current, verdict: { kind: 'next' }, matched: 'no', doubts: [...doubts] }];
    const key = JSON.stringify(match);
    const before = current.assumed.get(key);
    if (before === true) continue;
    if (before === false)
      return [...outcomes, { world: current, verdict: { kind: 'next' }, matched: 'no', doubts: [...doubts] }];
    doubts.push(answer.why);
    if (fickleMatches.has(match.module)) {
      outcomes.push({ world: current, verdict: { kind: 'next' }, matched: 'no', doubts: [...doubts] });
    } else {
      outcomes.push({
        world: { ...current, assumed: new Map(current.assumed).set(key, false) },
        verdict: { kind: 'next' },
        matched: 'no',
        doubts: [...doubts],
      });
      current = { ...current, assumed: new Map(current.assumed).set(key, true) };
    }
  }
  const end = act(situation, target, current);
  outcomes.push({ world: end.world, verdict: end.verdict, matched: 'yes', doubts: [...doubts] });
  return outcomes;
}
