// What the renderers print for the sample reports, kept as files that people read. `npx vitest run -u` after a
// wanted change, and look at the difference.
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/render.ts';
import type { TerminalStyle } from '../../src/report/typeset.ts';
import { sampleReports } from './sample-reports.ts';

const plain: TerminalStyle = { color: 'none', width: 80, unicode: 'utf8' };

describe('golden files', () => {
  for (const [name, report] of Object.entries(sampleReports)) {
    for (const format of ['text', 'junit', 'markdown', 'nagios'] as const)
      it(`${name} as ${format}`, async () => {
        await expect(renderReport(format, report, plain)).toMatchFileSnapshot(
          `golden/${name}.${format}.golden`,
        );
      });
    it(`${name} as text in 40 ASCII columns`, async () => {
      await expect(
        renderReport('text', report, { color: 'none', width: 40, unicode: 'ascii' }),
      ).toMatchFileSnapshot(`golden/${name}.text-40-ascii.golden`);
    });
  }
  for (const format of ['json', 'ndjson', 'html'] as const)
    it(`one root as ${format}`, async () => {
      await expect(renderReport(format, sampleReports.oneRoot, plain)).toMatchFileSnapshot(
        `golden/oneRoot.${format}.golden`,
      );
    });
  it('one root as text in colour', async () => {
    await expect(
      renderReport('text', sampleReports.oneRoot, { ...plain, color: 'ansi16' }),
    ).toMatchFileSnapshot('golden/oneRoot.text-color.golden');
  });
});
