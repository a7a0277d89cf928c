// What a failover report says first and in which words: the same for every format. It reads the document alone.
import type { FailoverReport, ReportFigure, ReportSpread } from './failover.ts';

/** Milliseconds as people say them: three figures that count, seconds from ten on. */
export const msWords = (ms: number): string => {
  const size = Math.abs(ms);
  if (size >= 10_000) return `${(ms / 1000).toFixed(size >= 100_000 ? 0 : 1)} s`;
  return `${ms.toFixed(size >= 1000 ? 0 : size >= 10 ? 1 : 2)} ms`;
};

/** The value with its error, the unit once; `≥` where it was not over when the watching ended. */
export const figureWords = ({ value, plusMinus, bound }: ReportFigure): string => {
  if (value === null) return 'not measured';
  const least = bound === 'at-least' ? '≥ ' : '';
  if (plusMinus === null) return `${least}${msWords(value)}`;
  // The error says how many digits mean something.
  const digits = plusMinus < 1 ? 2 : value >= 1000 ? 0 : 1;
  return `${least}${value.toFixed(digits)} ± ${plusMinus.toFixed(digits === 2 ? 2 : 1)} ms`;
};

const spreadWords = (spread: ReportSpread | null): string | undefined => {
  if (spread === null) return undefined;
  const least = spread.atLeast > 0 ? 'at least ' : '';
  const [low, high] = [msWords(spread.min), msWords(spread.max)];
  return spread.n === 1 || low === high
    ? `${least}${msWords(spread.median)}`
    : `${least}${msWords(spread.median)} (${low} to ${high})`;
};

const budgetWords: Record<FailoverReport['budgets'][number]['name'], string> = {
  takeover: 'takeover',
  outage: 'outage',
  arp: 'ARP convergence',
};

const phaseWords = {
  detection: 'noticing',
  addressConfigured: 'configuring the address',
  announcement: 'announcing it',
  neighbour: 'the neighbour entry',
  firstService: 'the first answer',
} as const;

export const phaseLabel = (name: keyof typeof phaseWords): string => phaseWords[name];

const numbersOfFault = ({ takeoverMs, outageMs }: FailoverReport['summary']): string =>
  [
    `in ${spreadWords(takeoverMs) ?? 'a time that was not measured'}`,
    ...(outageMs === null
      ? []
      : [outageMs.max === 0 ? 'clients lost nothing' : `clients were out for ${spreadWords(outageMs)}`]),
  ].join('; ');

/** One median over different faults would be that of nothing: the quickest and the slowest are named. */
const numbersOfFaults = ({ byFault, outageMs }: FailoverReport['summary']): string => {
  const medians = byFault
    .flatMap(({ fault, takeoverMs }) => (takeoverMs === null ? [] : [{ fault, ms: takeoverMs.median }]))
    .toSorted((a, b) => a.ms - b.ms);
  const [quickest, slowest] = [medians.at(0), medians.at(-1)];
  const longest = byFault
    .flatMap(({ fault, outageMs: out }) => (out === null ? [] : [{ fault, ms: out.max }]))
    .toSorted((a, b) => a.ms - b.ms)
    .at(-1);
  const least = outageMs !== null && outageMs.atLeast > 0 ? 'at least ' : '';
  return [
    `after each of ${byFault.length} faults, ${
      quickest === undefined || slowest === undefined
        ? 'in a time that was not measured'
        : `in ${msWords(quickest.ms)} (${quickest.fault}) to ${msWords(slowest.ms)} (${slowest.fault})`
    }`,
    ...(longest === undefined
      ? []
      : [
          longest.ms === 0
            ? 'clients lost nothing'
            : `clients were out for ${least === '' ? 'at most ' : least}${msWords(longest.ms)} (${longest.fault})`,
        ]),
  ].join('; ');
};

export const failoverHeadline = (report: FailoverReport): string => {
  const { trials, summary, budgets, configuration } = report;
  const [first] = trials;
  if (!report.restored)
    return `The cluster is not as it was before: ${report.restoration.differences[0] ?? 'healing could not be proven'}`;
  if (first === undefined) return 'No trial was run';
  const counted = trials.filter((trial) => trial.void === null);
  const [example] = counted;
  if (example === undefined) return `No trial counts: ${first.void ?? 'the reason is not known'}`;
  const lost = counted.find((trial) => trial.newMaster === null);
  if (lost !== undefined)
    return `Nobody took ${configuration.vip} over from ${lost.oldMaster} after ${lost.fault.name}: ${lost.takeoverMs.reason ?? 'the reason is not known'}`;
  const heirs = [...new Set(counted.map((trial) => trial.newMaster))].join(' or ');
  const numbers = summary.byFault.length > 1 ? numbersOfFaults(summary) : numbersOfFault(summary);
  const broken = budgets.find((budget) => !budget.kept);
  const over =
    broken === undefined
      ? ''
      : `; over the budget of ${msWords(broken.limitMs)} for ${budgetWords[broken.name]}${broken.phase === null ? '' : `, mostly by ${phaseLabel(broken.phase)}`}`;
  return `${heirs} took ${configuration.vip} over from ${example.oldMaster} ${numbers}${over}`;
};
