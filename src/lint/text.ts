// The document for people: each problem with its line of the file and a caret, then where the files disagree. It
// knows nothing about how problems are found.
import { waiverWords } from '../report/acceptance.ts';
import { escapeLine } from '../report/escape.ts';
import type { Finding, Severity } from '../report/report.ts';
import { deskFor } from '../report/text-desk.ts';
import { acceptedSection, sinceSection } from '../report/text-settled.ts';
import { columnsOf, type Paint, paint, type TerminalStyle, wrap } from '../report/typeset.ts';
import type { AcceptedProblem } from './accepted.ts';
import type { LintFile, LintProblem, LintReport } from './document.ts';
import type { SourceText } from './source-text.ts';

const paints: Readonly<Record<Severity, Paint>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
};

const widestLine = 160;

/** The line, and a caret below the column; tabs become blanks so that both stand in step. */
const showLine = (
  problem: LintProblem,
  source: SourceText,
  { unicode, ...style }: TerminalStyle,
): readonly string[] => {
  const text = source(problem.file, problem.line);
  if (text === undefined || text.trim() === '') return [];
  const shown = text.slice(0, widestLine).trimEnd();
  const blanks = (part: string): string => escapeLine(part.replaceAll('\t', '    '), unicode);
  const before = blanks(shown.slice(0, Math.max(0, problem.column - 1)));
  const number = String(problem.line).padStart(5);
  const caret = `${' '.repeat(columnsOf(before))}^`;
  return [
    `${number} | ${blanks(shown)}`,
    `${' '.repeat(5)} | ${paint({ unicode, ...style }, caret, paints[problem.severity])}`,
  ];
};

const showProblem = (problem: LintProblem, source: SourceText, style: TerminalStyle): readonly string[] => {
  const place = escapeLine(`${problem.file}:${problem.line}:${problem.column}`, style.unicode);
  const suggestion =
    problem.suggestion === undefined || problem.message.includes(`'${problem.suggestion}'`)
      ? ''
      : `; write: ${problem.suggestion}`;
  const words = escapeLine(`${problem.message}${suggestion} [${problem.rule}]`, style.unicode);
  return [
    `${paint(style, place, 'bold')}: ${paint(style, problem.severity, paints[problem.severity])}`,
    ...wrap(words, style.width - 2).map((line) => `  ${line}`),
    ...showLine(problem, source, style),
    '',
  ];
};

const verdicts: Readonly<Record<LintFile['result'], string>> = {
  clean: 'taken as it is',
  adjusted: 'runs, but not with what is written',
  rejected: 'does not run',
};

const showFinding = (finding: Finding, style: TerminalStyle): readonly string[] => [
  `${paint(style, escapeLine(finding.title, style.unicode), 'bold')}  ${paint(style, finding.severity, paints[finding.severity])} [${finding.rule}]`,
  ...wrap(escapeLine(finding.summary, style.unicode), style.width - 2).map((line) => `  ${line}`),
  ...finding.evidence.map(({ node, quote }) => `    ${escapeLine(`${node}: ${quote}`, style.unicode)}`),
  ...wrap(escapeLine(`Fix: ${finding.remedy.text}`, style.unicode), style.width - 2).map(
    (line) => `  ${line}`,
  ),
  '',
];

const showAccepted = (problem: AcceptedProblem, style: TerminalStyle): readonly string[] => {
  const { file, line, column, severity, message, rule, acceptance } = problem;
  const place = `${file}:${line}:${column}: ${severity}, ${waiverWords(acceptance)}: ${message} [${rule}]`;
  return wrap(escapeLine(place, style.unicode), style.width).map((row) => paint(style, row, 'dim'));
};

const lastLines = (report: LintReport, style: TerminalStyle): readonly string[] => {
  const desk = deskFor(style);
  const lines = [...sinceSection(desk, report.baseline), ...acceptedSection(desk, report.accepted)];
  const problems = report.files.flatMap(({ accepted = [] }) => accepted);
  return [
    ...problems.flatMap((problem) => showAccepted(problem, style)),
    ...(problems.length > 0 ? [''] : []),
    ...(lines.length > 0 ? [...lines.slice(1), ''] : []),
  ];
};

export const renderLintText = (report: LintReport, source: SourceText, style: TerminalStyle): string => {
  const problems = report.files.flatMap((file) => file.problems);
  const results = report.files.map(
    (file) =>
      `${escapeLine(file.path, style.unicode)}: ${file.result} (keepalived ${report.keepalivedVersion}: ${verdicts[file.result]})`,
  );
  return `${[
    ...problems.flatMap((problem) => showProblem(problem, source, style)),
    ...report.findings.flatMap((finding) => showFinding(finding, style)),
    ...lastLines(report, style),
    ...results,
  ].join('\n')}\n`;
};
