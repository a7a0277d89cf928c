/**
 * Reads `nft -j list ruleset` of nftables 0.9.0 to 1.1 into a Ruleset. Objects and fields it does not know are left
 * out and, where that could matter, reported as a problem. Nothing is judged here; never throws.
 */
import { isList, isRecord, textOf } from './nft-expression.ts';
import { writeRule } from './nft-text.ts';
import type { BaseHook, Chain, Counter, Json, NamedSet, RuleRef, Ruleset, Table } from './ruleset.ts';

interface Draft {
  readonly family: string;
  readonly name: string;
  readonly activity: 'active' | 'dormant';
  readonly chains: Map<string, { readonly base?: BaseHook; readonly rules: Json[] }>;
  readonly sets: NamedSet[];
  readonly counters: Map<string, Counter>;
}

type Fields = { readonly [key: string]: Json };

function readCounter(json: Json | undefined): Counter | undefined {
  if (!isRecord(json) || typeof json.packets !== 'number') return undefined;
  return { packets: json.packets, bytes: typeof json.bytes === 'number' ? json.bytes : 0 };
}

/** `"flags": "dormant"`, a list of flags, or (1.0.x) the first letter only. */
function isDormant(flags: Json | undefined): boolean {
  const list = isList(flags) ? flags : flags === undefined ? [] : [flags];
  return list.some((flag) => flag === 'dormant' || flag === 'd' || flag === 1);
}

const namedPriorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

function readPriority(json: Json | undefined): number {
  if (typeof json === 'number') return json;
  const text = textOf(json);
  if (text === undefined) return 0;
  return namedPriorities[text] ?? (Number.isFinite(Number(text)) ? Number(text) : 0);
}

function readDevices(json: Json | undefined, hook: string): readonly string[] | 'unknown' {
  const list = isList(json) ? json : json === undefined || json === null ? [] : [json];
  const names = list.filter((name): name is string => typeof name === 'string');
  if (names.length > 0) return names;
  return hook === 'ingress' || hook === 'egress' ? 'unknown' : [];
}

function readBase(chain: Fields): BaseHook | undefined {
  const hook = textOf(chain.hook);
  if (hook === undefined) return undefined;
  return {
    type: textOf(chain.type) ?? 'filter',
    hook,
    priority: readPriority(chain.prio),
    policy: chain.policy === 'drop' ? 'drop' : 'accept',
    devices: readDevices(chain.dev ?? chain.devices, hook),
  };
}

function findCounter(statements: readonly Json[], named: ReadonlyMap<string, Counter>): Counter | undefined {
  for (const statement of statements) {
    const body = isRecord(statement) ? statement.counter : undefined;
    if (typeof body === 'string') return named.get(body);
    const counter = readCounter(body);
    if (counter !== undefined) return counter;
  }
  return undefined;
}

/** Devices by chain as `nft list ruleset` (plain text) shows them: some releases omit them from the JSON. */
function readListedDevices(listing: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let table = '';
  let chain = '';
  for (const line of listing.split('\n')) {
    const heading = /^table (?:(\S+) )?(\S+) \{/.exec(line);
    if (heading !== null) table = `${heading[1] ?? 'ip'} ${heading[2] ?? ''}`;
    const name = /^\s*chain (\S+) \{/.exec(line);
    if (name !== null) chain = name[1] ?? '';
    const hook = /^\s*type \S+ hook (?:ingress|egress) devices? (?:= )?(\{[^}]*\}|"[^"]*"|\S+)/.exec(line);
    const devices = hook?.[1]
      ?.replace(/[{}"]/g, ' ')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    if (devices !== undefined && devices.length > 0) found.set(`${table} ${chain}`, devices);
  }
  return found;
}

function finishChain(draft: Draft, name: string, listed: ReadonlyMap<string, readonly string[]>): Chain {
  const chain = draft.chains.get(name);
  const devices = listed.get(`${draft.family} ${draft.name} ${name}`);
  const base =
    chain?.base === undefined || chain.base.devices !== 'unknown' || devices === undefined
      ? chain?.base
      : { ...chain.base, devices };
  const place = {
    engine: 'nft' as const,
    family: draft.family,
    table: draft.name,
    chain: name,
    ...(base === undefined ? {} : { hook: base.hook, priority: base.priority }),
    ...(base === undefined || base.devices === 'unknown' || base.devices.length === 0
      ? {}
      : { device: base.devices.join(',') }),
  };
  const rules = (chain?.rules ?? []).map((json, index) => {
    const fields: Fields = isRecord(json) ? json : {};
    const statements = isList(fields.expr) ? fields.expr : [];
    const comment = textOf(fields.comment);
    const counter = findCounter(statements, draft.counters);
    const ref: RuleRef = {
      ...place,
      ...(typeof fields.handle === 'number' ? { handle: fields.handle } : {}),
      position: index + 1,
      text: writeRule(statements, comment),
      kind: 'rule',
      ...(counter === undefined ? {} : { counter }),
      ...(comment === undefined ? {} : { comment }),
    };
    return { ref, body: { syntax: 'nft' as const, statements } };
  });
  return {
    engine: 'nft',
    family: draft.family,
    table: draft.name,
    name,
    ...(base === undefined ? {} : { base }),
    rules,
  };
}

type Drafts = Map<string, Draft>;

function draftOf(
  drafts: Drafts,
  fields: Fields,
  name: string,
  activity: 'active' | 'dormant' = 'active',
): Draft {
  const family = textOf(fields.family) ?? 'ip';
  const key = `${family} ${name}`;
  const known = drafts.get(key);
  if (known !== undefined) return known;
  const draft: Draft = { family, name, activity, chains: new Map(), sets: [], counters: new Map() };
  drafts.set(key, draft);
  return draft;
}

function collect(drafts: Drafts, kind: string, fields: Fields): string | undefined {
  const name = textOf(fields.name) ?? '';
  const table = textOf(fields.table) ?? '';
  switch (kind) {
    case 'table':
      draftOf(drafts, fields, name, isDormant(fields.flags) ? 'dormant' : 'active');
      return undefined;
    case 'chain': {
      const base = readBase(fields);
      const draft = draftOf(drafts, fields, table);
      const rules = draft.chains.get(name)?.rules ?? [];
      draft.chains.set(name, { ...(base === undefined ? {} : { base }), rules });
      return undefined;
    }
    case 'rule': {
      const draft = draftOf(drafts, fields, table);
      const chain = textOf(fields.chain) ?? '';
      const entry = draft.chains.get(chain) ?? { rules: [] };
      draft.chains.set(chain, entry);
      entry.rules.push(fields);
      return isList(fields.expr)
        ? undefined
        : `rule ${String(fields.handle)} of ${table} ${chain} has no expressions`;
    }
    case 'set':
    case 'map':
      draftOf(drafts, fields, table).sets.push({
        name,
        kind,
        elements: isList(fields.elem) ? fields.elem : [],
      });
      return undefined;
    case 'counter': {
      const counter = readCounter(fields);
      if (counter !== undefined) draftOf(drafts, fields, table).counters.set(name, counter);
      return undefined;
    }
    default:
      return undefined;
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * `nft -j list ruleset`. `listing` is the plain `nft list ruleset`, used only for the devices of ingress and egress
 * chains, which nftables 1.0.x leaves out of its JSON.
 */
export function readNftJson(text: string, listing = ''): Ruleset {
  if (text.trim() === '') return { engine: 'nft', tables: [], problems: ['nft printed nothing'] };
  const json = parse(text);
  const objects = isRecord(json) ? json.nftables : undefined;
  if (!isList(objects))
    return { engine: 'nft', tables: [], problems: ['what nft printed is not its JSON listing'] };
  const drafts: Drafts = new Map();
  const problems: string[] = [];
  for (const object of objects) {
    if (!isRecord(object)) continue;
    for (const [kind, fields] of Object.entries(object)) {
      const problem = isRecord(fields) ? collect(drafts, kind, fields) : undefined;
      if (problem !== undefined) problems.push(problem);
    }
  }
  const listed = readListedDevices(listing);
  const tables = [...drafts.values()].map((draft): Table => {
    const chains = [...draft.chains.keys()].map((name) => finishChain(draft, name, listed));
    for (const chain of chains) {
      if (chain.base?.devices === 'unknown')
        problems.push(
          `nft's JSON does not say which device ${draft.family} ${draft.name} ${chain.name} listens on`,
        );
    }
    return {
      engine: 'nft',
      family: draft.family,
      name: draft.name,
      activity: draft.activity,
      chains,
      sets: draft.sets,
    };
  });
  return { engine: 'nft', tables, problems };
}
