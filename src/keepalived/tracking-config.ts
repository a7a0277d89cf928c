/**
 * What instances track and the blocks that define it: vrrp_script, vrrp_track_process, (vrrp_)track_file and
 * the track_* lists with their weights (vrrp_track.c, track_file.c, vrrp_parser.c). Knows defaults and
 * limits; whether a script works on the node is not its business.
 */
import type { ConfigNode, Place } from './config-tree.ts';
import {
  byDefault,
  configured,
  firstWord,
  placeOf,
  readInteger,
  readLast,
  readSecondsAsMs,
  type Setting,
} from './settings.ts';
import { splitCommand } from './source-line.ts';

export type TrackKind = 'interface' | 'script' | 'file' | 'process' | 'bfd';
export type Direction = 'normal' | 'reverse';

export interface TrackEntry {
  readonly kind: TrackKind;
  readonly name: string;
  /** -253 … 253; 0: failure means FAULT. Absent: the weight of the script, file or process itself holds. */
  readonly weight?: number;
  readonly direction?: Direction;
  readonly source: Place;
}

const trackKeywords: Readonly<Record<string, TrackKind>> = {
  track_interface: 'interface',
  track_script: 'script',
  track_file: 'file',
  track_process: 'process',
  track_bfd: 'bfd',
};

const weightRange = { least: -254, most: 254 };

function clampWeight(weight: number): number {
  return Math.max(-253, Math.min(253, weight));
}

/** Entries of all track_* blocks among `nodes`; a name listed twice counts once, as in keepalived. */
export function readTracks(nodes: readonly ConfigNode[]): readonly TrackEntry[] {
  const entries: TrackEntry[] = [];
  for (const block of nodes) {
    const kind = Object.hasOwn(trackKeywords, block.keyword) ? trackKeywords[block.keyword] : undefined;
    if (kind === undefined) continue;
    for (const line of block.children ?? []) {
      if (entries.some((entry) => entry.kind === kind && entry.name === line.keyword)) continue;
      const [option, word, direction] = line.args.map((token) => token.value);
      const weight = option === 'weight' ? readInteger(word, weightRange) : undefined;
      entries.push({
        kind,
        name: line.keyword,
        ...(weight === undefined ? {} : { weight: clampWeight(weight) }),
        ...(direction === 'reverse' ? { direction: 'reverse' as const } : {}),
        ...(direction === 'noreverse' ? { direction: 'normal' as const } : {}),
        source: placeOf(line),
      });
    }
  }
  return entries;
}

interface Weighted {
  readonly weight: Setting<number>;
  readonly direction: Direction;
}

function readWeight(nodes: readonly ConfigNode[]): Weighted {
  const weight = readLast(nodes, ['weight'], (node) => readInteger(firstWord(node), weightRange));
  const node = nodes.findLast((candidate) => candidate.keyword === 'weight');
  return {
    weight: weight === undefined ? byDefault(0) : { ...weight, value: clampWeight(weight.value) },
    direction: node?.args[1]?.value === 'reverse' ? 'reverse' : 'normal',
  };
}

export interface ScriptConfig extends Weighted {
  readonly name: string;
  readonly source: Place;
  /** Words of the command; absent when none is given: keepalived then drops the script. */
  readonly command?: Setting<readonly string[]>;
  /** Default 1 s (vrrp_track.h VRRP_SCRIPT_DI). */
  readonly intervalMs: Setting<number>;
  /** Default: the interval. */
  readonly timeoutMs: Setting<number>;
  readonly rise: Setting<number>;
  readonly fall: Setting<number>;
  readonly user?: Setting<string>;
  readonly initFail: 'yes' | 'no';
}

const anyTime = { least: 0, most: 4_294_967_000 };
const anyCount = { least: 1, most: 2_147_483_647 };

export function readScript(node: ConfigNode): ScriptConfig {
  const nodes = node.children ?? [];
  const readCount = (keyword: string): Setting<number> =>
    readLast(nodes, [keyword], (line) => readInteger(firstWord(line), anyCount)) ?? byDefault(1);
  const readTime = (keyword: string): Setting<number> | undefined =>
    readLast(nodes, [keyword], (line) => {
      const timeMs = readSecondsAsMs(firstWord(line), anyTime);
      return timeMs === 0 ? 1000 : timeMs;
    });
  const intervalMs = readTime('interval') ?? byDefault(1000);
  const user = readLast(
    nodes,
    ['user'],
    (line) => line.args.map((token) => token.value).join(' ') || undefined,
  );
  return {
    name: firstWord(node) ?? '',
    source: placeOf(node),
    ...readCommand(nodes, 'script'),
    intervalMs,
    timeoutMs: readTime('timeout') ?? byDefault(intervalMs.value),
    rise: readCount('rise'),
    fall: readCount('fall'),
    ...readWeight(nodes),
    ...(user === undefined ? {} : { user }),
    initFail: nodes.some((line) => line.keyword === 'init_fail') ? 'yes' : 'no',
  };
}

/** The command of a `script` line. Older configurations quote the whole of it: `script "/bin/check -a"`. */
function readCommand(
  nodes: readonly ConfigNode[],
  keyword: string,
): { readonly command?: Setting<readonly string[]> } {
  const line = nodes.findLast((node) => node.keyword === keyword);
  if (line === undefined) return {};
  const words = splitCommand(line.text, 'keep')?.slice(1) ?? line.args.map((token) => token.value);
  if (words.length === 0) return {};
  const [only] = words;
  const split =
    words.length === 1 && only !== undefined && /\s/.test(only) ? splitCommand(only, 'keep') : undefined;
  return { command: configured(split ?? words, line.args[0] ?? line) };
}

export interface ProcessConfig extends Weighted {
  readonly name: string;
  readonly source: Place;
  readonly process?: Setting<readonly string[]>;
  readonly quorum: Setting<number>;
  readonly quorumMax?: Setting<number>;
  readonly terminateDelayMs: Setting<number>;
  readonly forkDelayMs: Setting<number>;
}

export function readTrackProcess(node: ConfigNode): ProcessConfig {
  const nodes = node.children ?? [];
  const count = { least: 0, most: 65_535 };
  const readDelay = (keyword: string): Setting<number> =>
    readLast(nodes, [keyword, 'delay'], (line) =>
      readSecondsAsMs(firstWord(line), { least: 0, most: 3_600_000 }),
    ) ?? byDefault(0);
  const process = readLast(nodes, ['process'], (line) => line.args.map((token) => token.value));
  const quorumMax = readLast(nodes, ['quorum_max'], (line) => readInteger(firstWord(line), count));
  return {
    name: firstWord(node) ?? '',
    source: placeOf(node),
    ...(process === undefined ? {} : { process }),
    quorum:
      readLast(nodes, ['quorum'], (line) => readInteger(firstWord(line), { ...count, least: 1 })) ??
      byDefault(1),
    ...(quorumMax === undefined ? {} : { quorumMax }),
    terminateDelayMs: readDelay('terminate_delay'),
    forkDelayMs: readDelay('fork_delay'),
    ...readWeight(nodes),
  };
}

export interface FileConfig extends Weighted {
  readonly name: string;
  readonly source: Place;
  readonly path?: Setting<string>;
  readonly initFile?: Setting<string>;
}

export function readTrackFile(node: ConfigNode): FileConfig {
  const nodes = node.children ?? [];
  const path = readLast(nodes, ['file'], firstWord);
  const initFile = readLast(nodes, ['init_file'], (line) => line.args.map((token) => token.value).join(' '));
  const weight = readWeight(nodes);
  return {
    name: firstWord(node) ?? '',
    source: placeOf(node),
    ...(path === undefined ? {} : { path }),
    ...(initFile === undefined ? {} : { initFile }),
    // A file's own weight is 1 unless set (track_file.c).
    ...weight,
    weight: weight.weight.origin === 'default' ? byDefault(1) : weight.weight,
  };
}
