// What changed since an earlier document: the same finding is known again, nothing is called gone that was not looked
// for, and a file that is no earlier report is said to be none.
import { describe, expect, it } from 'vitest';
import {
  compareWithBaseline,
  countedOf,
  type Entry,
  readBaseline,
  withBaseline,
} from '../../src/report/baseline.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderJunit } from '../../src/report/junit.ts';
import type { CheckReport } from '../../src/report/report.ts';
import { sampleReports } from './sample-reports.ts';

const { healthy, oneRoot, incomplete } = sampleReports;

const baselineOf = (report: CheckReport) => {
  const reading = readBaseline(renderJson(report), 'last.json', 'check');
  if (reading.kind === 'unusable') throw new Error(reading.why);
  return reading.baseline;
};

const entry = (more: Partial<Entry> = {}): Entry => ({
  id: 'rp-filter-drop/n2/51',
  rule: 'rp-filter-drop',
  severity: 'high',
  subject: { nodes: ['n2'], vrid: 51 },
  title: 'n2 drops 14 adverts',
  ...more,
});

const compare = (before: readonly Entry[], now: readonly Entry[], judged: 'all' | 'none' = 'all') =>
  compareWithBaseline(
    { file: 'last.json', entries: before },
    { entries: now, accepted: [], couldBeJudged: () => judged === 'all' },
  );

describe('comparison', () => {
  it('of a report with itself finds nothing new', () => {
    const { baseline } = withBaseline(oneRoot, baselineOf(oneRoot));
    expect(baseline).toMatchObject({ file: 'last.json', new: [], gone: [], unjudged: [] });
    expect(baseline?.unchanged.map(({ id }) => id)).toEqual(oneRoot.findings.map(({ id }) => id));
  });

  it('knows a finding again by rule and subject, in whatever order and words', () => {
    const before = entry({ subject: { nodes: ['n1', 'n2'], vip: '10.0.0.5/24' }, title: 'lost 3' });
    const now = entry({ id: 'x', subject: { nodes: ['n2', 'n1'], vip: '10.0.0.5' }, title: 'lost 99' });
    expect(compare([before], [now])).toMatchObject({ new: [], gone: [], unchanged: [now] });
  });

  it('tells equal findings apart by their number', () => {
    const twice = [entry({ id: 'a' }), entry({ id: 'a#2' })];
    expect(compare([entry()], twice).new).toHaveLength(1);
    expect(compare(twice, [entry()]).gone).toHaveLength(1);
  });

  it('calls a finding new when it became graver, and unchanged when it became lighter', () => {
    const graver = entry({ severity: 'critical' });
    expect(compare([entry()], [graver])).toMatchObject({ new: [{ was: 'high' }], unchanged: [] });
    expect(compare([graver], [entry()])).toMatchObject({ new: [], unchanged: [entry()] });
  });

  it('calls nothing gone that could not be judged', () => {
    expect(compare([entry()], [])).toMatchObject({ gone: [entry()], unjudged: [] });
    expect(compare([entry()], [], 'none')).toMatchObject({ gone: [], unjudged: [entry()] });
  });

  it('leaves what is accepted out', () => {
    const comparison = compareWithBaseline(
      { file: 'last.json', entries: [entry()] },
      { entries: [], accepted: [entry()], couldBeJudged: () => true },
    );
    expect(comparison).toMatchObject({ new: [], gone: [], unchanged: [], unjudged: [] });
  });

  it('of a node that was not reached this time is open', () => {
    const [first] = oneRoot.findings;
    if (first === undefined) throw new Error('the sample has findings');
    const away: CheckReport = {
      ...healthy,
      nodes: healthy.nodes.map((node) => ({ ...node, reachable: false })),
      verdicts: oneRoot.verdicts.map(({ rule }) => ({ rule, result: 'clear' })),
    };
    const { baseline } = withBaseline(away, baselineOf(oneRoot));
    expect(baseline?.gone).toEqual([]);
    expect(baseline?.unjudged.map(({ id }) => id)).toContain(first.id);
  });

  it('lets only what is new count', () => {
    const report = withBaseline(oneRoot, baselineOf(oneRoot));
    expect(countedOf(report.findings, report.baseline)).toEqual([]);
    expect(countedOf(oneRoot.findings, undefined)).toEqual(oneRoot.findings);
    expect(countedOf(oneRoot.findings, withBaseline(oneRoot, baselineOf(healthy)).baseline)).toEqual(
      oneRoot.findings,
    );
    expect(renderJunit(report)).toContain('failures="0"');
    expect(renderJunit(oneRoot)).not.toContain('failures="0"');
  });
});

describe('an earlier report', () => {
  const whyNot = (text: string, kind: 'check' | 'lint' = 'check'): string => {
    const reading = readBaseline(text, 'last.json', kind);
    return reading.kind === 'unusable' ? reading.why : 'read';
  };
  const json = renderJson(incomplete);

  it('is read', () => {
    expect(whyNot(json)).toBe('read');
    expect(whyNot(`\uFEFF${json}`)).toBe('read');
  });

  it.each([
    ['', 'last.json: it is empty'],
    ['✔ HEALTHY', 'last.json: it is not JSON'],
    [json.slice(0, json.length / 2), 'last.json: it is not JSON'],
    ['{"kind":"check"}\n{"kind":"finding"}\n', 'it is one value on each line, as --format ndjson writes'],
    ['[]', 'it is JSON, but no report of vipdoctor'],
    [
      '{"kind":"replay","schemaVersion":1}',
      'it is a report of "replay", and cannot be compared with one of "check"',
    ],
    [
      '{"kind":"check","schemaVersion":2,"findings":[]}',
      'its schemaVersion is 2, and this vipdoctor reads up to 1',
    ],
    ['{"kind":"check","findings":[]}', 'its schemaVersion is not 1'],
    ['{"kind":"check","schemaVersion":1}', 'it is damaged (findings: '],
    ['{"kind":"check","schemaVersion":1,"findings":[{"rule":"x"}]}', 'it is damaged (findings.0.'],
  ])('that is %j is refused', (text, words) => {
    const why = whyNot(text);
    expect(why).toContain(words);
    expect(why).toContain('vipdoctor check --format json');
  });

  it('of another command is refused', () => {
    expect(whyNot(json, 'lint')).toContain('it is a report of "check"');
  });
});
