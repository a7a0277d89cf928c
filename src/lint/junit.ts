// The document as JUnit XML: one test case for each file and one for each finding; what is below the asked severity
// passes with its words in the output.
import { escapeMarkup } from '../report/escape.ts';
import type { Severity } from '../report/report.ts';
import { severityRank } from '../report/story.ts';
import type { LintReport } from './document.ts';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly worst: Severity | undefined;
  readonly message: string;
  readonly text: string;
}

const worstOf = (severities: readonly Severity[]): Severity | undefined =>
  [...severities].sort((one, other) => severityRank(other) - severityRank(one))[0];

const casesOf = (report: LintReport): readonly Case[] => [
  ...report.files.map(
    (file): Case => ({
      group: 'vipdoctor.lint.file',
      name: file.path,
      worst: worstOf(file.problems.map(({ severity }) => severity)),
      message: `keepalived ${report.keepalivedVersion}: ${file.result}`,
      text: file.problems
        .map((one) => `${one.file}:${one.line}:${one.column}: ${one.severity}: ${one.message} [${one.rule}]`)
        .join('\n'),
    }),
  ),
  ...report.findings.map(
    (finding): Case => ({
      group: 'vipdoctor.lint.cluster',
      name: finding.id,
      worst: finding.severity,
      message: finding.title,
      text: [
        finding.summary,
        ...finding.evidence.map(({ node, quote }) => `${node}: ${quote}`),
        `fix: ${finding.remedy.text}`,
      ].join('\n'),
    }),
  ),
];

const fails = ({ worst }: Case, failOn: Severity | 'never'): boolean =>
  failOn !== 'never' && worst !== undefined && severityRank(worst) >= severityRank(failOn);

const attribute = (name: string, value: string | number): string =>
  `${name}="${escapeMarkup(String(value))}"`;

/** Lines stay lines: only what is within one is escaped. */
const body = (text: string): string => text.split('\n').map(escapeMarkup).join('\n');

export const renderLintJunit = (report: LintReport, failOn: Severity | 'never'): string => {
  const cases = casesOf(report);
  const failures = cases.filter((one) => fails(one, failOn)).length;
  const totals = `${attribute('tests', cases.length)} ${attribute('failures', failures)} errors="0" skipped="0"`;
  const lines = cases.flatMap((one) => {
    const open = `    <testcase ${attribute('classname', one.group)} ${attribute('name', one.name)} time="0"`;
    if (fails(one, failOn))
      return [
        `${open}>`,
        `      <failure ${attribute('type', one.worst ?? '')} ${attribute('message', one.message)}>${body(one.text)}</failure>`,
        '    </testcase>',
      ];
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
