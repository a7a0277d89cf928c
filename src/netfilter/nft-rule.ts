/**
 * One nft rule applied to one world: its statements from left to right (libnftables-json(5)), giving every outcome that is possible.
 * Knows statements and verdicts; does not follow jumps and does not know which chain it stands in.
 */

import type { Answer, PartialBits } from './bits.ts';
import { unknownBits } from './bits.ts';
import { evaluateMatch, fits, loadValue, readLiteral } from './nft-compare.ts';
import type { Scene } from './nft-expression.ts';
import { headOf, isList, isRecord, loadExpression, textOf } from './nft-expression.ts';
import type { Json, NamedSet, RuleRef } from './ruleset.ts';
import type { Outcome, Verdict } from './verdict.ts';
import type { Effect, Standpoint, World } from './world.ts';

interface Course {
  readonly world: World;
  readonly doubts: readonly string[];
}

interface Situation {
  readonly at: Standpoint;
  readonly sets: ReadonlyMap<string, NamedSet>;
  readonly ref: RuleRef;
}

/** Statements that neither decide anything nor change what later rules see. */
const silentStatements = new Set([
  'counter',
  'log',
  'last',
  'dup',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'flow',
  'reset',
  'optstrip',
]);
/** Only ever apply to TCP or UDP; for anything else the kernel ends the rule. */
const transportOnly = new Set(['tproxy', 'synproxy']);
/** xtables targets embedded in nft that let the packet go on. */
export const passingTargets = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'MARK',
  'CONNMARK',
  'TTL',
  'HL',
  'CT',
  'NOTRACK',
  'TEE',
  'DSCP',
  'TOS',
  'ECN',
  'CLASSIFY',
  'CHECKSUM',
  'TCPMSS',
  'SET',
  'AUDIT',
  'SECMARK',
  'CONNSECMARK',
  'TRACE',
  'RATEEST',
  'IDLETIMER',
  'LED',
  'HMARK',
  'TCPOPTSTRIP',
  'SYNPROXY',
  'TPROXY',
  'ACCOUNT',
]);

const verdictNames = new Set([
  'accept',
  'drop',
  'return',
  'continue',
  'reject',
  'jump',
  'goto',
  'queue',
  'fwd',
]);

function readVerdict(json: Json): Verdict | undefined {
  const head = headOf(json) ?? (typeof json === 'string' ? { name: json, body: null } : undefined);
  if (head === undefined || !verdictNames.has(head.name)) return undefined;
  const target = isRecord(head.body) ? textOf(head.body.target) : textOf(head.body);
  switch (head.name) {
    case 'accept':
      return { kind: 'accept' };
    case 'drop':
    // A frame forwarded to another device by fwd never reaches this host's IP stack.
    case 'fwd':
      return { kind: 'drop' };
    case 'reject':
      return { kind: 'reject' };
    case 'return':
      return { kind: 'return' };
    case 'continue':
      return { kind: 'next' };
    case 'queue':
      return { kind: 'userspace' };
    case 'jump':
    case 'goto':
      return target === undefined ? { kind: 'opaque' } : { kind: head.name, target };
    default:
      return undefined;
  }
}

/** True courses first; an unknown answer is remembered so that the same question is answered alike later on. */
function ask(
  course: Course,
  key: string,
  answer: Answer,
): readonly { readonly course: Course; readonly holds: boolean }[] {
  if (answer.is !== 'unknown') return [{ course, holds: answer.is === 'yes' }];
  const before = course.world.assumed.get(key);
  if (before !== undefined) return [{ course, holds: before }];
  return [true, false].map((holds) => ({
    course: {
      world: { ...course.world, assumed: new Map(course.world.assumed).set(key, holds) },
      doubts: [...course.doubts, answer.why],
    },
    holds,
  }));
}

/** An unknown answer that may differ each time it is asked (limits, random numbers). */
function toss(course: Course, why: string): readonly { readonly course: Course; readonly holds: boolean }[] {
  return [true, false].map((holds) => ({ course: { ...course, doubts: [...course.doubts, why] }, holds }));
}

const isRandom = (statement: Json): boolean =>
  /"(random|prandom|numgen|cpu|time|hour|day)"/.test(JSON.stringify(statement));

function loadBits(scene: Scene, json: Json, width: number): PartialBits {
  const operand = loadValue(scene, json);
  if (operand.kind !== 'bits') return unknownBits(width);
  const { value, known } = operand.bits;
  const mask = (1n << BigInt(width)) - 1n;
  return {
    value: value & mask,
    known:
      operand.bits.width >= width
        ? known & mask
        : known | (mask & ~((1n << BigInt(operand.bits.width)) - 1n)),
    width,
  };
}

function overwrite(world: World, field: string, ref: RuleRef): World {
  const effect: Effect = { kind: 'field-rewritten', field, rule: ref };
  const overwritten = world.overwritten.includes(field) ? world.overwritten : [...world.overwritten, field];
  return { ...world, overwritten, effects: [...world.effects, effect] };
}

function mangle(situation: Situation, world: World, body: Json): World {
  if (!isRecord(body)) return world;
  const scene: Scene = { at: situation.at, world, sets: situation.sets };
  const key = headOf(body.key);
  const value = body.value ?? null;
  if (key === undefined || !isRecord(key.body)) return world;
  const field = textOf(key.body.key) ?? textOf(key.body.field) ?? '';
  if (key.name === 'meta') return field === 'mark' ? { ...world, mark: loadBits(scene, value, 32) } : world;
  if (key.name === 'ct')
    return field === 'mark' ? { ...world, connectionMark: loadBits(scene, value, 32) } : world;
  if (key.name !== 'payload') return world;
  if (loadExpression(scene, body.key ?? null).kind === 'break') return world;
  if (field === 'ttl' || field === 'hoplimit') {
    const ttl = readLiteral('number', value);
    if (ttl === undefined) return overwrite({ ...world, ttl: undefined }, field, situation.ref);
    const effect: Effect = { kind: 'ttl-set', ttlSetTo: Number(ttl), rule: situation.ref };
    return { ...world, ttl: Number(ttl), effects: [...world.effects, effect] };
  }
  return overwrite(world, field === '' ? 'payload' : field, situation.ref);
}

function translate(situation: Situation, world: World, name: string, body: Json): World {
  const address = isRecord(body) ? body.addr : undefined;
  const to = address === undefined ? name : typeof address === 'string' ? address : JSON.stringify(address);
  const source = name === 'snat' || name === 'masquerade';
  const effect: Effect = {
    kind: source ? 'source-rewritten' : 'destination-rewritten',
    to,
    rule: situation.ref,
  };
  const overwritten = [...world.overwritten, source ? 'saddr' : 'daddr'];
  return { ...world, overwritten, effects: [...world.effects, effect] };
}

function lookUp(
  situation: Situation,
  course: Course,
  body: Json,
): readonly { readonly course: Course; readonly verdict: Verdict | 'miss' }[] {
  if (!isRecord(body) || body.key === undefined)
    return [
      {
        course: { ...course, doubts: [...course.doubts, 'unreadable verdict map'] },
        verdict: { kind: 'opaque' },
      },
    ];
  const scene: Scene = { at: situation.at, world: course.world, sets: situation.sets };
  const { data } = body;
  const named =
    typeof data === 'string' && data.startsWith('@') ? situation.sets.get(data.slice(1)) : undefined;
  const inline = headOf(data);
  const pairs = named?.elements ?? (inline?.name === 'set' && isList(inline.body) ? inline.body : undefined);
  if (pairs === undefined) {
    return [
      {
        course: {
          ...course,
          doubts: [...course.doubts, `verdict map ${String(data)} is not in the listing`],
        },
        verdict: { kind: 'opaque' },
      },
    ];
  }
  const key = loadExpression(scene, body.key);
  if (key.kind === 'break') return [{ course, verdict: 'miss' }];
  const results: { readonly course: Course; readonly verdict: Verdict | 'miss' }[] = [];
  let current = course;
  let fallback: Verdict | undefined;
  for (const pair of pairs) {
    const [pattern, target] = isList(pair) ? pair : [];
    if (pattern === undefined || target === undefined) continue;
    const verdict = readVerdict(target) ?? { kind: 'opaque' };
    if (isCatchAll(pattern)) {
      fallback = verdict;
      continue;
    }
    const answer = fits(key, pattern, scene);
    if (answer.is === 'no') continue;
    if (answer.is === 'yes') return [...results, { course: current, verdict }];
    current = { ...current, doubts: [...current.doubts, answer.why] };
    results.push({ course: current, verdict });
  }
  return [...results, { course: current, verdict: fallback ?? 'miss' }];
}

function isCatchAll(pattern: Json): boolean {
  const head = headOf(pattern);
  return pattern === '*' || (head?.name === 'elem' && isRecord(head.body) && head.body.val === '*');
}

const matters = (statement: Json): boolean => {
  const name = headOf(statement)?.name ?? textOf(statement) ?? '';
  if (name === 'xt') {
    const body = headOf(statement)?.body;
    const target = isRecord(body) ? textOf(body.name) : undefined;
    return (
      !(isRecord(body) && body.type === 'match') &&
      !['LOG', 'NFLOG', 'ULOG', 'TEE', 'AUDIT'].includes(target ?? '')
    );
  }
  return (
    !silentStatements.has(name) &&
    !['match', 'limit', 'quota', 'ct count', 'meter', 'continue'].includes(name)
  );
};

function embeddedXt(body: Json): { readonly answer?: Answer; readonly verdict?: Verdict } {
  const type = isRecord(body) ? textOf(body.type) : undefined;
  const name = isRecord(body) ? (textOf(body.name) ?? '') : '';
  if (type === 'match' && name === 'comment') return {};
  if (type === 'target') {
    if (passingTargets.has(name)) return {};
    if (name === 'REJECT') return { verdict: { kind: 'reject' } };
    if (name === 'MASQUERADE' || name === 'SNAT') return { verdict: { kind: 'accept' } };
    return { verdict: { kind: 'opaque' } };
  }
  return {
    answer: { is: 'unknown', why: `nft cannot show the iptables extension "${name}"; iptables-nft-save can` },
  };
}

function run(
  situation: Situation,
  statements: readonly Json[],
  from: number,
  start: Course,
): readonly Outcome[] {
  let course = start;
  const finish = (verdict: Verdict, end: Course): Outcome => ({ ...end, verdict, matched: 'yes' });
  const stop = (end: Course): Outcome => ({ ...end, verdict: { kind: 'next' }, matched: 'no' });
  for (let index = from; index < statements.length; index += 1) {
    const statement = statements[index] ?? null;
    const head = headOf(statement) ?? { name: textOf(statement) ?? '', body: null };
    const { name, body } = head;
    const branch = (
      answers: readonly { readonly course: Course; readonly holds: boolean }[],
    ): readonly Outcome[] =>
      answers.flatMap((answer) =>
        answer.holds ? run(situation, statements, index + 1, answer.course) : [stop(answer.course)],
      );
    if (silentStatements.has(name)) continue;
    const verdict = readVerdict(statement);
    if (verdict !== undefined) {
      if (verdict.kind === 'next') return [finish(verdict, course)];
      // A reject with a TCP reset is only ever answered for TCP; the kernel ends the rule for others.
      const reset = name === 'reject' && isRecord(body) && body.type === 'tcp reset';
      return [reset && situation.at.packet.protocol !== 6 ? stop(course) : finish(verdict, course)];
    }
    if (name === 'match') {
      const scene: Scene = { at: situation.at, world: course.world, sets: situation.sets };
      const answer = evaluateMatch(scene, body);
      if (answer.is === 'yes') continue;
      if (answer.is === 'no') return [stop(course)];
      return branch(isRandom(body) ? toss(course, answer.why) : ask(course, JSON.stringify(body), answer));
    }
    if (name === 'vmap') {
      return lookUp(situation, course, body).flatMap((found) => {
        if (found.verdict === 'miss') return [stop(found.course)];
        if (found.verdict.kind === 'next') return run(situation, statements, index + 1, found.course);
        return [finish(found.verdict, found.course)];
      });
    }
    if (name === 'limit' || name === 'quota' || name === 'ct count' || name === 'meter') {
      return branch(toss(course, `whether the ${name} is used up depends on the moment`));
    }
    if (name === 'set' || name === 'map') {
      const set = isRecord(body) ? (textOf(body.set) ?? textOf(body.map) ?? '').replace(/^@/, '') : '';
      const stmt = isRecord(body) ? body.stmt : undefined;
      const adds = isRecord(body) && (body.op === 'add' || body.op === 'update');
      if (adds && !course.world.addedTo.includes(set)) {
        course = { ...course, world: { ...course.world, addedTo: [...course.world.addedTo, set] } };
      }
      const conditional =
        isList(stmt) &&
        stmt.some((part) => ['limit', 'quota', 'ct count'].includes(headOf(part)?.name ?? ''));
      if (conditional)
        return branch(toss(course, 'whether the per-element limit is used up depends on the moment'));
      continue;
    }
    if (name === 'mangle') {
      const scene: Scene = { at: situation.at, world: course.world, sets: situation.sets };
      if (isRecord(body) && body.value !== undefined && loadValue(scene, body.value).kind === 'break')
        return [stop(course)];
      course = { ...course, world: mangle(situation, course.world, body) };
      continue;
    }
    if (name === 'notrack') {
      if (course.world.tracking === 'not-yet')
        course = { ...course, world: { ...course.world, tracking: 'untracked' } };
      continue;
    }
    if (transportOnly.has(name)) return [stop(course)];
    if (name === 'snat' || name === 'dnat' || name === 'masquerade' || name === 'redirect') {
      return [
        finish({ kind: 'accept' }, { ...course, world: translate(situation, course.world, name, body) }),
      ];
    }
    if (name === 'xt') {
      const { answer, verdict: target } = embeddedXt(body);
      if (target !== undefined)
        return [
          finish(
            target,
            target.kind === 'opaque'
              ? { ...course, doubts: [...course.doubts, 'an iptables target nft cannot show'] }
              : course,
          ),
        ];
      if (answer !== undefined)
        return branch(ask(course, `${situation.ref.chain}#${situation.ref.position}#${index}`, answer));
      continue;
    }
    return branch(toss(course, `nft statement "${name}" is not evaluated`));
  }
  return [finish({ kind: 'next' }, course)];
}

/** Statements before which nothing about the packet has changed and nothing was decided. */
const asksOnly = new Set([...silentStatements, 'match', 'limit', 'quota', 'ct count', 'meter']);

/** One match that certainly fails settles the rule, whatever the questions before it cannot tell. */
function failsForSure(situation: Situation, statements: readonly Json[], world: World): boolean {
  const scene: Scene = { at: situation.at, world, sets: situation.sets };
  for (const statement of statements) {
    const head = headOf(statement);
    if (head === undefined || !asksOnly.has(head.name)) return false;
    if (head.name === 'match' && evaluateMatch(scene, head.body).is === 'no') return true;
  }
  return false;
}

/** Every outcome the rule can have in this world. */
export function applyNftRule(
  situation: Situation,
  statements: readonly Json[],
  world: World,
): readonly Outcome[] {
  if (!statements.some(matters)) return [{ world, verdict: { kind: 'next' }, matched: 'no', doubts: [] }];
  if (failsForSure(situation, statements, world))
    return [{ world, verdict: { kind: 'next' }, matched: 'no', doubts: [] }];
  return run(situation, statements, 0, { world, doubts: [] });
}
