// Frames of the check screen as Ink paints them: golden files that people read, and what holds for all of them.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../../src/report/report.ts';
import { columnsOf } from '../../../src/report/typeset.ts';
import { checkScreen } from '../../../src/tui/check/screen.ts';
import type { CheckState } from '../../../src/tui/check/state.ts';
import { paint, surroundingsOf } from '../painted.tsx';
import { bigReport } from './big-report.ts';
import { bundlesFolder, finished, nodeIs, openCourse, reportOf, session } from './course.ts';

/** Of all rules these: what is painted must not depend on how many there are. */
const steadyRules: readonly string[] = [
  'host-firewall-input-drop',
  'egress-firewall-drop',
  'rp-filter-drop',
  'selinux-denial',
  'auth-password-mismatch',
  'auth-type-mismatch',
  'ttl-not-255',
  'no-master',
  'multiple-masters',
  'icmp-echo-ignore-broadcasts',
];
const steadyReportOf = async (name: string): Promise<CheckReport> => {
  const report = await reportOf(name);
  return { ...report, verdicts: report.verdicts.filter(({ rule }) => steadyRules.includes(rule)) };
};

const framed = (lines: readonly string[], columns: number): string =>
  [
    `┌${'─'.repeat(columns)}┐`,
    ...lines.map((text) => `│${text.padEnd(columns)}│`),
    `└${'─'.repeat(columns)}┘`,
    '',
  ].join('\n');

const golden = async (
  name: string,
  state: CheckState,
  columns: number,
  rows: number,
  charset: 'utf8' | 'ascii' = 'utf8',
) => {
  const lines = paint(checkScreen, state, surroundingsOf(columns, rows, charset));
  await expect(framed(lines, columns)).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.golden`);
};

const slowStart = () =>
  openCourse()
    .hear(
      { kind: 'started' },
      nodeIs('n1', 'connecting'),
      nodeIs('n2', 'connecting'),
      nodeIs('n3', 'connecting'),
    )
    .wait(400)
    .hear(
      nodeIs('n1', 'asking'),
      nodeIs('n1', 'listening'),
      nodeIs('n3', 'failed', 'connection refused by 10.0.0.13:22'),
    )
    .wait(2800);

const halfWay = () =>
  slowStart().hear(
    nodeIs('n2', 'asking'),
    nodeIs('n2', 'listening'),
    session({
      kind: 'listening',
      elapsedMs: 1800,
      limitMs: 30_000,
      openQuestions: ['VRID 101: do adverts from n1 reach n2?', 'VRID 101: do both masters stay?'],
      adverts: 14,
      senders: [
        { vrid: 101, from: 'n1', priority: 100, adverts: 2 },
        { vrid: 101, from: '10.77.0.99', priority: 254, adverts: 2 },
      ],
    }),
  );

describe('golden frames', () => {
  const sizes = [
    [40, 24],
    [80, 24],
    [120, 30],
    [200, 50],
  ] as const;
  for (const [columns, rows] of sizes) {
    it(`a firewall on ${columns}×${rows}`, async () =>
      golden('firewall', finished(await steadyReportOf('host-firewall-nft-inet')).state(), columns, rows));
    it(`ten nodes and three VRIDs on ${columns}×${rows}`, () =>
      golden('ten-nodes', finished(bigReport).state(), columns, rows));
    it(`half-way on ${columns}×${rows}`, () => golden('half-way', halfWay().state(), columns, rows));
  }
  for (const [columns, rows] of [
    [80, 40],
    [40, 40],
  ] as const)
    it(`a finding, opened, on ${columns}×${rows}`, async () =>
      golden(
        'opened',
        finished(await steadyReportOf('host-firewall-nft-inet'))
          .press('enter')
          .state(),
        columns,
        rows,
      ));
  it('in ASCII', async () =>
    golden(
      'ascii',
      finished(await steadyReportOf('host-firewall-nft-inet'))
        .press('right')
        .state(),
      80,
      24,
      'ascii',
    ));
  it('on ten rows', async () =>
    golden('low', finished(await steadyReportOf('host-firewall-nft-inet')).state(), 80, 10));
  it('a healthy cluster', async () =>
    golden('healthy', finished(await steadyReportOf('healthy-three')).state(), 80, 24));
  it('a node that was not reached', async () =>
    golden('unreachable', finished(await steadyReportOf('node-unreachable')).state(), 80, 24));
  it('what is slow, and why', () => golden('slow', slowStart().state(), 80, 24));
  it('the question for a host key', () => {
    const question = {
      kind: 'host-key',
      node: 'n2',
      text: 'The host key of n2 is not known.\nSHA256:abcdef ssh-ed25519\nTrust it (yes/no)?',
      echo: 'on',
    } as const;
    return golden(
      'question',
      slowStart().hear({ kind: 'question', question }).press('y', 'e').state(),
      80,
      24,
    );
  });
  it('the keys', () => golden('help', finished(bigReport).press('?').state(), 80, 30));
  it('copied', () => golden('copied', finished(bigReport).press('c').state(), 80, 24));
  it('filtered', () =>
    golden('filtered', finished(bigReport).press('/', 'l', 'b', '-', '0', '3').state(), 80, 24));
});

describe('every frame', () => {
  const states: readonly (readonly [string, () => CheckState])[] = [
    ['slow', () => slowStart().state()],
    ['half-way', () => halfWay().state()],
    ['ten nodes', () => finished(bigReport).state()],
    ['opened', () => finished(bigReport).press('enter').state()],
    ['help', () => finished(bigReport).press('?').state()],
    ['saving', () => finished(bigReport).press('s').state()],
    ['copied', () => finished(bigReport).press('c').state()],
    [
      'a secret',
      () =>
        slowStart()
          .hear({
            kind: 'question',
            question: { kind: 'password', node: 'n2', text: 'password', echo: 'off' },
          })
          .press('h', 'u', 'n', 't', 'e', 'r', '2')
          .state(),
    ],
  ];
  it.each(states)('%s: is as tall as the terminal and never wider, on any terminal', (_name, make) => {
    const state = make();
    for (const columns of [2, 20, 40, 80, 200])
      for (const rows of [1, 5, 24]) {
        const lines = paint(checkScreen, state, surroundingsOf(columns, rows));
        expect(lines).toHaveLength(rows);
        expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(columns);
      }
  });

  it('shows nothing of a secret, not even its length', () => {
    const secret = states.at(-1)?.[1]();
    const empty = slowStart()
      .hear({ kind: 'question', question: { kind: 'password', node: 'n2', text: 'password', echo: 'off' } })
      .state();
    if (secret === undefined) throw new Error('no such state');
    expect(paint(checkScreen, secret, surroundingsOf(80, 24))).toEqual(
      paint(checkScreen, empty, surroundingsOf(80, 24)),
    );
  });

  it.each(readdirSync(bundlesFolder))('of the recording %s fits, opened or not', async (name) => {
    const course = finished(await reportOf(name));
    for (const keys of [[], ['enter']]) {
      const lines = paint(checkScreen, course.press(...keys).state(), surroundingsOf(80, 24));
      expect(lines).toHaveLength(24);
      expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(80);
    }
  });

  it('holds nothing a node could do to the terminal', () => {
    const [first, ...rest] = bigReport.findings;
    if (first === undefined) throw new Error('no finding');
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202e';
    const report = {
      ...bigReport,
      headline: evil,
      findings: [{ ...first, title: evil, evidence: [{ node: evil, source: evil, quote: evil }] }, ...rest],
    };
    for (const keys of [[], ['enter']]) {
      const text = paint(
        checkScreen,
        finished(report)
          .press(...keys)
          .state(),
        surroundingsOf(120, 40),
      ).join('\n');
      expect(text).toContain('\\x1b[2J');
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  });
});
