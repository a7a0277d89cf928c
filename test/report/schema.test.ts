// The published schema: samples conform, broken documents do not, and docs/schema is what the code says.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonSchema, checkReportSchema } from '../../src/report/schema.ts';
import { anyReport } from './arbitrary-report.ts';
import { sampleReports } from './sample-reports.ts';

describe('schema of a check', () => {
  for (const [name, report] of Object.entries(sampleReports))
    it(`${name} conforms, and nothing in it is unknown to the schema`, () => {
      const written: unknown = JSON.parse(JSON.stringify(report));
      expect(checkReportSchema.parse(written)).toEqual(written);
    });

  it('knows every field of any report', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const written: unknown = JSON.parse(
          JSON.stringify({ ...report, startedAt: '2026-03-01T03:12:45.000Z' }),
        );
        expect(checkReportSchema.parse(written)).toEqual(written);
      }),
    );
  });

  it('refuses a finding without evidence', () => {
    const { oneRoot } = sampleReports;
    const findings = oneRoot.findings.map((finding) => ({ ...finding, evidence: [] }));
    expect(checkReportSchema.safeParse({ ...oneRoot, findings }).success).toBe(false);
  });

  it('is published as it is', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/check.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(checkJsonSchema())));
  });
});
