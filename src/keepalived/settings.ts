/**
 * One configured value with where it came from, and how numbers, switches and times are read
 * (lib/parser.c: read_int, read_decimal_unsigned, check_true_false). Knows no keyword.
 */
import type { ConfigNode, Place } from './config-tree.ts';

/** How a value came to be. `adjusted`: keepalived runs with something else than what was written. */
export type Origin = 'configured' | 'global' | 'default' | 'adjusted';

export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
  /** Where it was written; absent for defaults. */
  readonly source?: Place;
  /** What was written, when keepalived runs with something else. */
  readonly written?: string;
  /** Why keepalived runs with something else. */
  readonly why?: string;
}

export function placeOf({ file, line, column }: Place): Place {
  return { file, line, column };
}

export function configured<T>(value: T, at: Place): Setting<T> {
  return { value, origin: 'configured', source: placeOf(at) };
}

export function byDefault<T>(value: T): Setting<T> {
  return { value, origin: 'default' };
}

export function fromGlobal<T>(setting: Setting<T>): Setting<T> {
  return setting.origin === 'default' ? setting : { ...setting, origin: 'global' };
}

/** `written` is the text in the file where that differs from the value read from it. */
export function adjusted<T>(
  setting: Setting<unknown>,
  value: T,
  why: string,
  written: string = setting.written ?? String(setting.value),
): Setting<T> {
  const { source } = setting;
  return { value, origin: 'adjusted', written, why, ...(source === undefined ? {} : { source }) };
}

/** What a block lists for a keyword: the first or last of several, as keepalived keeps it. */
export function lastNode(nodes: readonly ConfigNode[], keyword: string): ConfigNode | undefined {
  return nodes.findLast((node) => node.keyword === keyword);
}

export function allNodes(nodes: readonly ConfigNode[], keyword: string): readonly ConfigNode[] {
  return nodes.filter((node) => node.keyword === keyword);
}

export function firstWord(node: ConfigNode | undefined): string | undefined {
  return node?.args[0]?.value;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A whole decimal number (read_int and read_unsigned use base 10). */
export function readInteger(word: string | undefined, range: Range): number | undefined {
  if (word === undefined || !/^[+-]?[0-9]+$/.test(word)) return undefined;
  const value = Number(word);
  return value >= range.least && value <= range.most ? value : undefined;
}

/** Seconds with an optional fraction, rounded to microseconds as keepalived keeps them; result in ms. */
export function readSecondsAsMs(word: string | undefined, range: Range): number | undefined {
  if (word === undefined || !/^\+?(?:\d+(?:\.\d*)?|\.\d+)$/.test(word)) return undefined;
  const valueMs = Math.round(Number(word) * 1_000_000) / 1000;
  return valueMs >= range.least && valueMs <= range.most ? valueMs : undefined;
}

export type Switch = 'on' | 'off';

/** A keyword that stands alone, or with true/on/yes/false/off/no; undefined when the word is none of these. */
export function readSwitch(node: ConfigNode): Switch | undefined {
  const word = firstWord(node);
  if (word === undefined || word === 'true' || word === 'on' || word === 'yes') return 'on';
  return word === 'false' || word === 'off' || word === 'no' ? 'off' : undefined;
}

/** Keeps the last occurrence that keepalived would accept, as it does. */
export function readLast<T>(
  nodes: readonly ConfigNode[],
  keywords: readonly string[],
  read: (node: ConfigNode) => T | undefined,
): Setting<T> | undefined {
  let kept: Setting<T> | undefined;
  for (const node of nodes) {
    if (!keywords.includes(node.keyword)) continue;
    const value = read(node);
    if (value !== undefined) kept = configured(value, node.args[0] ?? node);
  }
  return kept;
}
