// The report as JUnit XML: one test case for each rule; found is a failure, not evaluated is skipped with its reason,
// and so is what was found and is accepted or, with a baseline, not new.
import { type AcceptedFinding, waiverWords } from './acceptance.ts';
import { countedOf } from './baseline.ts';
import { escapeMarkup } from './escape.ts';
import type { CheckReport, Finding, RuleVerdict } from './report.ts';
import { subjectWords } from './story.ts';

const attribute = (name: string, value: string | number): string =>
  `${name}="${escapeMarkup(String(value))}"`;

const failureText = (finding: Finding): string =>
  [
    finding.summary,
    ...(finding.subject.nodes.length === 0 ? [] : [`on: ${subjectWords(finding)}`]),
    ...finding.evidence.map((evidence) => `${evidence.node}: ${evidence.source}: ${evidence.quote}`),
    `fix: ${finding.remedy.text}`,
    ...finding.remedy.commands.map(({ node, command }) => `${node}$ ${command}`),
  ]
    .map(escapeMarkup)
    .join('\n');

const failure = (finding: Finding): string =>
  `      <failure ${attribute('type', `${finding.severity} ${finding.cause}`)} ${attribute('message', finding.title)}>${failureText(finding)}</failure>`;

interface Case {
  readonly verdict: RuleVerdict;
  /** Those that count. */
  readonly findings: readonly Finding[];
  /** Why nothing of what was found counts; absent when something does. */
  readonly excuse?: string;
}

/** A rule that was found has at least its own failure, so that it can never pass for want of a finding. */
const caseLines = ({ verdict, findings, excuse }: Case, suite: string): readonly string[] => {
  const open = `    <testcase ${attribute('classname', suite)} ${attribute('name', verdict.rule)} time="0"`;
  if (verdict.result === 'clear') return [`${open}/>`];
  if (verdict.result === 'not-evaluated' || excuse !== undefined)
    return [
      `${open}>`,
      `      <skipped ${attribute('message', excuse ?? verdict.reason ?? 'no reason was given')}/>`,
      '    </testcase>',
    ];
  // JUnit readers take one failure for a case; the others follow in its text.
  const [first, ...rest] = findings;
  if (first === undefined) return [`${open}>`, '      <failure type="found"/>', '    </testcase>'];
  const joined = rest.map((finding) => `${escapeMarkup(finding.title)}\n${failureText(finding)}`);
  const text = failure(first).replace(/<\/failure>$/, () =>
    [...joined.map((part) => `\n\n${part}`), '</failure>'].join(''),
  );
  return [`${open}>`, text, '    </testcase>'];
};

const excuseOf = (
  findings: readonly Finding[],
  counted: readonly Finding[],
  accepted: readonly AcceptedFinding[],
): string | undefined => {
  if (counted.length > 0 || findings.length + accepted.length === 0) return undefined;
  return [
    ...findings.map(({ title }) => `${title}: unchanged since the baseline`),
    ...accepted.map(({ title, acceptance }) => `${title}: ${waiverWords(acceptance)}`),
  ].join('; ');
};

export const renderJunit = (report: CheckReport): string => {
  const listed = new Set(report.verdicts.map((verdict) => verdict.rule));
  const verdicts: readonly RuleVerdict[] = [
    ...report.verdicts,
    ...[...new Set(report.findings.map((finding) => finding.rule))]
      .filter((rule) => !listed.has(rule))
      .map((rule) => ({ rule, result: 'found' as const })),
  ];
  const cases = verdicts.map((verdict): Case => {
    const ofRule = <T extends Finding>(findings: readonly T[]): readonly T[] =>
      findings.filter((finding) => finding.rule === verdict.rule);
    const findings = ofRule(report.findings);
    const counted = countedOf(findings, report.baseline);
    const excuse =
      verdict.result === 'found' ? excuseOf(findings, counted, ofRule(report.accepted)) : undefined;
    return { verdict, findings: counted, ...(excuse === undefined ? {} : { excuse }) };
  });
  const skipped = cases.filter(
    ({ verdict, excuse }) => verdict.result === 'not-evaluated' || excuse !== undefined,
  ).length;
  const failures = cases.filter(
    ({ verdict, excuse }) => verdict.result === 'found' && excuse === undefined,
  ).length;
  const totals = [
    attribute('tests', cases.length),
    attribute('failures', failures),
    attribute('skipped', skipped),
    'errors="0"',
    attribute('time', (report.durationMs / 1000).toFixed(3)),
  ].join(' ');
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attribute('name', 'vipdoctor check')} ${totals}>`,
    `  <testsuite ${attribute('name', 'vipdoctor check')} ${totals} ${attribute('timestamp', report.startedAt)}>`,
    ...cases.flatMap((one) => caseLines(one, 'vipdoctor.check')),
    `    <system-out>${escapeMarkup(`${report.verdict}: ${report.headline}`)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`;
};
