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
  readonly activity: Table['activity'];
  readonly chains: Map<string, { readonly base?: BaseHook; readonly rules: Json[] }>;
  readonly sets: NamedSet[];
  readonly counters: Map<string, Counter>;
}

type Fields = { readonly [key: string]: Json };

function readCounter(json: Json | undefined): Counter | undefined {
  if (!isRecord(json) || typeof json.packets !== 'number') return undefined;
  return { packets: json.packets, bytes: typeof json.bytes === 'number' ? json.bytes : 0 };
}

/** 1.0.x prints the table's own name where the flag should be; then only the plain listing tells which flag it is. */
function readActivity(flags: Json | undefined): Table['activity'] {
  const list = isList(flags) ? flags : flags === undefined ? [] : [flags];
  if (list.includes('dormant')) return 'dormant';
  return list.every((flag) => flag === 'owner' || flag === 'persist') ? 'active' : 'unknown';
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

interface Listed {
  readonly devices: ReadonlyMap<string, readonly string[]>;
  readonly tables: ReadonlyMap<string, 'active' | 'dormant'>;
}

/** What some releases omit from their JSON, as `nft list ruleset` (plain text) shows it: devices and table flags. */
function readListing(listing: string): Listed {
  const devices = new Map<string, readonly string[]>();
  const tables = new Map<string, 'active' | 'dormant'>();
  let table = '';
  let chain = '';
  for (const line of listing.split('\n')) {
    const heading = /^table (?:(\S+) )?(\S+) \{/.exec(line);
    if (heading !== null) {
      table = `${heading[1] ?? 'ip'} ${heading[2] ?? ''}`;
      tables.set(table, 'active');
    }
    if (/^\s*flags (\S+,)*dormant\b/.test(line) && chain === '') tables.set(table, 'dormant');
    if (/^\}/.test(line)) chain = '';
    const name = /^\s*chain (\S+) \{/.exec(line);
    if (name !== null) chain = name[1] ?? '';
    const hook = /^\s*type \S+ hook (?:ingress|egress) devices? (?:= )?(\{[^}]*\}|"[^"]*"|\S+)/.exec(line);
    const found = hook?.[1]
      ?.replace(/[{}"]/g, ' ')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    if (found !== undefined && found.length > 0) devices.set(`${table} ${chain}`, found);
  }
  return { devices, tables };
}

function finishChain(draft: Draft, name: string, listed: Listed): Chain {
  const chain = draft.chains.get(name);
  const devices = listed.devices.get(`${draft.family} ${draft.name} ${name}`);
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
  activity: Table['activity'] = 'active',
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
      draftOf(drafts, fields, name, readActivity(fields.flags));
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
 * `nft -j list ruleset`. `listing` is the plain `nft list ruleset`, used only for what nftables 1.0.x leaves out of
 * its JSON: the devices of ingress and egress chains, and table flags.
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
  const listed = readListing(listing);
  const tables = [...drafts.values()].map((draft): Table => {
    const chains = [...draft.chains.keys()].map((name) => finishChain(draft, name, listed));
    for (const chain of chains) {
      if (chain.base?.devices === 'unknown')
        problems.push(
          `nft's JSON does not say which device ${draft.family} ${draft.name} ${chain.name} listens on`,
        );
    }
    const listedActivity = listed.tables.get(`${draft.family} ${draft.name}`);
    const activity = draft.activity === 'unknown' ? (listedActivity ?? 'unknown') : draft.activity;
    if (activity === 'unknown')
      problems.push(`nft's JSON does not say whether table ${draft.family} ${draft.name} is dormant`);
    return {
      engine: 'nft',
      family: draft.family,
      name: draft.name,
      activity,
      chains,
      sets: draft.sets,
    };
  });
  return { engine: 'nft', tables, problems };
}
