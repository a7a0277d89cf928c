// A failover test as JUnit XML: every trial, every budget, and that all is as it was before are the cases. A void
// trial is skipped with its reason; nothing passes that was not measured.
import { escapeMarkup } from './escape.ts';
import type { FailoverReport } from './failover.ts';
import {
  budgetWords,
  numberRows,
  openWords,
  outcomeOf,
  rescueWords,
  restoredWords,
  trialNumber,
} from './failover-words.ts';

interface Case {
  readonly name: string;
  readonly outcome:
    | { readonly kind: 'passed' }
    | { readonly kind: 'failed'; readonly why: string; readonly more: readonly string[] }
    | { readonly kind: 'skipped'; readonly why: string };
  /** Numbers that belong to it. */
  readonly said: readonly string[];
}

const attribute = (name: string, value: string | number): string =>
  `${name}="${escapeMarkup(String(value))}"`;

const trialCases = (report: FailoverReport): readonly Case[] =>
  report.trials.map((trial) => {
    const said = numberRows(trial).map(
      ({ what, measured, beside }) => `${what}: ${measured}${beside === '' ? '' : `; ${beside}`}`,
    );
    const name = `trial ${trialNumber(report, trial)}: ${trial.fault.name} on ${trial.fault.node}`;
    if (trial.void !== null) return { name, outcome: { kind: 'skipped', why: trial.void }, said };
    if (trial.newMaster !== null) return { name, outcome: { kind: 'passed' }, said };
    const why = `nobody took over: ${trial.takeoverMs.reason ?? 'the reason is not known'}`;
    return { name, outcome: { kind: 'failed', why, more: [] }, said };
  });

const budgetCases = ({ budgets }: FailoverReport): readonly Case[] =>
  budgets.map((budget) => ({
    name: `budget: ${budget.name}`,
    outcome: budget.kept ? { kind: 'passed' } : { kind: 'failed', why: budgetWords(budget), more: [] },
    said: budget.kept ? [budgetWords(budget)] : [],
  }));

const restoredCase = (report: FailoverReport): Case => ({
  name: 'restored',
  outcome: report.restored
    ? { kind: 'passed' }
    : { kind: 'failed', why: restoredWords(report), more: report.restoration.differences },
  said: [...(report.restored ? [restoredWords(report)] : []), rescueWords(report)],
});

const caseLines = ({ name, outcome, said }: Case): readonly string[] => [
  `    <testcase ${attribute('classname', 'vipdoctor.failover')} ${attribute('name', name)} time="0">`,
  ...(outcome.kind === 'failed'
    ? [
        `      <failure ${attribute('type', 'failover')} ${attribute('message', outcome.why)}>${outcome.more.map(escapeMarkup).join('\n')}</failure>`,
      ]
    : outcome.kind === 'skipped'
      ? [`      <skipped ${attribute('message', outcome.why)}/>`]
      : []),
  ...(said.length === 0 ? [] : [`      <system-out>${said.map(escapeMarkup).join('\n')}</system-out>`]),
  '    </testcase>',
];

export const renderFailoverJunit = (report: FailoverReport): string => {
  const cases = [...trialCases(report), ...budgetCases(report), restoredCase(report)];
  const count = (kind: Case['outcome']['kind']): number =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const totals = [
    attribute('tests', cases.length),
    attribute('failures', count('failed')),
    attribute('skipped', count('skipped')),
    'errors="0"',
    attribute('time', (report.durationMs / 1000).toFixed(3)),
  ].join(' ');
  const said = [`${outcomeOf(report).words}: ${report.headline}`, ...openWords(report)];
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attribute('name', 'vipdoctor failover')} ${totals}>`,
    `  <testsuite ${attribute('name', 'vipdoctor failover')} ${totals} ${attribute('timestamp', report.startedAt)}>`,
    ...cases.flatMap(caseLines),
    `    <system-out>${said.map(escapeMarkup).join('\n')}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`;
};
