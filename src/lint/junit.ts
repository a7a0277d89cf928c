// The document as JUnit XML: one test case for each file and one for each finding; what is below the asked severity
// passes with its words in the output.
import { waiverWords } from '../report/acceptance.ts';
import { countedOf, problemEntry } from '../report/baseline.ts';
import { escapeMarkup } from '../report/escape.ts';
import type { Finding, Severity } from '../report/report.ts';
import { severityRank } from '../report/story.ts';
import type { LintFile, LintProblem, LintReport } from './document.ts';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly worst: Severity | undefined;
  readonly message: string;
  readonly text: string;
  /** Why it is skipped; absent when it is not. */
  readonly excuse?: string;
}

const worstOf = (severities: readonly Severity[]): Severity | undefined =>
  [...severities].sort((one, other) => severityRank(other) - severityRank(one))[0];

const problemText = (one: LintProblem): string =>
  `${one.file}:${one.line}:${one.column}: ${one.severity}: ${one.message} [${one.rule}]`;

/** With a baseline a file fails by what is new in it. */
const fileCase = (file: LintFile, report: LintReport): Case => {
  const entries = file.problems.map((problem) => ({ ...problemEntry(file.node, problem), problem }));
  const counted = countedOf(entries, report.baseline);
  return {
    group: 'vipdoctor.lint.file',
    name: file.path,
    worst: worstOf(counted.map(({ severity }) => severity)),
    message: `keepalived ${report.keepalivedVersion}: ${file.result}`,
    text: [
      ...file.problems.map(problemText),
      ...(file.accepted ?? []).map((one) => `${problemText(one)} (${waiverWords(one.acceptance)})`),
    ].join('\n'),
  };
};

const findingCase = (finding: Finding, excuse?: string): Case => ({
  group: 'vipdoctor.lint.cluster',
  name: finding.id,
  worst: excuse === undefined ? finding.severity : undefined,
  message: finding.title,
  text: [
    finding.summary,
    ...finding.evidence.map(({ node, quote }) => `${node}: ${quote}`),
    `fix: ${finding.remedy.text}`,
  ].join('\n'),
  ...(excuse === undefined ? {} : { excuse }),
});

const casesOf = (report: LintReport): readonly Case[] => {
  const counted = new Set(countedOf(report.findings, report.baseline));
  return [
    ...report.files.map((file) => fileCase(file, report)),
    ...report.findings.map((finding) =>
      findingCase(finding, counted.has(finding) ? undefined : 'unchanged since the baseline'),
    ),
    ...report.accepted.map((finding) => findingCase(finding, waiverWords(finding.acceptance))),
  ];
};

const fails = ({ worst }: Case, failOn: Severity | 'never'): boolean =>
  failOn !== 'never' && worst !== undefined && severityRank(worst) >= severityRank(failOn);

const attribute = (name: string, value: string | number): string =>
  `${name}="${escapeMarkup(String(value))}"`;

/** Lines stay lines: only what is within one is escaped. */
const body = (text: string): string => text.split('\n').map(escapeMarkup).join('\n');

export const renderLintJunit = (report: LintReport, failOn: Severity | 'never'): string => {
  const cases = casesOf(report);
  const failures = cases.filter((one) => fails(one, failOn)).length;
  const skipped = cases.filter(({ excuse }) => excuse !== undefined).length;
  const totals = `${attribute('tests', cases.length)} ${attribute('failures', failures)} errors="0" ${attribute('skipped', skipped)}`;
  const lines = cases.flatMap((one) => {
    const open = `    <testcase ${attribute('classname', one.group)} ${attribute('name', one.name)} time="0"`;
    if (fails(one, failOn))
      return [
        `${open}>`,
        `      <failure ${attribute('type', one.worst ?? '')} ${attribute('message', one.message)}>${body(one.text)}</failure>`,
        '    </testcase>',
      ];
    if (one.excuse !== undefined)
      return [`${open}>`, `      <skipped ${attribute('message', one.excuse)}/>`, '    </testcase>'];
    return one.text === ''
      ? [`${open}/>`]
      : [`${open}>`, `      <system-out>${body(one.text)}</system-out>`, '    </testcase>'];
  });
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attribute('name', 'vipdoctor lint')} ${totals}>`,
    `  <testsuite ${attribute('name', 'vipdoctor lint')} ${totals}>`,
    ...lines,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`;
};
