// Budgets of a game day or a CI run: the worst counted trial against each limit, and the phase that took longest in
// it. A number that could not be measured keeps no budget.
import {
  phaseNames,
  type ReportBudget,
  type ReportFigure,
  type ReportPhaseName,
  type ReportTrial,
} from '../report/failover.ts';

export interface BudgetLimits {
  readonly maxTakeoverMs?: number;
  readonly maxOutageMs?: number;
  readonly maxArpMs?: number;
}

const longestPhase = (trial: ReportTrial): ReportPhaseName | null => {
  let longest: ReportPhaseName | null = null;
  for (const name of phaseNames) {
    const took = trial.phases[name];
    if (took !== null && took > (longest === null ? 0 : (trial.phases[longest] ?? 0))) longest = name;
  }
  return longest;
};

const judge = (
  name: ReportBudget['name'],
  limitMs: number,
  trials: readonly ReportTrial[],
  figuresOf: (trial: ReportTrial) => readonly ReportFigure[],
): ReportBudget => {
  let worst: { readonly trial: ReportTrial; readonly figure: ReportFigure; readonly ms: number } | undefined;
  let unmeasured: string | undefined;
  for (const trial of trials) {
    const figures = figuresOf(trial);
    if (!figures.some((figure) => figure.value !== null))
      unmeasured ??= figures[0]?.reason ?? 'it was not measured';
    for (const figure of figures)
      if (figure.value !== null && (worst === undefined || figure.value > worst.ms))
        worst = { trial, figure, ms: figure.value };
  }
  if (trials.length === 0) unmeasured = 'no trial counts';
  const open = worst?.figure.bound === 'at-least' ? worst.figure.reason : undefined;
  const reason = unmeasured ?? open;
  const kept = reason === undefined && worst !== undefined && worst.ms <= limitMs;
  return {
    name,
    limitMs,
    worstMs: worst?.ms ?? null,
    kept,
    phase: kept || worst === undefined ? null : longestPhase(worst.trial),
    ...(reason === undefined ? {} : { reason }),
  };
};

export const judgeBudgets = (
  trials: readonly ReportTrial[],
  { maxTakeoverMs, maxOutageMs, maxArpMs }: BudgetLimits,
): readonly ReportBudget[] => [
  ...(maxTakeoverMs === undefined
    ? []
    : [judge('takeover', maxTakeoverMs, trials, (trial) => [trial.takeoverMs])]),
  ...(maxOutageMs === undefined ? [] : [judge('outage', maxOutageMs, trials, (trial) => trial.outageMs)]),
  ...(maxArpMs === undefined ? [] : [judge('arp', maxArpMs, trials, (trial) => trial.arpConvergenceMs)]),
];
