// A failover test as a monitoring plugin says it: one line with the worst of every number, then performance data with
// the budgets as warning limits.
import type { FailoverReport, ReportBudget, ReportSpread } from './failover.ts';
import { outcomeOf } from './failover-words.ts';
import { nagiosLine } from './nagios.ts';

export const renderFailoverNagios = (report: FailoverReport): string => {
  const { summary, trials } = report;
  const limitOf = (name: ReportBudget['name']): string => {
    const budget = report.budgets.find((one) => one.name === name);
    return budget === undefined ? '' : String(budget.limitMs);
  };
  const worst = (label: string, spread: ReportSpread | null, limit = ''): readonly string[] =>
    spread === null ? [] : [`${label}=${spread.max}ms;${limit};;0`];
  return nagiosLine(outcomeOf(report).verdict, report.headline, [
    ...worst('takeover', summary.takeoverMs, limitOf('takeover')),
    ...worst('outage', summary.outageMs, limitOf('outage')),
    ...worst('arp', summary.arpConvergenceMs, limitOf('arp')),
    ...worst('failback', summary.failback.takeoverMs),
    `trials=${trials.length};;;0`,
    `void=${summary.voided};;;0;${trials.length}`,
    `restored=${report.restored ? 1 : 0};1:;1:;0;1`,
    `duration=${(report.durationMs / 1000).toFixed(3)}s;;;0`,
  ]);
};
