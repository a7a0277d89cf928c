/**
 * What becomes of one packet on one host, and which rule decides: every base chain of every table it meets, in the
 * kernel's order. An accept ends one base chain only; a drop is final. When something cannot be evaluated both
 * possibilities are followed, and where they end differently the answer is `unknown` with the reasons.
 * Knows netfilter only: routing, rp_filter, group membership and socket rules of the host are judged elsewhere.
 */

import { unknownBits } from './bits.ts';
import type { HookedChain, Stage } from './hooks.ts';
import { chainsAt, conntrackPriority, stagesOf } from './hooks.ts';
import type { PacketUnderTest } from './packet.ts';
import type { RuleRef, Ruleset, Table } from './ruleset.ts';
import { policyRef } from './ruleset.ts';
import type { Fall, Ledger } from './walk.ts';
import { noteDoubt, walkBaseChain } from './walk.ts';
import type { Effect, JudgeOptions, Standpoint, World } from './world.ts';
import { firstWorld, merge } from './world.ts';

export interface WalkedHook {
  readonly layer: Stage['layer'];
  readonly hook: string;
  readonly device?: string;
  readonly chains: readonly {
    readonly engine: string;
    readonly family: string;
    readonly table: string;
    readonly chain: string;
    readonly priority: number;
  }[];
}

export interface Judgement {
  readonly outcome: 'accept' | 'drop' | 'reject' | 'unknown';
  /** The rule or policy that ends the packet. */
  readonly decidedBy?: RuleRef;
  /** With `unknown`: what might drop it. With a drop: other rules that do the same when an assumption fails. */
  readonly candidates: readonly RuleRef[];
  /** Rules that matched on the way, in order. */
  readonly path: readonly RuleRef[];
  readonly uncertain: readonly { readonly rule: RuleRef; readonly why: string }[];
  /** What the rules do to a packet they let pass (TTL, addresses). */
  readonly effects: readonly Effect[];
  readonly hooksWalked: readonly WalkedHook[];
  readonly notes: readonly string[];
}

/**
 * iptables-nft keeps its tables inside nft, so a host that lists both shows them twice; nft cannot express their
 * extensions. The iptables-nft-save reading wins where it covers the table, the nft reading where it shows more.
 */
export function chooseTables(rulesets: readonly Ruleset[]): {
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
} {
  const all = rulesets.flatMap((ruleset) => ruleset.tables);
  const notes: string[] = [];
  const passedOver = new Set<Table>();
  for (const saved of all.filter((table) => table.engine === 'iptables-nft')) {
    const twin = all.find(
      (table) => table.engine === 'nft' && table.family === saved.family && table.name === saved.name,
    );
    if (twin === undefined) continue;
    const covers = twin.chains.every((chain) => {
      const other = saved.chains.find((candidate) => candidate.name === chain.name);
      return other !== undefined && other.rules.length === chain.rules.length;
    });
    const opaque = twin.chains.some((chain) =>
      chain.rules.some(
        (rule) => rule.body.syntax === 'nft' && JSON.stringify(rule.body.statements).includes('"xt"'),
      ),
    );
    if (covers || opaque) passedOver.add(twin);
    else passedOver.add(saved);
    notes.push(
      `table ${saved.family} ${saved.name} is listed by nft and by iptables-nft-save; the ${covers || opaque ? 'iptables-nft-save' : 'nft'} reading is used`,
    );
  }
  return { tables: all.filter((table) => !passedOver.has(table)), notes };
}

/** Worlds after conntrack has looked at the packet. */
function track(worlds: readonly World[], packet: PacketUnderTest, options: JudgeOptions): readonly World[] {
  return worlds.flatMap((world): readonly World[] => {
    if (world.tracking !== 'not-yet') return [world];
    const asNew: World = { ...world, tracking: 'new' };
    const asEstablished: World = { ...world, tracking: 'established', connectionMark: unknownBits(32) };
    // Nobody ever answers from a group address, so the connection of a multicast advert stays new.
    if (options.connection === 'new' || packet.delivery === 'multicast') return [asNew];
    return options.connection === 'established' ? [asEstablished] : [asNew, asEstablished];
  });
}

const usesConntrack = (tables: readonly Table[]): boolean =>
  tables.some(
    (table) =>
      table.family === 'bridge' &&
      table.chains.some((chain) =>
        chain.rules.some(
          (rule) => rule.body.syntax === 'nft' && JSON.stringify(rule.body.statements).includes('"ct"'),
        ),
      ),
  );

/** A mark that some rule gives to connections may be there from an earlier packet already. */
function marksConnections(tables: readonly Table[]): boolean {
  return tables.some((table) =>
    table.chains.some((chain) =>
      chain.rules.some(({ body }) => {
        if (body.syntax === 'xtables')
          return (
            body.target?.name === 'CONNMARK' &&
            !body.target.options.some((option) => option.name === 'restore-mark')
          );
        return (
          body.syntax === 'nft' &&
          /"mangle":\{"key":\{"ct":|"name":"CONNMARK"/.test(JSON.stringify(body.statements))
        );
      }),
    ),
  );
}

const connectionWords =
  /"(ct|ct helper|ct count|snat|dnat|masquerade|redirect|flow|conntrack|state|connmark|CONNMARK|CT|SNAT|DNAT|MASQUERADE|REDIRECT)"/;
const connectionModules = new Set([
  'state',
  'conntrack',
  'connmark',
  'connlimit',
  'connbytes',
  'connlabel',
  'helper',
  'cluster',
]);
const connectionTargets = new Set([
  'SNAT',
  'DNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
  'CT',
  'NOTRACK',
  'CONNMARK',
  'CONNSECMARK',
]);

/** The kernel tracks connections in a namespace only once some rule asks for it (nf_ct_netns_get). */
function turnsConntrackOn(tables: readonly Table[], packet: PacketUnderTest): boolean {
  const families = ['inet', packet.family === 'ipv4' ? 'ip' : 'ip6'];
  return tables.some(
    (table) =>
      families.includes(table.family) &&
      table.chains.some((chain) =>
        chain.rules.some(({ body }) => {
          if (body.syntax === 'nft') return connectionWords.test(JSON.stringify(body.statements));
          if (body.syntax !== 'xtables') return false;
          return (
            connectionTargets.has(body.target?.name ?? '') ||
            body.matches.some((match) => connectionModules.has(match.module))
          );
        }),
      ),
  );
}

interface Run {
  readonly packet: PacketUnderTest;
  readonly options: JudgeOptions;
  readonly tables: readonly Table[];
  readonly record: Ledger;
  readonly notes: Set<string>;
}

function meetsConntrack(run: Run, stage: Stage, priority: number): boolean {
  if (stage.layer === 'device') return false;
  if (stage.layer === 'bridge' && !usesConntrack(run.tables)) return false;
  return stage.hook === 'input' || stage.hook === 'postrouting' || priority > conntrackPriority;
}

function runChain(run: Run, stage: Stage, hooked: HookedChain, worlds: readonly World[]): readonly World[] {
  const { packet, options, record } = run;
  const before = meetsConntrack(run, stage, hooked.priority) ? track(worlds, packet, options) : worlds;
  const at: Standpoint = {
    packet,
    options,
    layer: stage.layer,
    hook: stage.hook,
    priority: hooked.priority,
    inDevice: stage.inDevice,
    outDevice: stage.outDevice,
    linkHeader: stage.linkHeader,
  };
  const isNat = hooked.chain.base?.type === 'nat';
  if (isNat && !turnsConntrackOn(run.tables, packet)) {
    if (hooked.chain.rules.length > 0 || hooked.chain.base?.policy === 'drop') {
      run.notes.add(
        `${hooked.table.name} ${hooked.chain.name} is a nat chain and no rule turns connection tracking on, so the kernel does not ask it`,
      );
    }
    return worlds;
  }
  // nat chains see only the first packet of a connection; an untracked or established one passes them by.
  const visiting = isNat ? before.filter((world) => world.tracking === 'new') : before;
  const bypassing = isNat ? before.filter((world) => world.tracking !== 'new') : [];
  const fallen = record.falls.length;
  const alive = walkBaseChain(at, hooked.table, hooked.chain, visiting, record);
  if (isNat && record.falls.length > fallen) {
    run.notes.add(
      `${hooked.table.name} ${hooked.chain.name} is a nat chain: it sees the first packet of a connection only; adverts of a connection made before the rule may still pass`,
    );
  }
  if (hooked.listens === 'yes') return merge([...alive, ...bypassing]);
  if (record.falls.length === fallen && alive.length === visiting.length)
    return merge([...alive, ...bypassing]);
  noteDoubt(
    record,
    policyRef(hooked.chain),
    hooked.table.activity === 'unknown'
      ? 'the listing does not say whether this table is dormant'
      : 'the listing does not say on which device this chain listens',
  );
  for (let index = fallen; index < record.falls.length; index += 1) {
    const fall = record.falls[index];
    if (fall !== undefined)
      record.falls[index] = { ...fall, world: { ...fall.world, doubts: [...fall.world.doubts, fall.ref] } };
  }
  return merge([...before, ...alive]);
}

const keyOf = (ref: RuleRef): string =>
  [ref.engine, ref.family, ref.table, ref.chain, ref.position].join(' ');

function distinct(falls: readonly Fall[]): readonly Fall[] {
  const kept = new Map<string, Fall>();
  for (const fall of falls) {
    const before = kept.get(keyOf(fall.ref));
    if (before === undefined || fall.world.doubts.length < before.world.doubts.length)
      kept.set(keyOf(fall.ref), fall);
  }
  return [...kept.values()];
}

function conclude(run: Run, survivors: readonly World[], hooksWalked: readonly WalkedHook[]): Judgement {
  const falls = distinct(run.record.falls);
  const uncertain = [...run.record.uncertain.values()];
  const notes = [...run.notes];
  const effects = uniqueEffects(survivors);
  const shared = { uncertain, effects, hooksWalked, notes };
  const fallen = falls.toSorted((a, b) => a.world.doubts.length - b.world.doubts.length);
  const [surest] = fallen;
  const diverted = survivors.find((world) =>
    world.effects.some((effect) => effect.kind === 'destination-rewritten'),
  );
  if (surest === undefined) {
    const [survivor] = survivors;
    const path = survivor?.path ?? [];
    if (diverted === undefined) return { outcome: 'accept', candidates: [], path, ...shared };
    const rules = effects.flatMap((effect) => (effect.kind === 'destination-rewritten' ? [effect.rule] : []));
    const why = 'rewrites the destination, so the packet may never reach its socket';
    return {
      outcome: 'unknown',
      candidates: rules,
      path: diverted.path,
      ...shared,
      uncertain: [...uncertain, ...rules.map((rule) => ({ rule, why }))],
    };
  }
  if (survivors.length > 0) {
    const states = new Set(
      [...survivors, ...fallen.map((fall) => fall.world)].map((world) => world.tracking),
    );
    if (run.packet.delivery === 'unicast' && states.has('new') && states.has('established')) {
      notes.push(
        'to conntrack a unicast advert is NEW, or ESTABLISHED when this host sent adverts to that peer within the last minutes; the answer differs between the two',
      );
    }
    return {
      outcome: 'unknown',
      candidates: fallen.map((fall) => fall.ref),
      path: surest.world.path,
      ...shared,
      notes,
    };
  }
  return {
    outcome: surest.how,
    decidedBy: surest.ref,
    candidates: fallen.length > 1 ? fallen.map((fall) => fall.ref) : [],
    path: surest.world.path,
    ...shared,
  };
}

function uniqueEffects(worlds: readonly World[]): readonly Effect[] {
  const kept = new Map<string, Effect>();
  for (const effect of worlds.flatMap((world) => world.effects))
    kept.set(`${effect.kind} ${keyOf(effect.rule)}`, effect);
  return [...kept.values()];
}

/** Follows the packet through every hook. */
export function judgePacket(
  rulesets: readonly Ruleset[],
  packet: PacketUnderTest,
  options: JudgeOptions = {},
): Judgement {
  const { tables, notes } = chooseTables(rulesets);
  const run: Run = {
    packet,
    options,
    tables,
    record: { falls: [], uncertain: new Map() },
    notes: new Set(notes),
  };
  const hooksWalked: WalkedHook[] = [];
  const first = firstWorld(packet);
  let worlds: readonly World[] = [
    marksConnections(tables) ? { ...first, connectionMark: unknownBits(32) } : first,
  ];
  for (const stage of stagesOf(packet)) {
    const chains = chainsAt(stage, packet, tables);
    const walked: HookedChain[] = [];
    for (const hooked of chains) {
      if (worlds.length === 0) break;
      walked.push(hooked);
      worlds = runChain(run, stage, hooked, worlds);
    }
    if (walked.length === 0) continue;
    hooksWalked.push({
      layer: stage.layer,
      hook: stage.hook,
      ...(stage.device === undefined ? {} : { device: stage.device }),
      chains: walked.map(({ chain, priority }) => ({
        engine: chain.engine,
        family: chain.family,
        table: chain.table,
        chain: chain.name,
        priority,
      })),
    });
  }
  return conclude(run, worlds, hooksWalked);
}
