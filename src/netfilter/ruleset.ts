/**
 * What a firewall of a node consists of, whichever program listed it: tables, chains, rules, sets, named objects.
 * Knows the shape only; the readers (nft-json, iptables-save, ipset) fill it and judge walks it.
 */

export type Engine = 'nft' | 'iptables-legacy' | 'iptables-nft';

/** A parsed JSON value whose shape nobody vouches for. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Counter {
  readonly packets: number;
  readonly bytes: number;
}

/** A rule or a chain's policy, in words its owner would recognise. */
export interface RuleRef {
  readonly engine: Engine;
  /** nft family: ip, ip6, inet, bridge, netdev, arp. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Hook of the chain itself; absent for chains that are only jumped to. */
  readonly hook?: string;
  readonly priority?: number;
  readonly device?: string;
  /** nft rule handle. */
  readonly handle?: number;
  /** 1-based place in the chain; 0 for a policy. */
  readonly position: number;
  /** nft syntax, or the iptables `-A` line; for a policy `policy drop` or `-P INPUT DROP`. */
  readonly text: string;
  readonly kind: 'rule' | 'policy';
  readonly counter?: Counter;
  readonly comment?: string;
}

export type Policy = 'accept' | 'drop';

export interface BaseHook {
  /** filter, nat, route */
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: Policy;
  /** Devices of an ingress/egress chain. Some nft releases (1.0.x) leave them out of their JSON: `unknown`. */
  readonly devices: readonly string[] | 'unknown';
}

export interface XtOption {
  /** Long or short name without dashes: `dst-type`, `s`, `p`. */
  readonly name: string;
  readonly sense: 'is' | 'is-not';
  readonly args: readonly string[];
}

export interface XtMatch {
  /** Extension name, or `basic` for -s -d -i -o -p -f. */
  readonly module: string;
  readonly options: readonly XtOption[];
}

export interface XtTarget {
  readonly name: string;
  readonly how: 'jump' | 'goto';
  readonly options: readonly XtOption[];
}

export type RuleBody =
  | { readonly syntax: 'nft'; readonly statements: readonly Json[] }
  | { readonly syntax: 'xtables'; readonly matches: readonly XtMatch[]; readonly target?: XtTarget }
  /** Put in by a remedy that is being thought through: lets the packet under test pass this chain. */
  | { readonly syntax: 'remedy' };

export interface Rule {
  readonly ref: RuleRef;
  readonly body: RuleBody;
}

export interface Chain {
  readonly engine: Engine;
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly base?: BaseHook;
  readonly policyCounter?: Counter;
  readonly rules: readonly Rule[];
}

/** A named set or map of nft; elements as JSON (`[key, value]` pairs for maps). */
export interface NamedSet {
  readonly name: string;
  readonly kind: 'set' | 'map';
  readonly elements: readonly Json[];
}

export interface Table {
  readonly engine: Engine;
  readonly family: string;
  readonly name: string;
  /** A dormant table (nft flag) has no chain hooked into the kernel. `unknown`: the listing hides the flag. */
  readonly activity: 'active' | 'dormant' | 'unknown';
  readonly chains: readonly Chain[];
  readonly sets: readonly NamedSet[];
}

/** One set of `ipset save`. */
export interface Ipset {
  readonly name: string;
  /** hash:ip, hash:net,iface, list:set … */
  readonly type: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly entries: readonly { readonly value: string; readonly sense: 'match' | 'nomatch' }[];
}

export interface Ruleset {
  readonly engine: Engine;
  readonly tables: readonly Table[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** The reference that stands for a base chain's policy. */
export function policyRef(chain: Chain): RuleRef {
  const base = chain.base;
  const policy = base?.policy ?? 'accept';
  return {
    engine: chain.engine,
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    ...(base === undefined ? {} : { hook: base.hook, priority: base.priority }),
    ...(base !== undefined && base.devices !== 'unknown' && base.devices.length > 0
      ? { device: base.devices.join(',') }
      : {}),
    position: 0,
    text: chain.engine === 'nft' ? `policy ${policy}` : `-P ${chain.name} ${policy.toUpperCase()}`,
    kind: 'policy',
    ...(chain.policyCounter === undefined ? {} : { counter: chain.policyCounter }),
  };
}
