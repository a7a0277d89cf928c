// The document of a failover test: it conforms to its schema whatever was measured, budgets are judged by the worst
// trial that counts, and void trials stay out of the summary.
import { describe, expect, it } from 'vitest';
import { failoverReportSchema } from '../../src/report/failover-schema.ts';
import { composeFailover, type RunFacts } from '../../src/timeline/document.ts';
import { measureTrial } from '../../src/timeline/measure.ts';
import type { TrialRecord } from '../../src/timeline/trial.ts';
import { loadTrial, situations } from './recorded-trials.ts';
import { runFacts } from './run-facts.ts';
import { adverts, graceful, subject, trialOf } from './scene.ts';

const compose = (trials: readonly TrialRecord[], change: Partial<RunFacts> = {}) =>
  composeFailover(
    subject,
    trials.map((trial, index) => measureTrial(subject, { ...trial, index })),
    runFacts(change),
  );

const silent = (): TrialRecord =>
  trialOf({
    frames: adverts('n1', 100, 0, 1000),
    change: {
      fault: { name: 'daemon-killed', node: 'n1', classAsked: 'crash' },
      target: { keepalived: 'gone' },
    },
  });

describe('the document', () => {
  it.each(situations)('of %s conforms, and nothing in it is unknown to the schema', (situation) => {
    const recorded = loadTrial(situation);
    const document = composeFailover(
      recorded.subject,
      [measureTrial(recorded.subject, recorded.trial)],
      runFacts({ budgets: { maxTakeoverMs: 1, maxOutageMs: 1, maxArpMs: 1 } }),
    );
    const written: unknown = JSON.parse(JSON.stringify(document));
    expect(failoverReportSchema.parse(written)).toEqual(written);
  });

  it('of a test in which nobody took over conforms and says so first', () => {
    const document = compose([silent()]);
    const written: unknown = JSON.parse(JSON.stringify(document));
    expect(failoverReportSchema.parse(written)).toEqual(written);
    expect(document.trials[0]?.takeoverMs).toEqual({
      value: null,
      plusMinus: null,
      bound: 'exact',
      reason: 'nobody else advertised',
      predicted: null,
      residual: null,
    });
    expect(document.headline).toMatch(/^Nobody took 10\.0\.0\.5\/24 over from n1/);
  });

  it('keeps void trials and counts them out', () => {
    const aborted = graceful({ abortedBecause: 'interrupted' });
    const { summary, trials } = compose([graceful(), aborted, graceful()]);
    expect(trials.map((trial) => trial.void)).toEqual([null, 'interrupted', null]);
    expect(summary.voided).toBe(1);
    expect(summary.takeoverMs?.n).toBe(2);
    expect(summary.failback.takeoverMs?.n).toBe(2);
  });

  it('says what was not restored before anything else', () => {
    const restoration = { compared: [], differences: ['keepalived on n1 is not running'] };
    expect(compose([graceful()], { restored: false, restoration }).headline).toBe(
      'The cluster is not as it was before: keepalived on n1 is not running',
    );
  });

  it('writes the outage of traffic into the summary; ARP questions only where there was none', () => {
    const withBoth = compose([graceful()]);
    expect(withBoth.summary.outageMs?.max).toBe(60);
    const base = graceful();
    const arpOnly = compose([{ ...base, probes: base.probes.filter((run) => run.kind === 'arp') }]);
    expect(arpOnly.summary.outageMs?.max).toBe(65);
  });
});

describe('budgets', () => {
  it('are kept by a worst trial within them', () => {
    expect(compose([graceful()], { budgets: { maxTakeoverMs: 62, maxArpMs: 66 } }).budgets).toEqual([
      { name: 'takeover', limitMs: 62, worstMs: 61.828, kept: true, phase: null },
      { name: 'arp', limitMs: 66, worstMs: 65.2, kept: true, phase: null },
    ]);
  });

  it('are broken with the phase that took longest, and the headline says so', () => {
    const document = compose([graceful()], { budgets: { maxTakeoverMs: 50 } });
    expect(document.budgets).toEqual([
      { name: 'takeover', limitMs: 50, worstMs: 61.828, kept: false, phase: 'detection' },
    ]);
    expect(document.headline).toMatch(/over the budget of 50\.0 ms for takeover, mostly by noticing$/);
  });

  it('are not kept by what was not measured', () => {
    expect(compose([silent()], { budgets: { maxTakeoverMs: 1e6 } }).budgets).toEqual([
      {
        name: 'takeover',
        limitMs: 1e6,
        worstMs: null,
        kept: false,
        phase: null,
        reason: 'nobody else advertised',
      },
    ]);
    const voided = compose([graceful({ abortedBecause: 'interrupted' })], { budgets: { maxOutageMs: 1e6 } });
    expect(voided.budgets[0]).toMatchObject({ kept: false, reason: 'no trial counts' });
  });
});
