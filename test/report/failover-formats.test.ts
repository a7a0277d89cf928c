// The result of a failover test says the same in every format: the same numbers, the same outcome, the same words.
import { describe, expect, it } from 'vitest';
import type { FailoverReport } from '../../src/report/failover.ts';
import { type FailoverFormat, failoverFormats, renderFailover } from '../../src/report/failover-render.ts';
import {
  budgetWords,
  failbackWords,
  numberRows,
  outcomeOf,
  rescueWords,
  spreadRows,
  trialWords,
  typicalTrial,
} from '../../src/report/failover-words.ts';
import type { TerminalStyle } from '../../src/report/typeset.ts';
import { composeFailover, type RunFacts } from '../../src/timeline/document.ts';
import { measureTrial } from '../../src/timeline/measure.ts';
import { loadTrial } from '../timeline/recorded-trials.ts';
import { runFacts } from '../timeline/run-facts.ts';

const reportOf = (situations: readonly string[], change: Partial<RunFacts> = {}): FailoverReport => {
  const loaded = situations.map(loadTrial);
  const [first] = loaded;
  if (first === undefined) throw new Error('no trials');
  return composeFailover(
    first.subject,
    loaded.map(({ subject, trial }, index) => measureTrial(subject, { ...trial, index })),
    runFacts({ probes: first.trial.probes, ...change }),
  );
};

const hostile = '<script>alert(1)</script> \u001b[31m | `x` & "y"';
const notRestored = {
  restored: false,
  restoration: { compared: ['keepalived'], differences: [hostile] },
  rescue: { armedOn: 'n1', deadlineSeconds: 60, readBack: true, fired: true, disarmed: false },
} as const;

const reports: Readonly<Record<string, FailoverReport>> = {
  stopped: reportOf(['stopped-v3'], { budgets: { maxTakeoverMs: 500, maxOutageMs: 50 } }),
  crash: reportOf(['killed-v3']),
  ipv6: reportOf(['stopped-ipv6']),
  several: reportOf(['link-down-v3', 'raced-v3', 'parent-killed-v3', 'killed-v3', 'frozen-v3']),
  alike: reportOf(['stopped-v3', 'stopped-v3', 'stopped-v3']),
  'not-restored': reportOf(['stopped-v3'], notRestored),
  void: reportOf(['parent-killed-v3']),
};

const style: TerminalStyle = { color: 'none', width: 100, unicode: 'utf8' };
const rendered = (format: FailoverFormat, report: FailoverReport): string =>
  renderFailover(format, report, style);

/** What stands there once markup is taken away, in one row of words. */
const wordsOf = (format: FailoverFormat, text: string): string => {
  const bare =
    format === 'html' || format === 'junit'
      ? text
          .replace(/<style>[\s\S]*?<\/style>/, '')
          .replace(/message="([^"]*)"/g, '> $1 <')
          .replace(/<[^>]*>/g, ' ')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&')
      : format === 'markdown'
        ? text.replace(/\\(.)/g, '$1')
        : text;
  return bare.replace(/\s+/g, ' ');
};

/** Columns and line breaks come between words in some formats. */
const says = (format: FailoverFormat, report: FailoverReport, sentence: string): void => {
  const text = wordsOf(format, rendered(format, report)).replace(/[\s|]+/g, '');
  expect(text).toContain(sentence.replace(/[\s|]+/g, ''));
};

const inWords = ['text', 'markdown', 'html'] as const;

describe.each(Object.entries(reports))('%s', (name, report) => {
  it.each(failoverFormats)('is a whole %s document', (format) => {
    const text = rendered(format, report);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it.each(inWords)('says every number and every outcome as %s', (format) => {
    const drawn = typicalTrial(report);
    const handovers = drawn === undefined ? [] : [drawn, failbackWords(drawn).handover];
    says(format, report, outcomeOf(report).words);
    says(format, report, rescueWords(report));
    for (const budget of report.budgets) says(format, report, budgetWords(budget));
    for (const handover of handovers)
      for (const row of handover === undefined ? [] : numberRows(handover)) {
        says(format, report, row.what);
        says(format, report, row.measured);
      }
    if (report.trials.length > 1)
      for (const trial of report.trials) says(format, report, trialWords(report, trial));
    if (report.trials.length > 1)
      for (const row of spreadRows(report))
        for (const cell of [row.median, row.max]) says(format, report, cell);
  });

  it('is the document itself as JSON and as the last line of NDJSON', () => {
    expect(JSON.parse(rendered('json', report))).toEqual(report);
    expect(rendered('ndjson', report).trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(rendered('ndjson', report))).toEqual(report);
  });

  it('is one Nagios line with the worst numbers', () => {
    const line = rendered('nagios', report);
    expect(line.split('\n')).toHaveLength(2);
    expect(line.match(/\|/g)).toHaveLength(1);
    const status = { healthy: 'OK', degraded: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' } as const;
    expect(line).toContain(`VIPDOCTOR ${status[outcomeOf(report).verdict]} - `);
    const { takeoverMs, outageMs } = report.summary;
    if (takeoverMs !== null) expect(line).toContain(` takeover=${takeoverMs.max}ms;`);
    if (outageMs !== null) expect(line).toContain(` outage=${outageMs.max}ms;`);
    expect(line).toContain(` restored=${report.restored ? 1 : 0};`);
  });

  it('has a JUnit case for every trial, every budget and the restoration', () => {
    const xml = rendered('junit', report);
    expect(xml.match(/<testcase /g)).toHaveLength(report.trials.length + report.budgets.length + 1);
    const failures =
      report.budgets.filter((budget) => !budget.kept).length +
      (report.restored ? 0 : 1) +
      report.trials.filter((trial) => trial.void === null && trial.newMaster === null).length;
    expect(xml.match(/<failure /g) ?? []).toHaveLength(failures);
    expect(xml.match(/<skipped /g) ?? []).toHaveLength(
      report.trials.filter((trial) => trial.void !== null).length,
    );
    for (const trial of report.trials)
      for (const { measured } of numberRows(trial)) says('junit', report, measured);
  });

  it('keeps its shape', async () => {
    for (const format of ['markdown', 'junit', 'nagios', 'html'] as const) {
      // How pages look is the frame's own business.
      const text = rendered(format, report).replace(/<style>[\s\S]*?<\/style>/, '<style></style>');
      await expect(text).toMatchFileSnapshot(`golden/failover-${name}.${format}.golden`);
    }
  });
});

describe('texts from nodes', () => {
  it('start no markup anywhere', () => {
    const report = reports['not-restored'];
    if (report === undefined) throw new Error('not-restored');
    expect(rendered('html', report)).not.toContain('<script');
    expect(rendered('html', report)).toContain('&lt;script&gt;');
    expect(rendered('junit', report)).not.toContain('<script');
    expect(rendered('markdown', report)).toContain('\\<script\\>');
    expect(rendered('nagios', report)).not.toContain('| `x`');
  });
});

describe('the page', () => {
  it('stands alone: no script, nothing fetched', () => {
    for (const report of Object.values(reports)) {
      const page = rendered('html', report);
      expect(page).not.toMatch(/<script|<link[^>]+stylesheet|https?:\/\//);
      if (typicalTrial(report) !== undefined)
        expect(page).toContain('<svg class="drawing course" role="img"');
    }
  });

  it('draws every phase and every lane with its words', () => {
    const page = rendered('html', reports.stopped ?? reportOf(['stopped-v3']));
    for (const words of ['noticing', 'answers to icmp', 'n2 answers', 'no answer', 'predicted'])
      expect(page).toContain(words);
  });
});
