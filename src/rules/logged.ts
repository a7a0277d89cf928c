// What keepalived logged, cut to what still counts: since it last read its configuration, since it was last
// started, or within the last hour. It knows how old a line is, and judges none.

import { type LogEvent, readLogLine } from '../cluster/logged-event.ts';
import type { ClusterModel, LogLine, NodeFacet } from '../cluster/model.ts';
import type { Facets } from './members.ts';
import { asEvidence } from './quoting.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome, type Severity } from './rule.ts';

export const logNeeds = ['nodes', 'hosts'] as const;
export type LogNeeds = (typeof logNeeds)[number];

export interface Entry {
  readonly text: string;
  readonly event: LogEvent | undefined;
  /** Epoch ms on the node's clock. */
  readonly atMs?: number;
  /** How long before the node was asked, ms; absent where the line or the node has no time. */
  readonly agoMs?: number;
}

/** `reading`: since the configuration was last read; `run`: since the last start; `any`: all that was kept. */
export type Reach = 'reading' | 'run' | 'any';

export interface NodeLog {
  readonly node: NodeFacet;
  readonly entries: readonly Entry[];
}

const hourMs = 3_600_000;

const starts: Readonly<Record<Reach, RegExp | undefined>> = {
  reading: /Starting Keepalived v|\bReloading( \.\.\.)?$/,
  run: /Starting Keepalived v/,
  any: undefined,
};

const cut = (lines: readonly LogLine[], reach: Reach): readonly LogLine[] => {
  const begin = starts[reach];
  if (begin === undefined) return lines;
  const at = lines.findLastIndex((line) => begin.test(line.text));
  // Parent and children log a reload one after the other.
  let first = Math.max(0, at);
  while (reach === 'reading' && first > 0 && /\bReloading( \.\.\.)?$/.test(lines[first - 1]?.text ?? ''))
    first -= 1;
  return lines.slice(first);
};

const nodeLog = (
  node: NodeFacet,
  hosts: ClusterModel['hosts'],
  reach: Reach,
): NodeLog | { readonly unread: string } => {
  if (node.log.kind === 'unknown') return { unread: `${node.name}: ${node.log.reason}` };
  const machine = hosts.find((host) => host.node === node.name)?.machine;
  const nowMs = machine?.kind === 'known' ? machine.value.nowMs : undefined;
  return {
    node,
    entries: cut(node.log.value, reach).map(({ text, atMs }) => ({
      text,
      event: readLogLine(text),
      ...(atMs === undefined ? {} : { atMs }),
      ...(atMs === undefined || nowMs === undefined ? {} : { agoMs: Math.max(0, nowMs - atMs) }),
    })),
  };
};

/** Runs over the logs that could be read; clear only when all could. */
export const judgeLogs = (
  facets: Facets<LogNeeds>,
  reach: Reach,
  draftsOf: (log: NodeLog) => readonly FindingDraft[],
): Outcome => {
  const logs = facets.nodes.map((node) => nodeLog(node, facets.hosts, reach));
  const drafts = logs.flatMap((log) => ('unread' in log ? [] : draftsOf(log)));
  const unread = logs.flatMap((log) => ('unread' in log ? [log.unread] : []));
  return drafts.length === 0 && (unread.length > 0 || logs.length === 0)
    ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no log could be read')
    : foundOrClear(drafts);
};

export interface LogWords {
  readonly title: string;
  readonly summary: string;
  readonly fix: string;
  readonly commands?: readonly string[];
  readonly severity?: Severity;
  readonly whenItExplains?: Severity;
}

/** One finding for a node, quoting the newest of the lines. */
export const draftFromLog = (
  { node }: NodeLog,
  hits: readonly Entry[],
  words: LogWords,
): readonly FindingDraft[] => {
  const quotes = hits
    .slice(-4)
    .map(({ text }) => ({ node: node.name, source: 'keepalived log', quote: text }));
  const [first, ...rest] = quotes;
  return first === undefined
    ? []
    : [
        {
          subject: { nodes: [node.name] },
          title: words.title,
          summary: words.summary,
          evidence: asEvidence(first, rest),
          remedy: {
            text: words.fix,
            commands: (words.commands ?? []).map((command) => ({ node: node.name, command })),
          },
          ...(words.severity === undefined ? {} : { severity: words.severity }),
          ...(words.whenItExplains === undefined ? {} : { whenItExplains: words.whenItExplains }),
        },
      ];
};

const spans = [
  { ms: 86_400_000, name: 'day' },
  { ms: hourMs, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1000, name: 'second' },
] as const;

/** `5 minutes ago`, or `at an unknown time`. */
export const whenOf = (entry: Entry | undefined): string => {
  if (entry?.agoMs === undefined) return 'at an unknown time';
  const ago = entry.agoMs;
  const span = spans.find(({ ms }) => ago >= ms);
  if (span === undefined) return 'just now';
  const count = Math.floor(ago / span.ms);
  return `${count} ${span.name}${count === 1 ? '' : 's'} ago`;
};
