// A failover test for a ticket or a chat: GitHub-flavoured Markdown. It lays out words that are chosen elsewhere.
import type { FailoverReport, ReportHandover } from './failover.ts';
import { drawHandover } from './failover-axis.ts';
import {
  budgetWords,
  countedTrials,
  factsWords,
  failbackWords,
  methodWords,
  numberRows,
  openWords,
  outcomeOf,
  rescueWords,
  restoredWords,
  spreadRows,
  trialNumber,
  trialWords,
  typicalTrial,
  voidedWords,
} from './failover-words.ts';
import { markdownBlock, markdownGrid, markdownWords as words } from './markdown-markup.ts';

/** As wide as a code block in a ticket usually is, columns. */
const pictureColumns = 88;

const list = (title: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['', `### ${title}`, '', ...items.map((item) => `- ${words(item)}`)];

const numbers = (handover: ReportHandover): readonly string[] => {
  const { residualReason } = handover.takeoverMs;
  return [
    ...markdownGrid(
      ['what', 'measured', 'beside it'],
      numberRows(handover).map(({ what, measured, beside }) => [words(what), words(measured), words(beside)]),
    ),
    ...(residualReason === undefined ? [] : ['', words(residualReason)]),
  ];
};

const course = (handover: ReportHandover): readonly string[] => {
  const picture = drawHandover(handover, { width: pictureColumns, unicode: 'utf8' });
  return picture === 'too-narrow' ? [] : ['', ...markdownBlock('text', picture)];
};

export const renderFailoverMarkdown = (report: FailoverReport): string => {
  const drawn = typicalTrial(report);
  const several = countedTrials(report).length > 1;
  const voided = voidedWords(report);
  const back = drawn === undefined ? undefined : failbackWords(drawn);
  const lines = [
    `## ${outcomeOf(report).words}: ${words(report.headline)}`,
    '',
    `${words(`${factsWords(report).join('; ')}; started ${report.startedAt}`)}.`,
    ...(several
      ? [
          '',
          '### Summary',
          '',
          ...markdownGrid(
            ['', 'n', 'min', 'median', 'max', 'the median lies in'],
            spreadRows(report).map(({ what, n, min, median, max, interval }) =>
              [what, n, min, median, max, interval].map(words),
            ),
          ),
          ...(voided === undefined ? [] : ['', words(voided)]),
        ]
      : []),
    ...(drawn === undefined
      ? []
      : [
          '',
          `### ${several ? `Trial ${trialNumber(report, drawn)}` : 'Numbers'}`,
          '',
          ...numbers(drawn),
          ...course(drawn),
        ]),
    ...(report.trials.length > 1 || drawn === undefined
      ? list(
          'Trials',
          report.trials.map((trial) => trialWords(report, trial)),
        )
      : []),
    ...(back === undefined
      ? []
      : [
          '',
          '### The way back',
          '',
          words(back.words),
          ...(back.handover === undefined ? [] : ['', ...numbers(back.handover)]),
        ]),
    ...list('Budgets', report.budgets.map(budgetWords)),
    ...list('Afterwards', [restoredWords(report), ...report.restoration.differences, rescueWords(report)]),
    ...list('How it was measured', methodWords(report)),
    ...list('Open', openWords(report)),
  ];
  return `${lines.join('\n')}\n`;
};
