// A failover test as one page that stands alone: course, numbers, trials, the way back, what was restored. It lays out
// words that are chosen elsewhere; how a page looks is not known here.
import { escapeMarkup } from './escape.ts';
import type { FailoverReport, ReportHandover, ReportTrial } from './failover.ts';
import { courseLines, drawingStyle, spreadLines } from './failover-drawing.ts';
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
  spreadHeadings,
  spreadRows,
  trialNumber,
  trialWords,
  typicalTrial,
  voidedWords,
} from './failover-words.ts';
import { gridLines } from './page/markup.ts';
import { type PageSection, renderPage } from './page/page.ts';

const list = (items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['<ul>', ...items.map((item) => `<li>${escapeMarkup(item)}</li>`), '</ul>'];

const numbers = (handover: ReportHandover, caption: string): readonly string[] => {
  const { residualReason } = handover.takeoverMs;
  return [
    ...gridLines({
      caption,
      head: ['what', 'measured', 'beside it'],
      rowsMarkup: numberRows(handover).map(({ what, measured, beside }) => [
        escapeMarkup(what),
        `<strong>${escapeMarkup(measured)}</strong>`,
        escapeMarkup(beside),
      ]),
      narrow: 'stacked',
    }),
    ...(residualReason === undefined ? [] : [`<p>${escapeMarkup(residualReason)}</p>`]),
  ];
};

const summarySection = (report: FailoverReport): PageSection => {
  const { takeoverMs, byFault } = report.summary;
  const voided = voidedWords(report);
  return {
    id: 'summary',
    title: 'All trials together',
    body: [
      ...(takeoverMs === null || byFault.length > 1
        ? []
        : spreadLines(takeoverMs, `takeover of ${takeoverMs.n} trials`)),
      ...gridLines({
        caption:
          'Minimum, median and maximum; the last column says where the median of all such failovers lies',
        head: [...spreadHeadings],
        rowsMarkup: spreadRows(report).map(({ what, n, min, median, max, interval }) =>
          [what, n, min, median, max, interval].map(escapeMarkup),
        ),
        narrow: 'stacked',
      }),
      ...(voided === undefined ? [] : [`<p>${escapeMarkup(voided)}</p>`]),
    ],
  };
};

const backSection = (trial: ReportTrial): PageSection => {
  const { words, handover } = failbackWords(trial);
  return {
    id: 'return',
    title: 'The way back',
    body: [
      `<p>${escapeMarkup(words)}</p>`,
      ...(handover === undefined
        ? []
        : [...courseLines(handover, 'course of the failback'), ...numbers(handover, 'Failback')]),
    ],
  };
};

const trialSections = (report: FailoverReport, trial: ReportTrial): readonly PageSection[] => {
  const which =
    countedTrials(report).length > 1 ? `Trial ${trialNumber(report, trial)}, the one in the middle` : '';
  return [
    {
      id: 'course',
      title: which === '' ? 'Course' : `${which}: its course`,
      body: [
        '<p class="quiet small">0 is the last advert of the old master.</p>',
        ...courseLines(
          trial,
          `course of the takeover from ${trial.oldMaster} to ${trial.newMaster ?? 'nobody'}`,
        ),
      ],
    },
    {
      id: 'numbers',
      title: which === '' ? 'Numbers' : `${which}: its numbers`,
      body: numbers(trial, 'Takeover'),
    },
  ];
};

const listSection = (id: string, title: string, items: readonly string[]): readonly PageSection[] =>
  items.length === 0 ? [] : [{ id, title, body: list(items) }];

export const renderFailoverHtml = (report: FailoverReport): string => {
  const { words, verdict } = outcomeOf(report);
  const drawn = typicalTrial(report);
  return renderPage({
    title: `${words.toLowerCase()}: ${report.headline}`,
    tone: verdict,
    word: words,
    headline: report.headline,
    facts: [...factsWords(report), report.startedAt],
    sections: [
      ...(countedTrials(report).length > 1 ? [summarySection(report)] : []),
      ...(drawn === undefined ? [] : trialSections(report, drawn)),
      ...(report.trials.length > 1 || drawn === undefined
        ? listSection(
            'trials',
            'Trials',
            report.trials.map((trial) => trialWords(report, trial)),
          )
        : []),
      ...(drawn === undefined ? [] : [backSection(drawn)]),
      ...listSection('budgets', 'Budgets', report.budgets.map(budgetWords)),
      ...listSection('after', 'Afterwards', [
        restoredWords(report),
        ...report.restoration.differences,
        rescueWords(report),
      ]),
      ...listSection('method', 'How it was measured', methodWords(report)),
      ...listSection('open', 'Open', openWords(report)),
    ],
    footer: `${report.tool.name} ${report.tool.version} · failover of ${report.configuration.vip}, VRID ${report.cluster.vrid}`,
    style: drawingStyle,
  });
};
