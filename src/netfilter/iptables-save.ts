/**
 * Reads `iptables-save` / `ip6tables-save` (legacy or nft variant, with or without `-c`) into a Ruleset: tables become
 * base chains with the kernel's hooks and priorities. Knows how options are spelled, not what they mean; never throws.
 */
import type {
  BaseHook,
  Chain,
  Counter,
  Engine,
  Policy,
  Rule,
  RuleRef,
  Ruleset,
  Table,
  XtMatch,
  XtOption,
  XtTarget,
} from './ruleset.ts';

/** Kernel priorities of the fixed tables (linux/netfilter_ipv4.h NF_IP_PRI_*). */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const hooks: Readonly<Record<string, string>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

interface Token {
  readonly text: string;
  readonly form: 'plain' | 'quoted';
}

/** Splits a line as iptables-save quotes it: double quotes, backslash before `"` and `\`. */
export function tokenizeSave(line: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|(\S+)/g;
  for (const match of line.matchAll(pattern)) {
    const quoted = match[1];
    if (quoted !== undefined) tokens.push({ text: quoted.replace(/\\(.)/g, '$1'), form: 'quoted' });
    else tokens.push({ text: match[2] ?? '', form: 'plain' });
  }
  return tokens;
}

const basicOptions: Readonly<Record<string, string>> = {
  '-s': 's',
  '--source': 's',
  '--src': 's',
  '-d': 'd',
  '--destination': 'd',
  '--dst': 'd',
  '-i': 'i',
  '--in-interface': 'i',
  '-o': 'o',
  '--out-interface': 'o',
  '-p': 'p',
  '--protocol': 'p',
  '--proto': 'p',
  '-f': 'f',
  '--fragment': 'f',
  '-4': '4',
  '-6': '6',
  '--ipv4': '4',
  '--ipv6': '6',
};

interface Section {
  readonly kind: 'match' | 'target';
  readonly name: string;
  readonly how: 'jump' | 'goto';
  readonly options: XtOption[];
}

interface ParsedRule {
  readonly matches: readonly XtMatch[];
  readonly target: XtTarget | undefined;
  readonly comment: string | undefined;
}

function parseRule(tokens: readonly Token[]): ParsedRule {
  const basic: Section = { kind: 'match', name: 'basic', how: 'jump', options: [] };
  const sections: Section[] = [basic];
  let current: Section = basic;
  let sense: 'is' | 'is-not' = 'is';
  let args: string[] | undefined;
  let index = 0;
  const next = (): string => {
    index += 1;
    return tokens[index]?.text ?? '';
  };
  for (; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    const { text } = token;
    const isOption = token.form === 'plain' && /^-[-a-zA-Z0-9]/.test(text) && !/^-\d/.test(text);
    if (token.form === 'plain' && text === '!') {
      sense = 'is-not';
      continue;
    }
    if (!isOption && !basicOptions[text]) {
      args?.push(text);
      continue;
    }
    if (
      text === '-m' ||
      text === '--match' ||
      text === '-j' ||
      text === '--jump' ||
      text === '-g' ||
      text === '--goto'
    ) {
      const kind = text === '-m' || text === '--match' ? 'match' : 'target';
      current = {
        kind,
        name: next(),
        how: text === '-g' || text === '--goto' ? 'goto' : 'jump',
        options: [],
      };
      sections.push(current);
      args = undefined;
    } else {
      const known = basicOptions[text];
      args = [];
      const option: XtOption = { name: known ?? text.replace(/^--?/, ''), sense, args };
      (known === undefined ? current : basic).options.push(option);
    }
    sense = 'is';
  }
  const matches = sections
    .filter((section) => section.kind === 'match')
    .map((section) => ({ module: section.name, options: section.options }));
  const target = sections.find((section) => section.kind === 'target');
  const comment = matches
    .find((match) => match.module === 'comment')
    ?.options.find((option) => option.name === 'comment')?.args[0];
  return {
    matches: matches.filter((match) => match.module !== 'basic' || match.options.length > 0),
    target:
      target === undefined ? undefined : { name: target.name, how: target.how, options: target.options },
    comment,
  };
}

interface ChainDraft {
  readonly policy: Policy | undefined;
  readonly counter: Counter | undefined;
  readonly rules: { readonly line: string; readonly counter: Counter | undefined }[];
}

interface TableDraft {
  readonly name: string;
  readonly chains: Map<string, ChainDraft>;
}

function readCounter(text: string | undefined): Counter | undefined {
  const match = /^\[(\d+):(\d+)\]$/.exec(text ?? '');
  return match === null ? undefined : { packets: Number(match[1]), bytes: Number(match[2]) };
}

function baseOf(table: string, chain: string, policy: Policy): BaseHook | undefined {
  const hook = Object.hasOwn(hooks, chain) ? hooks[chain] : undefined;
  if (hook === undefined) return undefined;
  const natPriority = hook === 'prerouting' || hook === 'output' ? -100 : 100;
  const type = table === 'nat' ? 'nat' : table === 'mangle' && hook === 'output' ? 'route' : 'filter';
  return {
    type,
    hook,
    priority: table === 'nat' ? natPriority : (priorities[table] ?? 0),
    policy,
    devices: [],
  };
}

function finishTable(draft: TableDraft, family: string, engine: Engine): Table {
  const chains = [...draft.chains].map(([name, chain]): Chain => {
    const base = chain.policy === undefined ? undefined : baseOf(draft.name, name, chain.policy);
    const rules = chain.rules.map((entry, index): Rule => {
      const parsed = parseRule(tokenizeSave(entry.line).slice(2));
      const ref: RuleRef = {
        engine,
        family,
        table: draft.name,
        chain: name,
        ...(base === undefined ? {} : { hook: base.hook, priority: base.priority }),
        position: index + 1,
        text: entry.line,
        kind: 'rule',
        ...(entry.counter === undefined ? {} : { counter: entry.counter }),
        ...(parsed.comment === undefined ? {} : { comment: parsed.comment }),
      };
      const body = {
        syntax: 'xtables' as const,
        matches: parsed.matches,
        ...(parsed.target === undefined ? {} : { target: parsed.target }),
      };
      return { ref, body };
    });
    return {
      engine,
      family,
      table: draft.name,
      name,
      ...(base === undefined ? {} : { base }),
      ...(chain.counter === undefined ? {} : { policyCounter: chain.counter }),
      rules,
    };
  });
  return { engine, family, name: draft.name, activity: 'active', chains, sets: [] };
}

/** One or several concatenated saves of one family. */
export function readIptablesSave(
  text: string,
  family: 'ipv4' | 'ipv6',
  engine: 'iptables-legacy' | 'iptables-nft',
): Ruleset {
  const tables = new Map<string, TableDraft>();
  const problems: string[] = [];
  let table: TableDraft | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      const incompatible = /table [`'"]?(\S+?)['"]? is incompatible/.exec(line);
      if (incompatible !== null)
        problems.push(`table ${incompatible[1] ?? ''} cannot be shown by iptables-nft-save`);
      continue;
    }
    if (line.startsWith('*')) {
      const name = line.slice(1).trim();
      table = tables.get(name) ?? { name, chains: new Map() };
      tables.set(name, table);
      continue;
    }
    if (line === 'COMMIT') {
      table = undefined;
      continue;
    }
    const heading = /^:(\S+) (\S+)(?: (\[\d+:\d+\]))?/.exec(line);
    if (heading !== null && table !== undefined) {
      const policy = heading[2] === 'DROP' ? 'drop' : heading[2] === '-' ? undefined : 'accept';
      const chain: ChainDraft = {
        policy,
        counter: policy === undefined ? undefined : readCounter(heading[3]),
        rules: table.chains.get(heading[1] ?? '')?.rules ?? [],
      };
      table.chains.set(heading[1] ?? '', chain);
      continue;
    }
    const rule = /^(\[\d+:\d+\] )?(-A (\S+).*)$/.exec(line);
    if (rule !== null && table !== undefined) {
      const name = rule[3] ?? '';
      const chain = table.chains.get(name) ?? { policy: undefined, counter: undefined, rules: [] };
      table.chains.set(name, chain);
      chain.rules.push({ line: rule[2] ?? '', counter: readCounter(rule[1]?.trim()) });
      continue;
    }
    problems.push(`unreadable line: ${line.slice(0, 120)}`);
  }
  const nftFamily = family === 'ipv4' ? 'ip' : 'ip6';
  return {
    engine,
    tables: [...tables.values()].map((draft) => finishTable(draft, nftFamily, engine)),
    problems,
  };
}
