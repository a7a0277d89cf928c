// What holds for every renderer and every report: nothing unprintable gets out, and documents can be read back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReport, reportFormats } from '../../src/report/render.ts';
import { columnsOf, type TerminalStyle } from '../../src/report/typeset.ts';
import { anyReport } from './arbitrary-report.ts';
import { sampleReports } from './sample-reports.ts';

const ownSgr = /\x1b\[[0-9;]+m/g;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const anyStyle: fc.Arbitrary<TerminalStyle> = fc.record({
  color: fc.constantFrom('none', 'ansi16'),
  width: fc.integer({ min: 1, max: 200 }),
  unicode: fc.constantFrom('utf8', 'ascii'),
});

describe('every renderer', () => {
  for (const format of reportFormats)
    it(`${format}: no control, bidi or zero-width character but newline`, () => {
      fc.assert(
        fc.property(anyReport, anyStyle, (report, style) => {
          const text = renderReport(format, report, style);
          const rest = (style.color === 'ansi16' ? text.replace(ownSgr, '') : text).replaceAll('\n', '');
          expect(unprintable.exec(rest)).toBeNull();
          expect(text.endsWith('\n')).toBe(true);
        }),
      );
    });

  it('text in ASCII is ASCII', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const text = renderReport('text', report, { color: 'none', width: 80, unicode: 'ascii' });
        expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      }),
    );
  });

  it('colour adds colour codes and nothing else', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 40, max: 120 }), (report, width) => {
        const plain = renderReport('text', report, { color: 'none', width, unicode: 'utf8' });
        const colored = renderReport('text', report, { color: 'ansi16', width, unicode: 'utf8' });
        expect(colored.replace(ownSgr, '')).toBe(plain);
      }),
    );
  });
});

describe('json and ndjson', () => {
  it('give the report back as it was', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const style = { color: 'none', width: 80, unicode: 'utf8' } as const;
        expect(JSON.parse(renderReport('json', report, style))).toEqual(JSON.parse(JSON.stringify(report)));
        const lines = renderReport('ndjson', report, style).trimEnd().split('\n');
        const parsed: unknown[] = lines.map((line) => JSON.parse(line));
        const parts =
          report.clusters.length +
          report.nodes.length +
          report.reachability.length +
          report.findings.length +
          report.accepted.length +
          report.verdicts.length +
          report.timeline.length +
          report.history.length;
        expect(parsed).toHaveLength(1 + parts);
        expect(parsed[0]).toMatchObject({ kind: 'check', verdict: report.verdict });
      }),
    );
  });
});

describe('text', () => {
  const isCommandOrQuote = (line: string): boolean =>
    /^ {10}\S+\$ /.test(line) || line.startsWith(' '.repeat(12));

  for (const width of [40, 60, 80, 120])
    for (const [name, report] of Object.entries(sampleReports))
      it(`${name}: in ${width} columns only commands and quotes are wider`, () => {
        const wide = renderReport('text', report, { color: 'none', width, unicode: 'utf8' })
          .split('\n')
          .map((line) => line.replace(/^ {2}fix {5}/, ' '.repeat(10)))
          .filter((line) => columnsOf(line) > width && !isCommandOrQuote(line));
        expect(wide).toEqual([]);
      });

  it('wraps any words to any width', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 40, max: 160 }), (report, width) => {
        const bare = {
          ...report,
          findings: report.findings.map((finding) => ({
            ...finding,
            evidence: [],
            remedy: { ...finding.remedy, commands: [] },
          })),
        };
        const lines = renderReport('text', bare, { color: 'none', width, unicode: 'utf8' }).split('\n');
        expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
      }),
    );
  });

  it('starts with the verdict, then cause, proof and fix', () => {
    const text = renderReport('text', sampleReports.oneRoot, { color: 'none', width: 80, unicode: 'utf8' });
    const labels = [
      '✖ CRITICAL',
      '\n  cause',
      '\n  proof',
      '\n  fix',
      '\n  ladder',
      '\n  nodes',
      '\n  cleared',
    ];
    const order = labels.map((label) => text.indexOf(label));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.every((at) => at >= 0)).toBe(true);
  });

  it('never breaks a command, however narrow the terminal', () => {
    const text = renderReport('text', sampleReports.latent, { color: 'none', width: 40, unicode: 'utf8' });
    expect(text).toContain('n1$ iptables -I INPUT 1 -i eth1 -p vrrp -d 224.0.0.18 -j ACCEPT\n');
  });

  it('folds consequences of consequences under the root', () => {
    const text = renderReport('text', sampleReports.oneRoot, { color: 'none', width: 80, unicode: 'utf8' });
    expect(text).toContain('effect  multiple-masters (n1, n2), vip-held-twice (n1, n2)');
    expect(text.match(/^ {2}cause/gm)).toHaveLength(1);
  });
});

describe('junit', () => {
  it('skips what was not evaluated and says why', () => {
    const xml = renderReport('junit', sampleReports.incomplete, {
      color: 'none',
      width: 80,
      unicode: 'utf8',
    });
    expect(xml).toContain('<skipped message="nobody listens on the segment (no observer)"/>');
    expect(xml).toMatch(/tests="7" failures="0" skipped="3"/);
  });

  it('is balanced XML for any report', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const xml = renderReport('junit', report, { color: 'none', width: 80, unicode: 'utf8' });
        const open: string[] = [];
        const tags = xml
          .replace(/^<\?xml[^>]*\?>/, '')
          .matchAll(/<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|[<>]/g);
        for (const [whole, closing, tag, , self] of tags) {
          expect(tag, `stray ${whole}`).toBeDefined();
          if (closing === '/') expect(open.pop()).toBe(tag);
          else if (self !== '/') open.push(tag ?? '');
        }
        expect(open).toEqual([]);
        expect(xml.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('html', () => {
  it('has no script, asks for nothing, and lets no node write tags', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const html = renderReport('html', report, { color: 'none', width: 80, unicode: 'utf8' });
        const rest = html.replace('<link rel="icon" href="data:,">', '').replace(/href="#[a-z0-9-]*"/g, '');
        expect(rest).not.toMatch(/<script|<img|<link|src=|href=|\son[a-z]+=["']/i);
      }),
    );
  });
});

describe('nagios', () => {
  it('is one line with one bar', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const line = renderReport('nagios', report, { color: 'none', width: 80, unicode: 'utf8' });
        expect(line.split('\n')).toHaveLength(2);
        expect(line.split('|')).toHaveLength(2);
        expect(line).toMatch(/^VIPDOCTOR (OK|WARNING|CRITICAL|UNKNOWN) - /);
      }),
    );
  });
});

describe('markdown', () => {
  it('keeps rows of a table together whatever a node is called', () => {
    const [first] = sampleReports.oneRoot.clusters;
    const report = {
      ...sampleReports.oneRoot,
      clusters:
        first === undefined
          ? []
          : [{ ...first, members: first.members.map((member) => ({ ...member, interface: 'a|b\nc' })) }],
    };
    const markdown = renderReport('markdown', report, { color: 'none', width: 80, unicode: 'utf8' });
    expect(markdown).toContain('a\\|b\\\\nc');
  });
});
