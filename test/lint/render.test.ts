// The document of lint in its formats: every problem at its line, no password anywhere, schema and types in step.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildConfig } from '../../src/keepalived/config-model.ts';
import { parseConfig } from '../../src/keepalived/config-tree.ts';
import { validateConfig } from '../../src/keepalived/validation/validate.ts';
import { composeLint } from '../../src/lint/compose.ts';
import type { LintReport } from '../../src/lint/document.ts';
import { renderLintJunit } from '../../src/lint/junit.ts';
import { renderLintSarif } from '../../src/lint/sarif.ts';
import { lintJsonSchema, lintSchema } from '../../src/lint/schema.ts';
import { openSourceText } from '../../src/lint/source-text.ts';
import { renderLintText } from '../../src/lint/text.ts';
import type { Finding } from '../../src/report/report.ts';

const text = `vrrp_instance VI_1 {
	interface eth0
	virtual_router_id 51
	nopreemt
	authentication {
		auth_type PASS
		auth_pas hunter2
	}
	virtual_ipaddress {
		10.0.0.5/24
	}
}
`;

const finding: Finding = {
  rule: 'vrid-mismatch-between-peers',
  severity: 'critical',
  cause: 'root',
  causedBy: [],
  id: 'vrid-mismatch-between-peers/a+b/51',
  subject: { nodes: ['a', 'b'], vrid: 51 },
  title: 'a and b use different VRIDs',
  summary: 'They ignore each other.',
  evidence: [{ node: 'a', source: 'conf/a.conf', quote: 'conf/a.conf:3: virtual_router_id 51' }],
  remedy: { text: 'Use one VRID.', commands: [] },
};

const judge = (content: string): LintReport => {
  const sources = { path: '/x/a.conf', read: () => ({ text: content }), glob: () => [], configId: 'a' };
  const file = {
    given: 'conf/a.conf',
    path: '/x/a.conf',
    node: 'a',
    config: buildConfig(parseConfig(sources), { fingerprint: () => 'f' }),
    validation: validateConfig({ ...sources, isSecret: () => false }),
  };
  return composeLint(
    [file],
    { findings: [finding], accepted: [], verdicts: [] },
    { tool: { name: 'vipdoctor', version: '0.0.0' }, keepalivedVersion: '2.2.7' },
  );
};

const report = judge(text);
const source = openSourceText((file) => (file === 'conf/a.conf' ? text : undefined));
const style = { color: 'none', width: 80, unicode: 'utf8' } as const;

describe('the document', () => {
  it('follows its published schema', () => {
    expect(lintSchema.parse(report)).toEqual(JSON.parse(JSON.stringify(report)));
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/lint.json', import.meta.url), 'utf8'),
    );
    expect(JSON.parse(JSON.stringify(lintJsonSchema()))).toEqual(published);
  });

  it('tells result, problems and what keepalived runs with', () => {
    expect(report.files).toMatchObject([
      {
        path: 'conf/a.conf',
        result: 'adjusted',
        configTest: 'fails',
        instances: [{ name: 'VI_1', vrid: 51, priority: 100, advertIntervalMs: 1000, vips: ['10.0.0.5/24'] }],
      },
    ]);
    expect(report.files[0]?.problems[0]).toMatchObject({
      file: 'conf/a.conf',
      line: 4,
      column: 2,
      rule: 'unknown-keyword',
      severity: 'high',
      suggestion: 'nopreempt',
    });
  });
});

describe('text', () => {
  const shown = renderLintText(report, source, style);

  it('shows the line with a caret below the place', () => {
    const lines = shown.split('\n');
    const at = lines.findIndex((line) => line.includes('4 |'));
    expect(lines[at]).toBe('    4 |     nopreemt');
    expect(lines[at + 1]).toBe('      |     ^');
  });

  it('ends with what becomes of each file', () => {
    expect(shown.trimEnd().split('\n').at(-1)).toBe(
      'conf/a.conf: adjusted (keepalived 2.2.7: runs, but not with what is written)',
    );
  });

  it('shows no password under a misspelt keyword', () => {
    expect(shown).toContain('auth_pas ***');
    expect(shown).not.toContain('hunter2');
  });
});

describe('source lines', () => {
  it.each([
    ['auth_pass redacted:0123456789abcdef:7', 'auth_pass ***'],
    ['auth_paas hunter2', 'auth_paas ***'],
    ['$PASSWORD=hunter2', '$PASSWORD=***'],
    ['auth_type PASS', 'auth_type PASS'],
    ['priority 100', 'priority 100'],
    ['password hunter2', 'password ***'],
  ])('%s is shown as %s', (line, shown) => {
    expect(openSourceText(() => line)('x', 1)).toBe(shown);
  });

  it('shows nothing unknown within authentication', () => {
    const content = 'authentication {\n auth_type PASS\n hunter2\n}\npriority 5\n';
    const lines = [1, 2, 3, 4, 5].map((line) => openSourceText(() => content)('x', line));
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(lines[1]).toBe(' auth_type PASS');
    expect(lines[4]).toBe('priority 5');
  });
});

describe('SARIF', () => {
  const log: unknown = JSON.parse(renderLintSarif(report));

  it('has one result for each problem and finding, at its line', () => {
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'vipdoctor' } } }],
    });
    const results = JSON.stringify(log);
    expect(results).toContain('"ruleId":"unknown-keyword"');
    expect(results).toContain('"startLine":4,"startColumn":2');
    expect(results).toContain('"ruleId":"vrid-mismatch-between-peers"');
    expect(results).toContain('"uri":"conf/a.conf"');
    expect(results).not.toContain('hunter2');
  });
});

describe('JUnit', () => {
  it('fails what is at or above the asked severity, and escapes markup', () => {
    const xml = renderLintJunit(report, 'high');
    expect(xml).toContain('tests="2" failures="2"');
    expect(xml).toContain('name="conf/a.conf"');
    expect(xml).not.toContain("'nopreempt'");
    expect(renderLintJunit(report, 'never')).toContain('failures="0"');
  });

  it('passes a clean file', () => {
    const clean = { ...judge('global_defs {\n    router_id a\n}\n'), findings: [] };
    expect(renderLintJunit(clean, 'low')).toContain('tests="1" failures="0"');
  });
});
