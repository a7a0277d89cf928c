/**
 * The commands that let the packet pass the rule that drops it, spoken to the program that owns the rule, and what
 * the ruleset looks like afterwards, so that the effect can be judged before anybody runs anything. Runs nothing.
 */

import type { FirewalldPlace } from './firewalld.ts';
import { tokenizeSave } from './iptables-save.ts';
import type { Judgement } from './judge.ts';
import { chooseTables, judgePacket } from './judge.ts';
import type { Owner } from './owner.ts';
import { ownerOf } from './owner.ts';
import type { PacketUnderTest } from './packet.ts';
import type { Chain, RuleRef, Ruleset, Table } from './ruleset.ts';
import { commandLine, quoteWord } from './shell.ts';
import type { UfwPlace } from './ufw.ts';
import type { JudgeOptions } from './world.ts';

/** What the commands do to the ruleset. */
export type Change =
  | { readonly kind: 'delete'; readonly rule: RuleRef }
  | {
      readonly kind: 'accept-first';
      readonly engine: RuleRef['engine'];
      readonly family: string;
      readonly table: string;
      readonly chain: string;
    }
  | { readonly kind: 'none' };

export interface Remedy {
  readonly owner: Owner['owner'];
  readonly text: string;
  readonly commands: readonly string[];
  readonly change: Change;
}

export interface RemedyOptions {
  /** Path of the judgement: finds zone and owner when the dropping chain is a built-in one. */
  readonly path?: readonly RuleRef[];
  /** False: change the running firewall only. Default true, where the owner has a permanent configuration. */
  readonly keepPermanent?: boolean;
  /** Name of the iptables program on the node, when it is not `iptables-legacy` / `iptables-nft`. */
  readonly iptables?: string;
}

const protocolWords: Readonly<Record<number, string>> = { 112: 'vrrp', 51: 'ah', 2: 'igmp' };
const protocolWord = (packet: PacketUnderTest): string =>
  protocolWords[packet.protocol] ?? String(packet.protocol);

const acceptFirst = (ref: RuleRef, chain = ref.chain): Change => ({
  kind: 'accept-first',
  engine: ref.engine,
  family: ref.family,
  table: ref.table,
  chain,
});

const lastingNote = (place: string): string =>
  `The command changes the running rules only; put the same into ${place} so that it survives a reboot.`;

/** Does the nft rule concern nothing but this protocol (and perhaps an interface or the VRRP group)? */
function isOnlyAboutNft(ref: RuleRef, packet: PacketUnderTest): boolean {
  const { protocol } = packet;
  const word = protocolWords[protocol] ?? String(protocol);
  const body = ref.text.replace(/ comment "[^"]*"$/, '');
  const ending = /(?:^| )(drop|reject(?: with .*)?)$/.exec(body);
  if (ending === null) return false;
  let rest = ` ${body.slice(0, ending.index)} `;
  const subject = new RegExp(
    ` (?:ip protocol|ip6 nexthdr|meta l4proto) (?:${word}|${protocol}) | @nh,72,8 (?:${word}|${protocol}) `,
  );
  const group = protocol === 112 ? / ip6? daddr (?:224\.0\.0\.18|ff02::12) / : / (?!) /;
  const about = subject.test(rest) || group.test(rest);
  const harmless = [
    subject,
    group,
    / (?:iif|oif|iifname|oifname|meta nfproto|meta protocol) \S+ /,
    / counter(?: name "[^"]*")? /,
    / log(?: prefix "[^"]*")?(?: group \d+)? /,
    / ip daddr 224\.0\.0\.18 /,
  ];
  for (const part of [...harmless, ...harmless]) rest = rest.replace(part, '  ').replace(/ +/g, ' ');
  return about && rest.trim() === '';
}

function nftRemedy(ref: RuleRef, packet: PacketUnderTest): Remedy {
  const place = `${ref.family} ${ref.table} ${ref.chain}`;
  const lasting = lastingNote('/etc/nftables.conf (or wherever this host keeps its nft rules)');
  if (ref.kind === 'rule' && ref.handle !== undefined && isOnlyAboutNft(ref, packet)) {
    return {
      owner: 'nft',
      text: `Delete the rule that drops ${protocolWord(packet)} in ${place}. ${lasting}`,
      commands: [
        commandLine('nft', 'delete', 'rule', ref.family, ref.table, ref.chain, 'handle', ref.handle),
      ],
      change: { kind: 'delete', rule: ref },
    };
  }
  const condition =
    packet.family === 'ipv4'
      ? ['ip', 'protocol']
      : ref.family === 'ip6' || ref.family === 'inet'
        ? ['meta', 'l4proto']
        : ['ip6', 'nexthdr'];
  return {
    owner: 'nft',
    text: `Accept protocol ${packet.protocol} at the top of ${place}, before what drops it. ${lasting}`,
    commands: [
      commandLine(
        'nft',
        'insert',
        'rule',
        ref.family,
        ref.table,
        ref.chain,
        ...condition,
        packet.protocol,
        'accept',
      ),
    ],
    change: acceptFirst(ref),
  };
}

function iptablesProgram(ref: RuleRef, options: RemedyOptions): string {
  const six = ref.family === 'ip6' ? 'ip6tables' : 'iptables';
  return options.iptables ?? `${six}-${ref.engine === 'iptables-legacy' ? 'legacy' : 'nft'}`;
}

function isOnlyAboutXt(ref: RuleRef, packet: PacketUnderTest): boolean {
  const word = protocolWords[packet.protocol] ?? String(packet.protocol);
  const rest = ref.text
    .replace(/^-A \S+/, '')
    .replace(/ -m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+)/, '')
    .replace(/ -[io] \S+/g, '')
    .replace(/ -j (?:DROP|REJECT(?: --reject-with \S+)?)$/, '');
  const group =
    packet.protocol === 112 ? rest.replace(/ -d (?:224\.0\.0\.18(?:\/32)?|ff02::12(?:\/128)?)/, '') : rest;
  const remaining = group.replace(new RegExp(` -p (?:${word}|${packet.protocol})(?= |$)`), '');
  return (
    remaining !== ref.text.replace(/^-A \S+/, '') &&
    remaining.trim() === '' &&
    remaining !== rest &&
    !/ ! /.test(ref.text)
  );
}

function iptablesRemedy(ref: RuleRef, packet: PacketUnderTest, options: RemedyOptions): Remedy {
  const program = iptablesProgram(ref, options);
  const lasting = lastingNote(
    "the rules this host loads at boot (iptables-persistent's rules.v4, /etc/sysconfig/iptables, a script)",
  );
  if (ref.kind === 'rule' && isOnlyAboutXt(ref, packet)) {
    const words = tokenizeSave(ref.text)
      .slice(2)
      .map((token) => token.text);
    return {
      owner: 'iptables',
      text: `Delete the rule that drops ${protocolWord(packet)} in table ${ref.table}, chain ${ref.chain}. ${lasting}`,
      commands: [commandLine(program, '-t', ref.table, '-D', ref.chain, ...words)],
      change: { kind: 'delete', rule: ref },
    };
  }
  return {
    owner: 'iptables',
    text: `Accept protocol ${packet.protocol} at the top of chain ${ref.chain} in table ${ref.table}, before what drops it. ${lasting}`,
    commands: [
      commandLine(program, '-t', ref.table, '-I', ref.chain, 1, '-p', packet.protocol, '-j', 'ACCEPT'),
    ],
    change: acceptFirst(ref),
  };
}

function firewalldRemedy(
  ref: RuleRef,
  packet: PacketUnderTest,
  place: FirewalldPlace,
  options: RemedyOptions,
): Remedy | undefined {
  if (ref.table === 'firewalld_policy_drop') {
    return {
      owner: 'firewalld',
      text: 'firewalld is in panic mode and drops every packet. Switch panic mode off.',
      commands: ['firewall-cmd --panic-off'],
      change: acceptFirst(ref),
    };
  }
  if (place.zone === undefined && place.policy === undefined) return undefined;
  const early = place.section === 'pre' || place.section === 'deny' || place.section === 'log';
  const priority = early ? ' priority="-100"' : '';
  const rich = `rule${priority} protocol value="${protocolWord(packet)}" accept`;
  const target = place.zone === undefined ? `--policy=${place.policy ?? ''}` : `--zone=${place.zone}`;
  const name = place.zone === undefined ? `policy ${place.policy ?? ''}` : `zone ${place.zone}`;
  const section = early ? 'pre' : 'allow';
  const stem =
    place.section === 'base'
      ? ref.engine === 'nft'
        ? `filter_IN_${place.zone ?? ''}`
        : `IN_${place.zone ?? ''}`
      : ref.chain.replace(/_(pre|log|deny|allow|post)$/, '');
  const add = `--add-rich-rule='${rich}'`;
  const permanent = options.keepPermanent !== false;
  return {
    owner: 'firewalld',
    text: `firewalld's ${name} does not let protocol ${packet.protocol} in. Allow it there${permanent ? ' permanently' : ' until the next reload'}.`,
    commands: permanent
      ? [`firewall-cmd --permanent ${quoteWord(target)} ${add} && firewall-cmd --reload`]
      : [`firewall-cmd ${quoteWord(target)} ${add}`],
    change: acceptFirst(ref, `${stem}_${section}`),
  };
}

function ufwRemedy(ref: RuleRef, packet: PacketUnderTest, place: UfwPlace): Remedy {
  const side = packet.direction === 'in' ? 'input' : 'output';
  const prefix = ref.family === 'ip6' ? 'ufw6' : 'ufw';
  const device = packet.bridgeMaster ?? packet.interface;
  if (place.section === 'before') {
    const file = ref.family === 'ip6' ? '/etc/ufw/before6.rules' : '/etc/ufw/before.rules';
    return {
      owner: 'ufw',
      text: `ufw drops it before the rules of "ufw allow" are asked; accept protocol ${packet.protocol} in ${file}.`,
      commands: [
        `sed -i '/^# End required lines/a -A ${prefix}-before-${side} -p ${packet.protocol} -j ACCEPT' ${file} && ufw reload`,
      ],
      change: acceptFirst(ref, `${prefix}-before-${side}`),
    };
  }
  const word = protocolWord(packet);
  const older =
    word === 'vrrp'
      ? ` ufw before 0.36.2 does not know proto vrrp: there, add "-A ${prefix}-before-${side} -p 112 -j ACCEPT" below "# End required lines" in /etc/ufw/before${ref.family === 'ip6' ? '6' : ''}.rules and run "ufw reload".`
      : '';
  return {
    owner: 'ufw',
    text: `ufw denies what no rule of its own allows; allow protocol ${packet.protocol} on ${device}.${older}`,
    commands: [
      commandLine(
        'ufw',
        'prepend',
        'allow',
        packet.direction,
        'on',
        device,
        'from',
        'any',
        'to',
        'any',
        'proto',
        word,
      ),
    ],
    change: acceptFirst(ref, `${prefix}-user-${side}`),
  };
}

/** How to let the packet pass the rule or policy that drops it. */
export function remedyFor(ref: RuleRef, packet: PacketUnderTest, options: RemedyOptions = {}): Remedy {
  const owner = ownerOf(ref, options.path ?? []);
  if (owner.owner === 'firewalld') {
    const remedy = firewalldRemedy(ref, packet, owner, options);
    if (remedy !== undefined) return remedy;
  }
  if (owner.owner === 'ufw') return ufwRemedy(ref, packet, owner);
  if (owner.owner === 'keepalived') {
    const text =
      'keepalived itself installed this rule (vrrp_strict or no_accept, or what an earlier run left behind). Remove vrrp_strict/no_accept from the instance and reload keepalived.';
    return { owner: 'keepalived', text, commands: [], change: { kind: 'none' } };
  }
  const remedy = ref.engine === 'nft' ? nftRemedy(ref, packet) : iptablesRemedy(ref, packet, options);
  if (owner.owner === 'nft' || owner.owner === 'iptables') return remedy;
  return {
    ...remedy,
    owner: owner.owner,
    text: `${owner.owner} manages this chain and may write it anew. ${remedy.text}`,
  };
}

function changeChain(chain: Chain, change: Change): Chain {
  if (change.kind === 'delete') {
    const { rule } = change;
    return { ...chain, rules: chain.rules.filter((candidate) => candidate.ref.position !== rule.position) };
  }
  const ref: RuleRef = {
    engine: chain.engine,
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    position: 0,
    text: 'the remedy',
    kind: 'rule',
  };
  return { ...chain, rules: [{ ref, body: { syntax: 'remedy' } }, ...chain.rules] };
}

function changeTable(table: Table, change: Change): Table {
  if (change.kind === 'none') return table;
  const place = change.kind === 'delete' ? change.rule : change;
  if (table.engine !== place.engine || table.family !== place.family || table.name !== place.table)
    return table;
  return {
    ...table,
    chains: table.chains.map((chain) => (chain.name === place.chain ? changeChain(chain, change) : chain)),
  };
}

/** The rulesets as they would be after the commands (each table once, in the reading that judges it). */
function applyRemedy(rulesets: readonly Ruleset[], remedy: Remedy): readonly Ruleset[] {
  const { tables } = chooseTables(rulesets);
  const judged = rulesets.map((ruleset) => ({
    ...ruleset,
    tables: ruleset.tables.filter((table) => tables.includes(table)),
  }));
  return judged.map((ruleset) => ({
    ...ruleset,
    tables: ruleset.tables.map((table) => changeTable(table, remedy.change)),
  }));
}

/** The packet's fate after the commands: an accept in one chain does not help against a drop in another. */
export function judgeAfterRemedy(
  rulesets: readonly Ruleset[],
  packet: PacketUnderTest,
  remedy: Remedy,
  options: JudgeOptions = {},
): Judgement {
  return judgePacket(applyRemedy(rulesets, remedy), packet, options);
}

export interface RemedyPlan {
  /** In the order in which they are to be run. */
  readonly remedies: readonly Remedy[];
  /** The packet's fate after all of them. */
  readonly after: Judgement;
}

const maxSteps = 8;

const sameRule = (a: RuleRef, b: RuleRef): boolean =>
  a.engine === b.engine &&
  a.family === b.family &&
  a.table === b.table &&
  a.chain === b.chain &&
  a.position === b.position;

/** Remedies one after the other until the packet passes (or nothing more can be done). */
export function planRemedies(
  rulesets: readonly Ruleset[],
  packet: PacketUnderTest,
  options: { readonly judge?: JudgeOptions; readonly remedy?: RemedyOptions } = {},
): RemedyPlan {
  const remedies: Remedy[] = [];
  let current = rulesets;
  let judgement = judgePacket(current, packet, options.judge);
  while (judgement.outcome !== 'accept' && remedies.length < maxSteps) {
    const ref = judgement.decidedBy ?? judgement.candidates[0];
    if (ref === undefined) break;
    const remedy = remedyFor(ref, packet, { ...options.remedy, path: judgement.path });
    if (remedy.change.kind === 'none') {
      remedies.push(remedy);
      break;
    }
    remedies.push(remedy);
    current = applyRemedy(current, remedy);
    const next = judgePacket(current, packet, options.judge);
    const stuck =
      next.decidedBy !== undefined &&
      judgement.decidedBy !== undefined &&
      sameRule(next.decidedBy, judgement.decidedBy);
    judgement = next;
    if (stuck) break;
  }
  return { remedies, after: judgement };
}
