// The document as SARIF 2.1.0, for code review: one result for each problem and each finding, at its line.
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

export const renderLintSarif = (report: LintReport): string => {
  const problems = report.files.flatMap((file) => file.problems);
  const rules = [...new Set([...problems, ...report.findings].map(({ rule }) => rule))].sort();
  const results = [
    ...problems.map((problem) => ({
      ruleId: problem.rule,
      ruleIndex: rules.indexOf(problem.rule),
      level: levels[problem.severity],
      message: { text: problem.message },
      locations: [locationOf(problem.file, problem.line, problem.column)],
      properties: { severity: problem.severity },
    })),
    ...report.findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: rules.indexOf(finding.rule),
      level: levels[finding.severity],
      message: { text: `${finding.title}. ${finding.summary} ${finding.remedy.text}` },
      locations: locationsOf(finding, report),
      properties: { severity: finding.severity, id: finding.id },
    })),
  ];
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
