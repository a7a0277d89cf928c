// What each node's firewall does with the adverts of its peers and with its own: rulesets as read, packets as
// VRRP sends them, judged by the netfilter room. Whether anybody is to blame is for the rules.
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { findArpDrop } from '../netfilter/arp-out.ts';
import { type CounterDelta, counterDeltas } from '../netfilter/counters.ts';
import { readIpsets } from '../netfilter/ipset.ts';
import { readIptablesSave } from '../netfilter/iptables-save.ts';
import { type Judgement, judgePacket } from '../netfilter/judge.ts';
import { readNftJson } from '../netfilter/nft-json.ts';
import { ownerOf } from '../netfilter/owner.ts';
import type { PacketUnderTest } from '../netfilter/packet.ts';
import { planRemedies } from '../netfilter/remedy.ts';
import type { RuleRef, Ruleset } from '../netfilter/ruleset.ts';
import type { JudgeOptions } from '../netfilter/world.ts';
import type { IptablesRulesets } from '../probes/iptables.ts';
import type { FoundLink } from '../probes/links.ts';
import type { NftRulesets } from '../probes/nft.ts';
import type { ArpDrop, FirewallFacts, FirewallJudgement, FirewallRule, Instance } from './model.ts';

export interface FirewallInput {
  readonly nft: Reading<NftRulesets>;
  readonly iptables: Reading<IptablesRulesets>;
  readonly links: Reading<readonly FoundLink[]>;
  /** Addresses of the node, without prefix. */
  readonly localAddresses: readonly string[];
  /** Instances of this node. */
  readonly own: readonly Instance[];
  /** All instances of the cluster. */
  readonly all: readonly Instance[];
  /** MAC a peer's adverts come from, where one was seen. */
  readonly macOf: (node: string) => string | undefined;
}

interface Rulesets {
  readonly before: readonly Ruleset[];
  readonly after: readonly Ruleset[];
  readonly deltas: readonly CounterDelta[];
  readonly ipsets: JudgeOptions;
  readonly read: readonly string[];
  readonly problems: readonly string[];
}

const countRules = (ruleset: Ruleset): number =>
  ruleset.tables.reduce(
    (total, table) => total + table.chains.reduce((sum, chain) => sum + chain.rules.length, 0),
    0,
  );

const readRulesets = (input: FirewallInput): Reading<Rulesets> => {
  const before: Ruleset[] = [];
  const after: Ruleset[] = [];
  const read: string[] = [];
  const problems: string[] = [];
  if (input.nft.kind === 'unknown') problems.push(input.nft.reason);
  else if (input.nft.value.kind === 'json') {
    const listing = input.nft.value.listing ?? '';
    const ruleset = readNftJson(input.nft.value.before, listing);
    before.push(ruleset);
    if (input.nft.value.after !== undefined) after.push(readNftJson(input.nft.value.after, listing));
    read.push(`nft: ${ruleset.tables.length} tables, ${countRules(ruleset)} rules`);
  } else if (input.nft.value.kind === 'text')
    problems.push('this nft prints no JSON, so its rules could not be judged');
  else read.push('nft: not in use');
  if (input.iptables.kind === 'unknown') problems.push(input.iptables.reason);
  else {
    problems.push(...input.iptables.value.problems);
    for (const save of input.iptables.value.saves) {
      const ruleset = readIptablesSave(save.before, save.family, save.engine);
      before.push(ruleset);
      if (save.after !== undefined) after.push(readIptablesSave(save.after, save.family, save.engine));
      read.push(`${save.engine} (${save.family}): ${countRules(ruleset)} rules`);
    }
    if (input.iptables.value.saves.length === 0) read.push('iptables: no tables');
  }
  for (const ruleset of before) problems.push(...ruleset.problems);
  // Without nft's list of tables iptables is not even asked: nothing read is not nothing there.
  if (before.length === 0 && problems.length > 0)
    return unknown(`the firewall could not be read: ${problems.join('; ')}`);
  const ipsets =
    input.iptables.kind === 'known' && input.iptables.value.ipsets !== undefined
      ? { ipsets: readIpsets(input.iptables.value.ipsets) }
      : {};
  const deltas = before.flatMap((ruleset, index) => {
    const later = after[index];
    return later === undefined ? [] : counterDeltas(ruleset, later);
  });
  return known({ before, after, deltas, ipsets, read, problems });
};

const describeOwner = (ref: RuleRef, path: readonly RuleRef[]): string => {
  const owner = ownerOf(ref, path);
  if (owner.owner === 'firewalld')
    return 'zone' in owner && owner.zone !== undefined ? `firewalld, zone ${owner.zone}` : 'firewalld';
  return owner.owner;
};

const ruleOf = (ref: RuleRef, path: readonly RuleRef[], rulesets: Rulesets): FirewallRule => {
  const delta = rulesets.deltas.find(
    ({ rule }) =>
      rule.engine === ref.engine &&
      rule.family === ref.family &&
      rule.table === ref.table &&
      rule.chain === ref.chain &&
      rule.kind === ref.kind &&
      (ref.handle === undefined
        ? rule.position === ref.position && rule.text === ref.text
        : rule.handle === ref.handle),
  );
  const start = ref.counter?.packets;
  return {
    engine: ref.engine,
    family: ref.family,
    table: ref.table,
    chain: ref.chain,
    ...(ref.hook === undefined ? {} : { hook: ref.hook }),
    ...(ref.handle === undefined ? {} : { handle: ref.handle }),
    text: ref.text,
    kind: ref.kind,
    owner: describeOwner(ref, path),
    ...(start === undefined
      ? {}
      : {
          counter: {
            before: start,
            ...(rulesets.after.length === 0
              ? {}
              : { after: delta?.kind === 'reset' ? delta.packets : start + (delta?.packets ?? 0) }),
          },
        }),
  };
};

const GROUP_MAC: Readonly<Record<'ipv4' | 'ipv6', string>> = {
  ipv4: '01:00:5e:00:00:12',
  ipv6: '33:33:00:00:00:12',
};

/** Where the packet passes on its way between the wire and the instance's interface. */
const devicesOf = (
  links: FirewallInput['links'],
  name: string,
): Pick<PacketUnderTest, 'interface' | 'bridgeMaster' | 'lowerDevices'> => {
  if (links.kind === 'unknown') return { interface: name };
  const link = links.value.find((one) => one.name === name);
  const lower: string[] = [];
  for (let below = link?.parent; below !== undefined && !lower.includes(below); ) {
    lower.push(below);
    const next = links.value.find((one) => one.name === below);
    below = next?.parent;
  }
  if (link?.kind === 'bond')
    lower.push(...links.value.filter((one) => one.master === name).map((one) => one.name));
  return {
    interface: name,
    ...(link?.kind === 'bridge' ? { bridgeMaster: name } : {}),
    ...(lower.length === 0 ? {} : { lowerDevices: lower }),
  };
};

const protocolOf = (instance: Instance): 112 | 51 =>
  instance.configured.kind === 'known' && instance.configured.value.auth.type === 'AH' ? 51 : 112;

const lengthOf = (instance: Instance): number => {
  if (instance.configured.kind === 'unknown') return 40;
  const { version, vips } = instance.configured.value;
  if (instance.family === 'ipv6') return 40 + 8 + 16 * vips.length;
  const ah = instance.configured.value.auth.type === 'AH' ? 24 : 0;
  return 20 + ah + 8 + 4 * vips.length + (version === 2 ? 8 : 0);
};

interface Advert {
  readonly direction: 'in' | 'out';
  readonly own: Instance;
  readonly sender: Instance;
  readonly peer: string;
  readonly src: string;
  readonly dst: string;
}

const packetOf = (advert: Advert, input: FirewallInput): PacketUnderTest => {
  const multicast =
    advert.sender.configured.kind !== 'known' || advert.sender.configured.value.mode === 'multicast';
  const mac = input.macOf(advert.sender.node);
  return {
    family: advert.own.family,
    direction: advert.direction,
    ...devicesOf(input.links, advert.own.interface),
    src: advert.src,
    dst: advert.dst,
    protocol: protocolOf(advert.sender),
    ttl: 255,
    ...(mac === undefined ? {} : { srcMac: mac }),
    ...(multicast ? { dstMac: GROUP_MAC[advert.own.family] } : {}),
    delivery: multicast ? 'multicast' : 'unicast',
    lengthBytes: lengthOf(advert.sender),
    dscp: 48,
    localAddresses: input.localAddresses,
    ...(advert.direction === 'out' ? { socketUid: 0, socketGid: 0 } : {}),
  };
};

const sourceOf = (instance: Instance): string | undefined =>
  instance.sourceAddress.kind === 'known' ? instance.sourceAddress.value : undefined;

const destinationOf = (sender: Instance, receiver: Instance): string | undefined => {
  if (sender.configured.kind === 'unknown') return sender.family === 'ipv4' ? '224.0.0.18' : 'ff02::12';
  return sender.configured.value.mode === 'multicast'
    ? sender.configured.value.multicastGroup
    : sourceOf(receiver);
};

/** Adverts of every peer on their way in, and this node's own on their way out (one per destination). */
const advertsOf = (own: Instance, input: FirewallInput): readonly Advert[] => {
  const peers = input.all.filter((one) => one.group === own.group && one.node !== own.node);
  const adverts: Advert[] = [];
  for (const peer of peers) {
    const from = sourceOf(peer);
    const to = destinationOf(peer, own);
    if (from !== undefined && to !== undefined)
      adverts.push({ direction: 'in', own, sender: peer, peer: peer.node, src: from, dst: to });
    const source = sourceOf(own);
    const destination = destinationOf(own, peer);
    if (source !== undefined && destination !== undefined)
      adverts.push({ direction: 'out', own, sender: own, peer: peer.node, src: source, dst: destination });
  }
  return adverts;
};

const summarize = (
  advert: Advert,
  judgement: Judgement,
  packet: PacketUnderTest,
  rulesets: Rulesets,
): FirewallJudgement => {
  const ttl = judgement.effects.find((effect) => effect.kind === 'ttl-set');
  const decided = judgement.decidedBy;
  const plan =
    judgement.outcome === 'accept' || (judgement.outcome === 'unknown' && judgement.candidates.length === 0)
      ? undefined
      : planRemedies(rulesets.before, packet, { judge: rulesets.ipsets });
  const toRule = (ref: RuleRef): FirewallRule => ruleOf(ref, judgement.path, rulesets);
  return {
    instance: advert.own.id,
    direction: advert.direction,
    peer: advert.peer,
    outcome: judgement.outcome,
    ...(decided === undefined ? {} : { decidedBy: toRule(decided) }),
    candidates: judgement.candidates.map(toRule),
    ...(plan === undefined || plan.remedies.length === 0
      ? {}
      : {
          remedy: {
            text: [...new Set(plan.remedies.map((remedy) => remedy.text))].join(' '),
            commands: [...new Set(plan.remedies.flatMap((remedy) => remedy.commands))],
          },
        }),
    ...(ttl?.kind === 'ttl-set' ? { ttlSetTo: ttl.ttlSetTo } : {}),
    uncertain: judgement.uncertain.map(
      ({ rule, why }) => `${rule.table} ${rule.chain}: ${rule.text}: ${why}`,
    ),
  };
};

/** VIPs an instance would announce by ARP. */
const announcedBy = (own: Instance): readonly string[] =>
  own.family === 'ipv4' && own.configured.kind === 'known'
    ? own.configured.value.vips.map((vip) => vip.replace(/\/\d+$/, ''))
    : [];

const arpDropsOf = (own: Instance, rulesets: Rulesets): readonly ArpDrop[] => {
  const tables = rulesets.before.flatMap((ruleset) => ruleset.tables);
  return announcedBy(own).flatMap((vip) => {
    const drop = findArpDrop(tables, { interface: own.interface, address: vip });
    return drop === undefined
      ? []
      : [{ group: own.group, vip, interface: own.interface, rule: ruleOf(drop, [], rulesets) }];
  });
};

export const judgeFirewall = (input: FirewallInput): Reading<FirewallFacts> => {
  const rulesets = readRulesets(input);
  if (rulesets.kind === 'unknown') return rulesets;
  const judgements = input.own.flatMap((own) =>
    advertsOf(own, input).map((advert) => {
      const packet = packetOf(advert, input);
      return summarize(
        advert,
        judgePacket(rulesets.value.before, packet, rulesets.value.ipsets),
        packet,
        rulesets.value,
      );
    }),
  );
  const arpDrops = input.own.flatMap((own) => arpDropsOf(own, rulesets.value));
  return known({ judgements, arpDrops, read: rulesets.value.read, problems: rulesets.value.problems });
};
