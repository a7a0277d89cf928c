// A failover test as people and scripts read it: golden files out of recorded failovers, widths kept, the published
// schema in step.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailoverReport } from '../../src/report/failover.ts';
import { drawSpread } from '../../src/report/failover-axis.ts';
import { renderFailoverJson } from '../../src/report/failover-json.ts';
import { failoverJsonSchema, failoverReportSchema } from '../../src/report/failover-schema.ts';
import { renderFailoverText } from '../../src/report/failover-text.ts';
import { columnsOf, type TerminalStyle } from '../../src/report/typeset.ts';
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

const reports: Readonly<Record<string, FailoverReport>> = {
  'failover-stopped': reportOf(['stopped-v3'], { budgets: { maxTakeoverMs: 500, maxOutageMs: 50 } }),
  'failover-announcements-suppressed': reportOf(['announcements-suppressed-v3']),
  'failover-crash': reportOf(['killed-v3']),
  'failover-ipv6': reportOf(['stopped-ipv6']),
  'failover-several': reportOf(['link-down-v3', 'raced-v3', 'parent-killed-v3', 'killed-v3', 'frozen-v3']),
  'failover-not-restored': reportOf(['stopped-v3'], {
    restored: false,
    restoration: {
      compared: ['keepalived on n1', 'addresses of n1'],
      differences: ['keepalived on n1 was active and is inactive'],
    },
    rescue: { armedOn: 'n1', deadlineSeconds: 60, readBack: true, fired: true, disarmed: false },
  }),
  'failover-void': reportOf(['parent-killed-v3']),
};

const plain: TerminalStyle = { color: 'none', width: 80, unicode: 'utf8' };

describe.each(Object.entries(reports))('%s', (name, report) => {
  it('as text', async () => {
    await expect(renderFailoverText(report, plain)).toMatchFileSnapshot(`golden/${name}.text.golden`);
  });

  it('as text in 40 ASCII columns', async () => {
    const narrow = renderFailoverText(report, { color: 'none', width: 40, unicode: 'ascii' });
    expect(narrow).toMatch(/^[\x20-\x7e\n]*$/);
    await expect(narrow).toMatchFileSnapshot(`golden/${name}.text-40-ascii.golden`);
  });

  it('keeps within any width, in colour and without, and colour says nothing more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 160 }), fc.constantFrom('utf8', 'ascii'), (width, unicode) => {
        const text = renderFailoverText(report, { color: 'none', width, unicode });
        for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(width);
        const painted = renderFailoverText(report, { color: 'ansi16', width, unicode });
        expect(painted.replace(/\x1b\[[0-9;]*m/g, '')).toBe(text);
      }),
      { numRuns: 12 },
    );
  });

  it('as JSON conforms to the schema', () => {
    const written: unknown = JSON.parse(renderFailoverJson(report));
    expect(failoverReportSchema.parse(written)).toEqual(written);
  });
});

describe('what the text says', () => {
  const textOf = (name: string): string => {
    const report = reports[name];
    if (report === undefined) throw new Error(name);
    return renderFailoverText(report, plain);
  };

  it('names the phase that ate the budget', () => {
    expect(textOf('failover-stopped')).toMatch(/outage: at most 50\.0 ms, worst 60\.0 ms: broken, mostly by/);
  });

  it('shows measured beside predicted', () => {
    expect(textOf('failover-stopped')).toMatch(/takeover +61\.56 ± 0\.02 ms +predicted 61\.3 ms/);
  });

  it('says first that something is not as it was', () => {
    expect(textOf('failover-not-restored').split('\n')[0]).toMatch(/^✖ NOT RESTORED/);
  });

  it('counts a void trial out', () => {
    expect(textOf('failover-several')).toMatch(/1 trial void and not counted/);
    expect(textOf('failover-void')).toMatch(/^\? VOID {2}No trial counts: crash was asked for/);
  });

  it('lets nothing from a node reach the terminal raw', () => {
    const report = reports['failover-stopped'];
    if (report === undefined) throw new Error('no report');
    const nasty = { ...report, gaps: ['\x1b[2J\u202eevil\n'] };
    expect(renderFailoverText(nasty, plain)).not.toMatch(/\x1b|\u202e/);
    expect(renderFailoverJson(nasty)).not.toMatch(/\x1b|\u202e/);
  });
});

describe('the strip of several values', () => {
  it('has a dot for each, or their number', () => {
    expect(drawSpread([1, 1, 5, 9], { width: 9, unicode: 'ascii' })).toBe('2...o...o');
    expect(drawSpread([3, 3, 3], { width: 4, unicode: 'utf8' })).toBe('3···');
  });
});

describe('the schema', () => {
  it('is published as it is', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/failover.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(failoverJsonSchema())));
  });

  it('refuses a trial without its takeover', () => {
    const [report] = Object.values(reports);
    const trials = report?.trials.map(({ takeoverMs: _, ...rest }) => rest);
    expect(failoverReportSchema.safeParse({ ...report, trials }).success).toBe(false);
  });
});
