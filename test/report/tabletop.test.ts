// `tabletop` as a document and as a table: the schema fits, the words say what the numbers say, at every width.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { forecast } from '../../src/cluster/election/forecast.ts';
import type { ClusterModel } from '../../src/cluster/model.ts';
import {
  composeTabletop,
  mastersWords,
  tabletopJsonSchema,
  tabletopSchema,
} from '../../src/report/tabletop.ts';
import { renderTabletop } from '../../src/report/tabletop-text.ts';
import { columnsOf, type TerminalStyle } from '../../src/report/typeset.ts';
import { rules } from '../../src/rules/generated/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { instanceText, onPaper, scriptText, trio } from '../rules/paper-model.ts';

const paper: TerminalStyle = { color: 'none', width: 80, unicode: 'utf8' };
const tool = { name: 'vipdoctor', version: '0.0.0' };
const reportOf = (model: ClusterModel) => composeTabletop(forecast(model), judge(model, rules), tool);

const healthy = reportOf(trio());
const troubled = reportOf(
  onPaper({
    a: `${scriptText('chk')}\n${instanceText({ priority: 150, lines: ['dont_track_primary', 'track_script {', 'chk', '}'] })}`,
    b: instanceText({ priority: 100 }),
  }),
);

describe('tabletop document', () => {
  it.each([
    ['healthy', healthy],
    ['troubled', troubled],
  ])('%s conforms to its schema, and nothing in it is unknown there', (_name, report) => {
    const written: unknown = JSON.parse(JSON.stringify(report));
    expect(tabletopSchema.parse(written)).toEqual(written);
  });

  it('is published as it is', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/tabletop.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(tabletopJsonSchema())));
  });

  it('tells every single loss and every pair, with masters and times', () => {
    expect(healthy.situations).toContainEqual({
      vrid: 101,
      cluster: '101/ipv4/eth1',
      lost: ['node n1'],
      losses: [{ kind: 'node', node: 'n1' }],
      masters: ['n2'],
      takeoverMs: { min: 2613, max: 3613 },
      otherwise: [],
    });
    expect(healthy.situations.map(({ lost }) => lost.join(' + '))).toContain(
      'node n1 + interface eth1 on n2',
    );
    expect(healthy.findings).toEqual([]);
  });

  it('says in words that nobody is master, or two are', () => {
    const none = troubled.situations.find(({ masters }) => masters.length === 0);
    expect(none).toMatchObject({ takeoverMs: null, note: expect.stringMatching(/^no master/) });
    const two = troubled.situations.find(({ masters }) => masters.length === 2);
    expect(two).toMatchObject({ lost: ['interface eth1 on a'], note: expect.stringMatching(/^two masters/) });
    expect(troubled.findings.map(({ rule }) => rule)).toContain('track-weight-too-small');
  });

  it('counts masters in words', () => {
    expect([[], ['n1'], ['n1', 'n2'], ['a', 'b', 'c']].map(mastersWords)).toEqual([
      'no master',
      'n1',
      'two masters: n1 and n2',
      'three masters: a, b and c',
    ]);
  });
});

describe('tabletop table', () => {
  it('lists single losses and counts the calm pairs', () => {
    const text = renderTabletop(healthy, paper, 'telling');
    expect(text.split('\n').slice(0, 8)).toEqual([
      '21 losses tried: each leaves exactly one master',
      '',
      'VRID 101 10.77.0.5 n1 is master',
      '  lost                                         master  when',
      '  node n1                                      n2      after 2.6 to 3.6 s',
      '  node n2                                      n1      stays',
      '  node n3                                      n1      stays',
      '  keepalived on n1 (stopped)                   n2      after 613 ms',
    ]);
    expect(text).toContain('and 4 pairs of losses after which nothing changes hands');
    expect(renderTabletop(healthy, paper, 'all')).toContain('node n2 + node n3');
  });

  it('begins with how many leave none or two, and ends with what is to blame', () => {
    const text = renderTabletop(troubled, paper, 'telling');
    expect(text.split('\n')[0]).toMatch(
      /losses tried: \d+ leaves? no master, \d+ leaves? two masters or more/,
    );
    expect(text).toMatch(/two masters: a and b/);
    expect(text).toMatch(/cause\s+chk may fail on a and the VIP stays there/);
  });

  it.each([30, 40, 60, 80, 120])('fits into %i columns', (width) => {
    // Quotes and commands are never broken.
    for (const report of [healthy, troubled])
      for (const line of renderTabletop(report, { ...paper, width }, 'all').split('\n'))
        if (!/grep|conf:\d+:/.test(line)) expect(columnsOf(line)).toBeLessThanOrEqual(width);
  });

  it('says the same without colour', () => {
    const coloured = renderTabletop(troubled, { ...paper, color: 'ansi16' }, 'telling');
    expect(coloured).toContain('\x1b[');
    expect(coloured.replace(/\x1b\[[0-9;]*m/g, '')).toBe(renderTabletop(troubled, paper, 'telling'));
  });
});
