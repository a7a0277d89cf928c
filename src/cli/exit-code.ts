// What the program's exit code says about a report. It knows the codes of the contract and nothing about processes.
import { countedOf } from '../report/baseline.ts';
import { nagiosCode } from '../report/nagios.ts';
import type { CheckReport } from '../report/report.ts';
import { leavesOpen, severityRank } from '../report/story.ts';
import type { CheckRequest } from './check-options.ts';

export const exitCodes = { usage: 2, failure: 2, interrupted: 130 } as const;

const isIncomplete = (report: CheckReport): boolean =>
  report.verdict === 'unknown' ||
  report.gaps.length > 0 ||
  report.nodes.some((node) => !node.reachable) ||
  report.verdicts.some(leavesOpen);

/** A check that reached nobody has not done its work, whatever it was asked to tolerate. */
const reachedNobody = (report: CheckReport): boolean => report.nodes.every((node) => !node.reachable);

export const exitCodeOf = (
  report: CheckReport,
  { format, failOn, incomplete }: Pick<CheckRequest, 'format' | 'failOn' | 'incomplete'>,
): number => {
  if (format === 'nagios') return nagiosCode(report.verdict);
  const fails =
    failOn !== 'never' &&
    countedOf(report.findings, report.baseline).some(
      (finding) => severityRank(finding.severity) >= severityRank(failOn),
    );
  if (fails) return 1;
  if (incomplete === 'fails' && isIncomplete(report)) return 3;
  return reachedNobody(report) ? exitCodes.failure : 0;
};
