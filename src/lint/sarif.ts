// The document as SARIF 2.1.0, for code review: one result for each problem and each finding, at its line.
import { type Waiver, waiverWords } from '../report/acceptance.ts';
import { type Comparison, problemEntry } from '../report/baseline.ts';
import { escapeJson } from '../report/escape.ts';
import type { Finding, Severity } from '../report/report.ts';
import type { LintReport } from './document.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** Relative paths stay relative: a reviewer's checkout is elsewhere. */
const uriOf = (path: string): string =>
  path === '-' ? 'stdin' : path.split('/').map(encodeURIComponent).join('/').replace(/^\//, 'file:///');

const locationOf = (file: string, line: number, column?: number) => ({
  physicalLocation: {
    artifactLocation: { uri: uriOf(file) },
    region: {
      startLine: Math.max(1, line),
      ...(column === undefined ? {} : { startColumn: Math.max(1, column) }),
    },
  },
});

/** A finding points at the lines it quotes; the first files of its nodes when it quotes none. */
const locationsOf = (finding: Finding, report: LintReport) => {
  const quoted = finding.evidence.flatMap(({ quote }) => {
    const match = /^(.+?):(\d+): /.exec(quote);
    return match?.[1] === undefined ? [] : [locationOf(match[1], Number(match[2]))];
  });
  if (quoted.length > 0) return quoted;
  return report.files
    .filter((file) => finding.subject.nodes.includes(file.node))
    .map((file) => locationOf(file.path, 1));
};

/** SARIF 2.1.0 §3.27.23: reviewers see what is accepted, and that it is. */
const suppressionsOf = (waiver: Waiver | undefined) =>
  waiver === undefined
    ? {}
    : { suppressions: [{ kind: 'external', status: 'accepted', justification: waiverWords(waiver) }] };

/** §3.27.24, of what counts; only said when there was an earlier document. */
const stateSince = (comparison: Comparison | undefined): ((id: string) => object) => {
  if (comparison === undefined) return () => ({});
  const fresh = new Set(comparison.new.map(({ id }) => id));
  return (id) => ({ baselineState: fresh.has(id) ? 'new' : 'unchanged' });
};

const problemResults = (report: LintReport) => {
  const stateOf = stateSince(report.baseline);
  return report.files.flatMap(({ node, problems, accepted = [] }) =>
    [
      ...problems.map((problem) => ({ problem, waiver: undefined })),
      ...accepted.map(({ acceptance, ...problem }) => ({ problem, waiver: acceptance })),
    ].map(({ problem, waiver }) => ({
      ruleId: problem.rule,
      level: levels[problem.severity],
      message: { text: problem.message },
      locations: [locationOf(problem.file, problem.line, problem.column)],
      properties: { severity: problem.severity },
      ...suppressionsOf(waiver),
      ...(waiver === undefined ? stateOf(problemEntry(node, problem).id) : {}),
    })),
  );
};

const findingResults = (report: LintReport) => {
  const stateOf = stateSince(report.baseline);
  return [
    ...report.findings.map((finding) => ({ finding, waiver: undefined })),
    ...report.accepted.map(({ acceptance, ...finding }) => ({ finding, waiver: acceptance })),
  ].map(({ finding, waiver }) => ({
    ruleId: finding.rule,
    level: levels[finding.severity],
    message: { text: `${finding.title}. ${finding.summary} ${finding.remedy.text}` },
    locations: locationsOf(finding, report),
    properties: { severity: finding.severity, id: finding.id },
    ...suppressionsOf(waiver),
    ...(waiver === undefined ? stateOf(finding.id) : {}),
  }));
};

export const renderLintSarif = (report: LintReport): string => {
  const found = [...problemResults(report), ...findingResults(report)];
  const rules = [...new Set(found.map(({ ruleId }) => ruleId))].sort();
  const results = found.map(({ ruleId, ...result }) => ({
    ruleId,
    ruleIndex: rules.indexOf(ruleId),
    ...result,
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            rules: rules.map((id) => ({ id })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
};
