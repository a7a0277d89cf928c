// The result of a failover test: the document that was measured, how it is written, whether all is restored, and the
// exit code that says so. It runs nothing.
import type { ExperimentResult } from '../chaos/experiment.ts';
import type { Preparation } from '../chaos/preparation.ts';
import { differenceWords } from '../chaos/restoration.ts';
import type { FailoverReport } from '../report/failover.ts';
import { renderFailover } from '../report/failover-render.ts';
import { outcomeOf } from '../report/failover-words.ts';
import { nagiosCode, nagiosLine } from '../report/nagios.ts';
import { composeFailover } from '../timeline/document.ts';
import { measureTrial } from '../timeline/measure.ts';
import type { Ending } from '../tui/failover/state.ts';
import { exitCodes } from './exit-code.ts';
import { readRun } from './failover-folder.ts';
import type { FailoverRequest } from './failover-options.ts';
import { OperationError } from './faults.ts';
import { writeWhole } from './output-file.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';

/** A fault was injected and could not be restored. */
export const NOT_RESTORED = 4;

export const write = async (terminal: Terminal, { check }: FailoverRequest, text: string): Promise<void> => {
  if (check.outputPath === undefined) await terminal.out(text);
  else await writeWhole(check.outputPath, text);
};

/** `before`: what stands in front of it, where the result is a stream. */
export const writeReport = (
  terminal: Terminal,
  request: FailoverRequest,
  report: FailoverReport,
  before = '',
): Promise<void> => {
  const { color, outputPath } = request.check;
  const style = outputPath === undefined ? terminal.outStyle(color) : terminal.fileStyle(color);
  return write(terminal, request, `${before}${renderFailover(request.format, report, style)}`);
};

const restorationWords = ({ restoration, leftovers }: ExperimentResult): readonly string[] => [
  ...differenceWords(restoration),
  ...leftovers.map((one) => `left behind: ${one}`),
];

const isRestored = (result: ExperimentResult): boolean =>
  result.restoration.state === 'restored' && result.rescue.disarmed && result.leftovers.length === 0;

export interface Ran {
  readonly request: FailoverRequest;
  readonly preparation: Preparation;
  readonly result: ExperimentResult;
  readonly startedAtMs: number;
}

export const measureAgain = async (
  folder: string,
  request: FailoverRequest,
  terminal: Terminal,
  show: (report: FailoverReport) => Promise<void>,
): Promise<number> => {
  const { report, subject, trials } = await readRun(folder);
  const [first] = trials;
  if (first === undefined) throw new OperationError(`${folder} holds no trial`);
  const again = composeFailover(
    subject,
    trials.map((trial) => measureTrial(subject, trial)),
    {
      ...report,
      budgets: request.budgets,
      probes: report.observer.probes,
      stamps: first.stamps,
    },
  );
  await show(again);
  await writeReport(terminal, request, again);
  if (request.format === 'nagios') return nagiosCode(outcomeOf(again).verdict);
  if (!report.restored) return NOT_RESTORED;
  return again.budgets.some((budget) => !budget.kept) ? 1 : 0;
};

export const composeReport = ({
  request,
  preparation,
  result,
  startedAtMs,
}: Ran): FailoverReport | undefined => {
  const cluster = preparation.report.clusters.find((one) => one.id === preparation.arena.group.id);
  const [first] = result.trials;
  if (cluster === undefined || first === undefined) return undefined;
  return composeFailover(
    result.subject,
    result.trials.map((trial) => measureTrial(result.subject, trial)),
    {
      tool,
      startedAt: new Date(startedAtMs).toISOString(),
      durationMs: Date.now() - startedAtMs,
      cluster,
      restored: isRestored(result),
      restoration: {
        compared: [
          'keepalived',
          'addresses',
          'links',
          'routes',
          'policy',
          'nftables',
          'iptables',
          'files',
          'VIPs',
        ],
        differences: restorationWords(result),
      },
      rescue: {
        armedOn: result.rescue.armedOn.join(', '),
        deadlineSeconds: result.rescue.deadlineSeconds,
        readBack: true,
        fired: result.rescue.fired,
        disarmed: result.rescue.disarmed,
      },
      gaps: [
        ...(preparation.post?.note === undefined ? [] : [preparation.post.note]),
        ...(result.mastership === undefined ? [] : [result.mastership]),
        ...(result.ended === 'complete' || result.why === undefined ? [] : [result.why]),
      ],
      budgets: request.budgets,
      probes: first.probes.map(({ name, periodMs }) => ({ name, periodMs })),
      stamps: first.stamps,
    },
  );
};

/** What a monitoring system is told where there is nothing to report. */
export const nagiosWithoutReport = (result: ExperimentResult): string =>
  isRestored(result)
    ? nagiosLine('unknown', `${result.ended}: ${result.why ?? 'nothing was injected'}`, [])
    : nagiosLine('critical', `the cluster is not as it was before: ${restorationWords(result)[0] ?? ''}`, []);

/** A test that did not come to its end is at best unknown. */
const nagiosExit = (result: ExperimentResult, report: FailoverReport | undefined): number => {
  if (!isRestored(result)) return nagiosCode('critical');
  if (report === undefined) return nagiosCode('unknown');
  const { verdict } = outcomeOf(report);
  return nagiosCode(result.ended === 'complete' || verdict === 'critical' ? verdict : 'unknown');
};

export const exitCodeOf = (
  { format }: FailoverRequest,
  result: ExperimentResult,
  report: FailoverReport | undefined,
): number => {
  if (format === 'nagios') return nagiosExit(result, report);
  if (!isRestored(result)) return NOT_RESTORED;
  if (result.ended === 'interrupted') return exitCodes.interrupted;
  if (result.ended !== 'complete') return exitCodes.failure;
  return report?.budgets.some((budget) => !budget.kept) === true ? 1 : 0;
};

/** Why there is no complete result; undefined when there is. */
const endWords = (result: ExperimentResult): string | undefined => {
  if (result.ended === 'complete') return undefined;
  if (result.ended !== 'interrupted') return `${result.ended}: ${result.why ?? 'for no reason it knows'}`;
  return isRestored(result) ? 'interrupted; every node is as it was before' : 'interrupted';
};

/** How it ended, for a screen. */
export const endingOf = (
  result: ExperimentResult | undefined,
  report: FailoverReport | undefined,
): Ending => {
  if (result === undefined)
    return {
      mark: 'bad',
      words: 'BROKEN OFF',
      details: ['whether all is restored was not proven: run "vipdoctor recover"'],
    };
  const end = endWords(result);
  const details = [
    ...(end === undefined ? [] : [end]),
    ...(result.mastership === undefined ? [] : [result.mastership]),
    ...(isRestored(result) ? [] : restorationWords(result)),
  ];
  if (!isRestored(result)) return { mark: 'bad', words: 'NOT RESTORED', details };
  if (result.ended !== 'complete') return { mark: 'warn', words: result.ended.toUpperCase(), details };
  return report === undefined
    ? { mark: 'warn', words: 'NO RESULT', details }
    : { ...reportEnding(report), details };
};

const verdictMarks = { healthy: 'good', degraded: 'warn', unknown: 'warn', critical: 'bad' } as const;

export const reportEnding = (report: FailoverReport): Ending => {
  const { words, verdict } = outcomeOf(report);
  return { mark: verdictMarks[verdict], words, details: [] };
};

export const tellEnd = async (terminal: Terminal, result: ExperimentResult): Promise<void> => {
  const end = endWords(result);
  if (end !== undefined) await complain(terminal, end);
  if (isRestored(result)) {
    if (result.mastership !== undefined) await complain(terminal, result.mastership);
    return;
  }
  for (const line of restorationWords(result)) await complain(terminal, line);
  await complain(
    terminal,
    'the cluster could not be proven restored: look at the nodes, then run "vipdoctor recover"',
  );
};
