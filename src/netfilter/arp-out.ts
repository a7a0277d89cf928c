/**
 * Which rule drops ARP about an address on its way out of a host: the output chains of nft's arp family, where
 * arptables-nft keeps its rules too, and egress chains that single ARP out. Conservative: a rule that cannot be
 * evaluated drops nothing. Gratuitous ARP of keepalived goes through a packet socket, which only egress chains see; in
 * the arp family the kernel's own questions and answers are dropped.
 */
import type { Chain, Json, Rule, RuleRef, Table } from './ruleset.ts';
import { policyRef } from './ruleset.ts';

export interface ArpUnderTest {
  readonly interface: string;
  /** Sender address of the ARP packet. */
  readonly address: string;
}

type Answer = 'yes' | 'no' | 'unknown';

const fieldOf = (value: Json | undefined, key: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;

/** The right side of a comparison: one value, or an anonymous set of plain ones. */
const isAmong = (right: Json | undefined, wanted: readonly Json[]): Answer => {
  const set = fieldOf(right, 'set');
  const values = Array.isArray(set) ? (set as readonly Json[]) : [right ?? null];
  if (values.some((value) => typeof value === 'object' && value !== null)) return 'unknown';
  if (values.some((value) => typeof value === 'string' && value.startsWith('@'))) return 'unknown';
  return values.some((value) => wanted.includes(value)) ? 'yes' : 'no';
};

const compare = (left: Json | undefined, right: Json | undefined, arp: ArpUnderTest): Answer => {
  const payload = fieldOf(left, 'payload');
  const field = fieldOf(payload, 'field');
  switch (fieldOf(payload, 'protocol')) {
    case 'arp':
      if (field === 'saddr ip') return isAmong(right, [arp.address]);
      // Questions and answers about it, and the announcement, whose target is the address itself.
      if (field === 'daddr ip') return isAmong(right, [arp.address]);
      return field === 'operation' || field === 'saddr ether' || field === 'daddr ether' ? 'unknown' : 'yes';
    case 'ether':
      return field === 'type' ? isAmong(right, ['arp', 0x0806]) : 'unknown';
    default:
      break;
  }
  const key = fieldOf(fieldOf(left, 'meta'), 'key');
  if (key === 'oifname' || key === 'oif') return isAmong(right, [arp.interface]);
  return key === 'protocol' ? isAmong(right, ['arp', 0x0806]) : 'unknown';
};

/** An operation alone does not save an address: dropped requests or dropped replies both cut it off. */
const isOperation = (left: Json | undefined): boolean =>
  fieldOf(fieldOf(left, 'payload'), 'field') === 'operation';

const matches = (statements: readonly Json[], arp: ArpUnderTest): Answer => {
  let answer: Answer = 'yes';
  for (const statement of statements) {
    const match = fieldOf(statement, 'match');
    if (match === undefined) continue;
    const left = fieldOf(match, 'left');
    if (isOperation(left)) continue;
    const found = compare(left, fieldOf(match, 'right'), arp);
    const op = fieldOf(match, 'op');
    const turned: Answer =
      found === 'unknown' || (op !== '==' && op !== '!=')
        ? 'unknown'
        : (found === 'yes') === (op === '==')
          ? 'yes'
          : 'no';
    if (turned === 'no') return 'no';
    if (turned === 'unknown') answer = 'unknown';
  }
  return answer;
};

const ends = ({ body }: Rule, verdict: 'drop' | 'accept'): boolean =>
  body.syntax === 'nft' && body.statements.some((one) => fieldOf(one, verdict) !== undefined);

const namesArp = ({ body }: Rule): boolean => /"arp"|2054/.test(JSON.stringify(body));

const dropIn = (chain: Chain, arp: ArpUnderTest): RuleRef | undefined => {
  for (const rule of chain.rules) {
    if (rule.body.syntax !== 'nft') continue;
    if (chain.family !== 'arp' && !namesArp(rule)) continue;
    if (matches(rule.body.statements, arp) !== 'yes') continue;
    if (ends(rule, 'drop')) return rule.ref;
    if (
      ends(rule, 'accept') &&
      !rule.body.statements.some((one) => isOperation(fieldOf(fieldOf(one, 'match'), 'left')))
    )
      return undefined;
  }
  return chain.family === 'arp' && chain.base?.policy === 'drop' ? policyRef(chain) : undefined;
};

const isOnTheWayOut = ({ family, base }: Chain, { interface: device }: ArpUnderTest): boolean =>
  base !== undefined &&
  ((family === 'arp' && base.hook === 'output') ||
    (family === 'netdev' &&
      base.hook === 'egress' &&
      base.devices !== 'unknown' &&
      base.devices.includes(device)));

/** The first rule or policy that drops it; undefined when none provably does. */
export const findArpDrop = (tables: readonly Table[], arp: ArpUnderTest): RuleRef | undefined =>
  tables
    .filter((table) => table.activity !== 'dormant')
    .flatMap((table) => table.chains.filter((chain) => isOnTheWayOut(chain, arp)))
    .map((chain) => dropIn(chain, arp))
    .find((ref) => ref !== undefined);
