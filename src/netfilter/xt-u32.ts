/**
 * The u32 match of iptables (iptables-extensions(8)): tests on 32-bit words counted from the IP header. Answers as
 * far as the packet's bytes are known; a test that moves its start (`@`) by something unknown is unknown.
 */
import type { Answer, PartialBits } from './bits.ts';
import {
  bitAnd,
  bothOf,
  eitherOf,
  isKnown,
  knownBits,
  no,
  shiftLeft,
  shiftRight,
  unknown,
  within,
  yes,
} from './bits.ts';
import { readFromIpHeader } from './header.ts';
import type { Standpoint, World } from './world.ts';

const readNumber = (text: string): bigint | undefined =>
  /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined;

function loadWord(at: Standpoint, world: World, offsetBytes: number): PartialBits | undefined {
  return offsetBytes > 4096 ? undefined : readFromIpHeader(at, world, offsetBytes * 8, 32);
}

function evaluateTest(at: Standpoint, world: World, test: string): Answer {
  const [location, wanted] = test.split('=');
  if (location === undefined || wanted === undefined) return unknown('unreadable u32 test');
  const parts = location.replace(/\s+/g, '').split(/(&|<<|>>|@)/);
  const start = readNumber(parts[0] ?? '');
  if (start === undefined) return unknown('unreadable u32 test');
  let base = 0;
  let word = loadWord(at, world, Number(start));
  for (let index = 1; index < parts.length; index += 2) {
    const operand = readNumber(parts[index + 1] ?? '');
    if (operand === undefined || word === undefined) return unknown('u32 looks at bytes that are not known');
    switch (parts[index]) {
      case '&':
        word = bitAnd(word, knownBits(operand, 32));
        break;
      case '<<':
        word = shiftLeft(word, Number(operand));
        break;
      case '>>':
        word = shiftRight(word, Number(operand));
        break;
      default:
        if (!isKnown(word)) return unknown('u32 looks at bytes that are not known');
        base += Number(word.value);
        word = loadWord(at, world, base + Number(operand));
    }
  }
  if (word === undefined) return unknown('u32 looks at bytes that are not known');
  const value = word;
  return wanted.split(',').reduce<Answer>((all, range) => {
    const [low, high] = range.trim().split(':');
    const from = readNumber(low ?? '');
    const to = high === undefined ? from : readNumber(high);
    if (from === undefined || to === undefined) return eitherOf(all, unknown('unreadable u32 range'));
    return eitherOf(all, within(value, from, to, 'u32 looks at bytes that are not known'));
  }, no);
}

export function evaluateU32(at: Standpoint, world: World, expression: string): Answer {
  return expression
    .split('&&')
    .reduce<Answer>((all, test) => bothOf(all, evaluateTest(at, world, test)), yes);
}
