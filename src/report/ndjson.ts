// The report as one JSON value on each line, for log pipelines: first the check itself, then clusters, nodes,
// reachability, findings, accepted findings, verdicts and the timeline, each line saying what it is.
import { escapeJson } from './escape.ts';
import type { CheckReport } from './report.ts';

/** One value on one line. */
export const ndjsonLine = (value: object): string => `${escapeJson(JSON.stringify(value))}\n`;

export const renderNdjson = (report: CheckReport): string => {
  const { clusters, nodes, reachability, findings, accepted, verdicts, timeline, history, ...check } = report;
  const parts: readonly (readonly [string, readonly object[]])[] = [
    ['cluster', clusters],
    ['node', nodes],
    ['reachability', reachability],
    ['finding', findings],
    ['accepted', accepted],
    ['verdict', verdicts],
    ['heard', timeline],
    ['logged', history],
  ];
  return [check, ...parts.flatMap(([kind, values]) => values.map((value) => ({ kind, ...value })))]
    .map(ndjsonLine)
    .join('');
};
