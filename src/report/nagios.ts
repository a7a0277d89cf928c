// The report as a monitoring plugin says it: one line, then performance data; the status words and codes of the
// Monitoring Plugins guidelines.
import { comparisonWords } from './baseline.ts';
import { escapeLine } from './escape.ts';
import type { CheckReport, Severity, Verdict } from './report.ts';

const statuses: Record<Verdict, { readonly word: string; readonly code: 0 | 1 | 2 | 3 }> = {
  healthy: { word: 'OK', code: 0 },
  degraded: { word: 'WARNING', code: 1 },
  critical: { word: 'CRITICAL', code: 2 },
  unknown: { word: 'UNKNOWN', code: 3 },
};

/** `|` starts the performance data, so it cannot stand in the text. */
const plain = (text: string): string => escapeLine(text).replaceAll('|', '/');

export const nagiosCode = (verdict: Verdict): 0 | 1 | 2 | 3 => statuses[verdict].code;

/** The line for a check that did not get as far as a report. */
export const nagiosUnknown = (message: string): string => `VIPDOCTOR UNKNOWN - ${plain(message)}\n`;

/** Status, one sentence, performance data. */
export const nagiosLine = (verdict: Verdict, sentence: string, measures: readonly string[]): string =>
  `VIPDOCTOR ${statuses[verdict].word} - ${plain(sentence)} | ${measures.join(' ')}\n`;

/** One VRID may live in two segments; a label must not stand twice. */
const labelsOf = (report: CheckReport): readonly string[] => {
  const seen = new Map<string, number>();
  return report.clusters.map(({ vrid, family }) => {
    const label = `masters_${vrid}_${family}`;
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times === 1 ? label : `${label}_${times}`;
  });
};

export const renderNagios = (report: CheckReport): string => {
  const found = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length;
  const unreachable = report.nodes.filter((node) => !node.reachable).length;
  const labels = labelsOf(report);
  const measures = [
    ...report.clusters.map((cluster, at) => `'${labels[at]}'=${cluster.masters.length};1:1;1:1;0`),
    `critical=${found('critical')};;0;0`,
    `high=${found('high')};0;;0`,
    `medium=${found('medium')};0;;0`,
    `low=${found('low')};;;0`,
    ...(report.accepted.length === 0 ? [] : [`accepted=${report.accepted.length};;;0`]),
    ...(report.baseline === undefined ? [] : [`new=${report.baseline.new.length};;;0`]),
    `unreachable=${unreachable};0;;0;${report.nodes.length}`,
    `duration=${(report.durationMs / 1000).toFixed(3)}s;;;0`,
  ];
  const asides = [
    ...(report.baseline === undefined ? [] : [`since the baseline ${comparisonWords(report.baseline)}`]),
    ...(report.accepted.length === 0 ? [] : [`${report.accepted.length} accepted`]),
  ];
  const aside = asides.length === 0 ? '' : ` (${asides.join('; ')})`;
  return nagiosLine(report.verdict, `${report.headline}${aside}`, measures);
};
