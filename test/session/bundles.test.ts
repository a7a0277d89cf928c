// Every recording under fixtures/bundles runs the whole way, from the folder to the report, and is compared with what
// it must be judged as. It knows no rule's insides.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle, writeBundle } from '../../src/evidence/bundle-folder.ts';
import { renderReport, reportFormats } from '../../src/report/render.ts';
import type { CheckReport, Finding } from '../../src/report/report.ts';
import { checkReportSchema } from '../../src/report/schema.ts';
import { judgeBundle } from '../../src/session.ts';
import { expectations } from './expectations.ts';

const bundles = join(import.meta.dirname, '../../fixtures/bundles');
const names = (await readdir(bundles)).sort();

const named = (finding: Finding): string => `${finding.rule}@${[...finding.subject.nodes].sort().join(',')}`;
const above = (report: CheckReport, cause: Finding['cause']): readonly string[] =>
  report.findings
    .filter((finding) => finding.severity !== 'low' && finding.cause === cause)
    .map(named)
    .sort();
const sorted = (words: readonly string[]): readonly string[] => [...words].sort();

let desk: string;
beforeAll(async () => {
  desk = await mkdtemp(join(tmpdir(), 'vipdoctor-bundles-'));
});
afterAll(() => rm(desk, { recursive: true }));

it('has an expectation for every recording, and a recording for every expectation', () => {
  expect(names).toEqual(sorted(Object.keys(expectations)));
});

describe.each(Object.entries(expectations))('%s', (name, expected) => {
  const folder = join(bundles, name);

  it('is judged as it must be', async () => {
    const report = judgeBundle(await readBundle(folder));
    expect({
      verdict: report.verdict,
      roots: above(report, 'root'),
      consequences: above(report, 'consequence'),
    }).toEqual({
      verdict: expected.verdict,
      roots: sorted(expected.roots),
      consequences: sorted(expected.consequences),
    });
    const results = new Map(report.verdicts.map((verdict) => [verdict.rule, verdict.result]));
    expect(expected.clear.map((rule) => [rule, results.get(rule)])).toEqual(
      expected.clear.map((rule) => [rule, 'clear']),
    );
  });

  it('ties every consequence to a root, and every finding to evidence', async () => {
    const report = judgeBundle(await readBundle(folder));
    const roots = new Set(report.findings.filter((one) => one.cause === 'root').map((one) => one.id));
    for (const finding of report.findings) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      expect(finding.causedBy.every((id) => roots.has(id))).toBe(true);
      expect(finding.causedBy.length > 0).toBe(finding.cause === 'consequence');
    }
    expect(new Set(report.findings.map((one) => one.id)).size).toBe(report.findings.length);
  });

  it('gives the same report again, also after it was written and read', async () => {
    const bundle = await readBundle(folder);
    const report = judgeBundle(bundle);
    expect(judgeBundle(bundle)).toEqual(report);
    const copy = join(desk, name);
    await writeBundle(copy, bundle);
    expect(judgeBundle(await readBundle(copy))).toEqual(report);
  });

  it('is accepted by every renderer', async () => {
    const report = judgeBundle(await readBundle(folder));
    expect(() => checkReportSchema.parse(JSON.parse(JSON.stringify(report)))).not.toThrow();
    for (const format of reportFormats) {
      const text = renderReport(format, report, { width: 100, color: 'none', unicode: 'utf8' });
      expect(text.length).toBeGreaterThan(0);
    }
  });
});

it('a node that lets us in and answers nothing is no node without keepalived', async () => {
  const bundle = await readBundle(join(bundles, 'healthy-three'));
  const mute = bundle.nodes.map((node) => ({ ...node, answers: [] }));
  const all = judgeBundle({ ...bundle, nodes: mute });
  expect(all.verdict).toBe('unknown');
  expect(all.headline).toContain('answered none of our questions');
  expect(all.nodes.every(({ reachable }) => !reachable)).toBe(true);
  const one = judgeBundle({ ...bundle, nodes: [...mute.slice(0, 1), ...bundle.nodes.slice(1)] });
  expect(one.verdict).not.toBe('healthy');
  expect(one.nodes.map(({ reachable }) => reachable)).toEqual([false, true, true]);
});
