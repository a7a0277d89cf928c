/**
 * The right side of an nft match: literals, prefixes, ranges, sets, concatenations and wildcards, compared with what
 * the left side loaded. Knows nft's JSON spelling of values (libnftables-json(5)); a value it cannot read makes the
 * comparison unknown, never false.
 */
import { prefixMask, readIp, readMac, widthOf } from './address.ts';
import type { Answer } from './bits.ts';
import {
  anyFlag,
  atMost,
  bothOf,
  eitherOf,
  equals,
  equalsUnder,
  isKnown,
  lessThan,
  no,
  not,
  unknown,
  within,
  yes,
} from './bits.ts';
import type { Operand, Scene } from './nft-expression.ts';
import { headOf, isList, isRecord, loadExpression, textOf } from './nft-expression.ts';
import type { Json } from './ruleset.ts';
import type { Datatype } from './words.ts';
import { readWord } from './words.ts';

/** A literal as a number of the given kind; undefined when it is a word we do not know. */
export function readLiteral(type: Datatype, json: Json): bigint | undefined {
  if (typeof json === 'number') return Number.isFinite(json) ? BigInt(Math.trunc(json)) : undefined;
  if (typeof json === 'boolean') return json ? 1n : 0n;
  if (isList(json)) return combineFlags(type, json);
  const head = headOf(json);
  if (head !== undefined)
    return head.name === '|' && isList(head.body) ? combineFlags(type, head.body) : undefined;
  if (typeof json !== 'string') return undefined;
  const word = readWord(type, json);
  if (word !== undefined) return BigInt(word);
  if (type === 'ipv4' || type === 'ipv6') {
    const ip = readIp(json);
    if (ip !== undefined) return ip.family === type ? ip.value : undefined;
  }
  if (type === 'mac') return readMac(json);
  return /^(0x[0-9a-f]+|\d+)$/i.test(json) ? BigInt(json) : undefined;
}

function combineFlags(type: Datatype, parts: readonly Json[]): bigint | undefined {
  let sum = 0n;
  for (const part of parts) {
    const value = readLiteral(type, part);
    if (value === undefined) return undefined;
    sum |= value;
  }
  return sum;
}

function nameFits(name: string | undefined, json: Json, why: string): Answer {
  if (typeof json === 'number') return no;
  const pattern = textOf(json);
  if (pattern === undefined) return unknown('unreadable interface name');
  if (pattern === '*') return yes;
  if (name === undefined) return unknown(why);
  if (pattern.endsWith('\\*')) return name === `${pattern.slice(0, -2)}*` ? yes : no;
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1)) ? yes : no;
  return name === pattern ? yes : no;
}

const expressionNames = new Set([
  'payload',
  'meta',
  'ct',
  'fib',
  'map',
  'numgen',
  'jhash',
  'symhash',
  'rt',
  'socket',
  '&',
  '^',
  '<<',
  '>>',
]);

function bitsFit(left: Operand & { readonly kind: 'bits' }, json: Json, scene: Scene): Answer {
  const head = headOf(json);
  if (head?.name === 'prefix' && isRecord(head.body)) {
    const length = head.body.len;
    const address = head.body.addr;
    const width = left.type === 'ipv4' || left.type === 'ipv6' ? widthOf(left.type) : left.bits.width;
    const value = address === undefined ? undefined : readLiteral(left.type, address);
    if (value === undefined || typeof length !== 'number') return unknown('unreadable prefix');
    return equalsUnder(left.bits, value, prefixMask(length, width), left.why);
  }
  if (head?.name === 'range' && isList(head.body)) {
    const low = head.body[0] === undefined ? undefined : readLiteral(left.type, head.body[0]);
    const high = head.body[1] === undefined ? undefined : readLiteral(left.type, head.body[1]);
    if (low === undefined || high === undefined)
      return unknown(`unreadable range ${JSON.stringify(head.body)}`);
    return within(left.bits, low, high, left.why);
  }
  if (head !== undefined && expressionNames.has(head.name)) {
    const right = loadExpression(scene, json);
    if (right.kind === 'break') return no;
    if (right.kind !== 'bits' || !isKnown(right.bits)) return unknown('compared with something not known');
    return equals(left.bits, right.bits.value, left.why);
  }
  const value = readLiteral(left.type, json);
  if (value === undefined) return unknown(`the value ${JSON.stringify(json)} is not understood`);
  return equals(left.bits, value, left.why);
}

/** Elements may carry a statement of their own that decides whether they count (limit, quota). */
function elementStatement(element: { readonly [key: string]: Json }): Answer {
  const deciding = ['limit', 'quota', 'ct count'].find((name) => element[name] !== undefined);
  return deciding === undefined ? yes : unknown(`the element carries a ${deciding}`);
}

/** Does the loaded value fit one element, literal, prefix, range or concatenation? */
export function fits(left: Operand, json: Json, scene: Scene): Answer {
  if (left.kind === 'break') return no;
  if (json === '*') return yes;
  const head = headOf(json);
  if (head?.name === 'elem' && isRecord(head.body) && head.body.val !== undefined) {
    return bothOf(fits(left, head.body.val, scene), elementStatement(head.body));
  }
  if (head?.name === 'set') return inSet(left, isList(head.body) ? head.body : [head.body], scene);
  if (left.kind === 'unknown') return unknown(left.why);
  if (left.kind === 'concat') {
    const parts = head?.name === 'concat' && isList(head.body) ? head.body : isList(json) ? json : undefined;
    if (parts === undefined || parts.length !== left.parts.length) return unknown('unreadable concatenation');
    return left.parts.reduce<Answer>(
      (all, part, index) => bothOf(all, fits(part, parts[index] ?? null, scene)),
      yes,
    );
  }
  if (left.kind === 'name') {
    if (head !== undefined) return unknown('unreadable interface name');
    return nameFits(left.name, json, left.why);
  }
  return bitsFit(left, json, scene);
}

/** Membership; a catch-all `*` counts like any other element. */
function inSet(left: Operand, elements: readonly Json[], scene: Scene): Answer {
  let answer: Answer = no;
  for (const element of elements) {
    answer = eitherOf(answer, fits(left, element, scene));
    if (answer.is === 'yes') break;
  }
  return answer;
}

function inNamedSet(left: Operand, name: string, scene: Scene): Answer {
  const set = scene.sets.get(name);
  if (set === undefined) return unknown(`set @${name} is not in the listing`);
  const elements =
    set.kind === 'map' ? set.elements.map((pair) => (isList(pair) ? (pair[0] ?? null) : pair)) : set.elements;
  const found = inSet(left, elements, scene);
  if (found.is === 'no' && scene.world.addedTo.includes(name))
    return unknown(`the packet itself is added to @${name} on the way`);
  return found;
}

function isMember(left: Operand, right: Json, scene: Scene): Answer {
  if (typeof right === 'string' && right.startsWith('@')) return inNamedSet(left, right.slice(1), scene);
  return fits(left, right, scene);
}

function inFlags(left: Operand, right: Json, scene: Scene): Answer {
  const membership = typeof right === 'string' ? right.startsWith('@') : headOf(right)?.name === 'set';
  if (membership) return isMember(left, right, scene);
  if (left.kind === 'unknown') return unknown(left.why);
  if (left.kind !== 'bits') return isList(right) ? inSet(left, right, scene) : fits(left, right, scene);
  const mask = readLiteral(left.type, right);
  return mask === undefined
    ? unknown(`the flags ${JSON.stringify(right)} are not understood`)
    : anyFlag(left.bits, mask, left.why);
}

function inOrder(
  left: Operand,
  right: Json,
  compare: (left: Operand & { kind: 'bits' }, value: bigint) => Answer,
): Answer {
  if (left.kind === 'unknown') return unknown(left.why);
  if (left.kind !== 'bits') return unknown('order of something that is not a number');
  const value = readLiteral(left.type, right);
  return value === undefined
    ? unknown(`the value ${JSON.stringify(right)} is not understood`)
    : compare(left, value);
}

/** An expression or the value a map holds for it (`ip saddr map @marks`); no entry ends the rule. */
export function loadValue(scene: Scene, json: Json): Operand {
  const head = headOf(json);
  if (head?.name !== 'map' || !isRecord(head.body) || head.body.key === undefined)
    return loadExpression(scene, json);
  const { data } = head.body;
  const inline = headOf(data);
  const named =
    typeof data === 'string' && data.startsWith('@') ? scene.sets.get(data.slice(1))?.elements : undefined;
  const pairs = named ?? (inline?.name === 'set' && isList(inline.body) ? inline.body : undefined);
  if (pairs === undefined) return { kind: 'unknown', why: `map ${String(data)} is not in the listing` };
  const key = loadExpression(scene, head.body.key);
  if (key.kind === 'break') return key;
  for (const pair of pairs) {
    const [pattern, value] = isList(pair) ? pair : [];
    if (pattern === undefined || value === undefined || pattern === '*') continue;
    const answer = fits(key, pattern, scene);
    if (answer.is === 'yes') return loadExpression(scene, value);
    if (answer.is === 'unknown') return { kind: 'unknown', why: answer.why };
  }
  const fallback = pairs.find((pair) => isList(pair) && pair[0] === '*');
  const value = isList(fallback) ? fallback[1] : undefined;
  return value === undefined ? { kind: 'break' } : loadExpression(scene, value);
}

/** One `match` statement: does the rule go on? */
export function evaluateMatch(scene: Scene, match: Json): Answer {
  if (!isRecord(match) || match.left === undefined || match.right === undefined)
    return unknown('unreadable match');
  const left = loadValue(scene, match.left);
  if (left.kind === 'break') return no;
  const { right } = match;
  const operator = textOf(match.op) ?? '==';
  switch (operator) {
    case '==':
      return isMember(left, right, scene);
    case '!=':
      return not(isMember(left, right, scene));
    case 'in':
      return inFlags(left, right, scene);
    case '!':
      return not(inFlags(left, right, scene));
    case '<':
      return inOrder(left, right, (bits, value) => lessThan(bits.bits, value, bits.why));
    case '<=':
      return inOrder(left, right, (bits, value) => atMost(bits.bits, value, bits.why));
    case '>':
      return inOrder(left, right, (bits, value) => not(atMost(bits.bits, value, bits.why)));
    case '>=':
      return inOrder(left, right, (bits, value) => not(lessThan(bits.bits, value, bits.why)));
    default:
      return unknown(`operator ${operator} is not evaluated`);
  }
}
