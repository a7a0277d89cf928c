/**
 * The judge against the kernel: each firewall variant is loaded in a namespace, protocol-112 packets are sent both
 * ways, and what arrived is compared with what judgePacket says about the ruleset as nft and iptables-save list it.
 * With VIPDOCTOR_RECORD=FILE the readings and the kernel's answers are written there (the unit tests replay them).
 */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counterDeltas } from '../../src/netfilter/counters.ts';
import { readIptablesSave } from '../../src/netfilter/iptables-save.ts';
import { judgePacket } from '../../src/netfilter/judge.ts';
import { readNftJson } from '../../src/netfilter/nft-json.ts';
import type { PacketUnderTest } from '../../src/netfilter/packet.ts';
import { planRemedies } from '../../src/netfilter/remedy.ts';
import type { RuleRef, Ruleset } from '../../src/netfilter/ruleset.ts';
import type { Field, Readings } from './netfilter/field.ts';
import { openField, whyNot } from './netfilter/field.ts';
import type { Variant } from './netfilter/variants.ts';
import { variants } from './netfilter/variants.ts';

const reason = whyNot();
const count = 3;

const readAll = (readings: Readings): readonly Ruleset[] => [
  readNftJson(readings.nftJson, readings.nftListing),
  readIptablesSave(readings.legacy4, 'ipv4', 'iptables-legacy'),
  readIptablesSave(readings.legacy6, 'ipv6', 'iptables-legacy'),
  readIptablesSave(readings.nft4, 'ipv4', 'iptables-nft'),
  readIptablesSave(readings.nft6, 'ipv6', 'iptables-nft'),
];

const ways = [
  { direction: 'in', delivery: 'multicast', family: 'ipv4' },
  { direction: 'out', delivery: 'multicast', family: 'ipv4' },
  { direction: 'in', delivery: 'unicast', family: 'ipv4' },
  { direction: 'out', delivery: 'unicast', family: 'ipv4' },
  { direction: 'in', delivery: 'multicast', family: 'ipv6' },
  { direction: 'out', delivery: 'multicast', family: 'ipv6' },
] as const;

interface Recorded {
  readonly name: string;
  readonly readings: Readings;
  readonly trials: { readonly packet: PacketUnderTest; readonly delivered: 'yes' | 'no' }[];
}

const recorded: Recorded[] = [];
const tally = { judged: 0, unknown: 0, skipped: [] as string[] };

const sameRule = (a: RuleRef, b: RuleRef): boolean =>
  a.engine === b.engine &&
  a.family === b.family &&
  a.table === b.table &&
  a.chain === b.chain &&
  a.position === b.position;

function riseOf(rule: RuleRef, before: readonly Ruleset[], after: readonly Ruleset[]): number | undefined {
  if (rule.counter === undefined) return undefined;
  const rises = before.flatMap((ruleset, index) => {
    const later = after[index];
    return later === undefined ? [] : counterDeltas(ruleset, later);
  });
  return rises.find((rise) => sameRule(rise.rule, rule))?.packets ?? 0;
}

async function compare(field: Field, variant: Variant): Promise<void> {
  const { topology } = variant;
  field.clear(topology);
  await field.forget(topology);
  field.load(variant);
  let before = field.read(topology);
  const entry: Recorded = { name: variant.name, readings: before, trials: [] };
  recorded.push(entry);
  for (const way of ways) {
    const packet = field.packetFor(topology, way.direction, way.delivery, way.family);
    const rulesets = readAll(before);
    const judgement = judgePacket(rulesets, packet, { connection: 'new', reversePath: 'ok' });
    const seen = await field.send(topology, packet, count);
    const after = field.read(topology);
    const told = `${way.family} ${way.direction} ${way.delivery}: ${judgement.outcome} by ${judgement.decidedBy?.text ?? '-'} (${judgement.uncertain.map((doubt) => doubt.why).join('; ')})`;
    entry.trials.push({ packet, delivered: seen === count ? 'yes' : 'no' });
    tally.judged += 1;
    if (judgement.outcome === 'unknown') tally.unknown += 1;
    else if (judgement.outcome === 'accept') expect.soft(seen, told).toBe(count);
    else {
      expect.soft(seen, told).toBe(0);
      const { decidedBy } = judgement;
      expect.soft(decidedBy, told).toBeDefined();
      if (decidedBy !== undefined) {
        const rise = riseOf(decidedBy, rulesets, readAll(after));
        if (rise !== undefined) expect.soft(rise, `counter of ${told}`).toBeGreaterThanOrEqual(count);
      }
      await heal(field, variant, packet, rulesets);
    }
    before = judgement.outcome === 'drop' || judgement.outcome === 'reject' ? field.read(topology) : after;
  }
}

/** Runs the commands of the remedy and sends again; then restores the variant. */
async function heal(
  field: Field,
  variant: Variant,
  packet: PacketUnderTest,
  rulesets: readonly Ruleset[],
): Promise<void> {
  const { topology } = variant;
  const plan = planRemedies(rulesets, packet, { judge: { connection: 'new', reversePath: 'ok' } });
  const commands = plan.remedies.flatMap((remedy) => remedy.commands);
  expect.soft(plan.after.outcome, `after ${commands.join(' ; ')}`).toBe('accept');
  for (const command of commands) field.run(topology, command);
  const fresh =
    packet.delivery === 'unicast'
      ? field.packetFor(topology, packet.direction, packet.delivery, packet.family)
      : packet;
  expect
    .soft(await field.send(topology, fresh, count), `delivered after ${commands.join(' ; ')}`)
    .toBe(count);
  field.clear(topology);
  await field.forget(topology);
  field.load(variant);
}

describe('netfilter against the kernel', () => {
  if (reason !== undefined) {
    if (process.env.VIPDOCTOR_LAB === 'required') it('can run', () => expect.fail(reason));
    else it.skip(`skipped: ${reason}`, () => {});
    return;
  }
  let field: Field | undefined;
  beforeAll(async () => {
    field = await openField();
  });
  afterAll(() => {
    field?.close();
    const target = process.env.VIPDOCTOR_RECORD;
    if (target !== undefined)
      writeFileSync(target, `${recorded.map((entry) => JSON.stringify(entry)).join('\n')}\n`);
  });

  it.each(variants.map((variant) => [variant.name, variant] as const))('%s', async (_name, variant) => {
    if (field === undefined) throw new Error('the field was not set up');
    try {
      field.clear(variant.topology);
      field.load(variant);
    } catch {
      tally.skipped.push(variant.name);
      return;
    }
    await compare(field, variant);
  });

  it('is honest, not evasive: nearly every variant loads, and few answers are unknown', () => {
    expect(tally.judged).toBeGreaterThan(0);
    expect(tally.skipped.length, tally.skipped.join('\n')).toBeLessThanOrEqual(variants.length * 0.05);
    expect(tally.unknown / tally.judged).toBeLessThanOrEqual(0.1);
  });
});
