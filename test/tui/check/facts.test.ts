// The screen tells the same facts as the JSON and text reports: findings, rules, evidence, remedies, nodes, ladder.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../../src/report/json.ts';
import type { CheckReport } from '../../../src/report/report.ts';
import {
  fateOf,
  laddersOf,
  leavesOpen,
  lossWords,
  priorityWords,
  rungsOf,
} from '../../../src/report/story.ts';
import { renderText } from '../../../src/report/text.ts';
import { layOut } from '../../../src/tui/check/layout.ts';
import { tellCheck } from '../../../src/tui/check/tell.ts';
import { plainText } from '../../../src/tui/line.ts';
import { surroundingsOf } from '../painted.tsx';
import { bigReport } from './big-report.ts';
import { bundlesFolder, finished, reportOf } from './course.ts';

/** So wide and high that nothing is wrapped, cut or scrolled away. */
const boundless = surroundingsOf(20_000, 2000);

const oneLine = (text: string): string => text.split(/\s+/).join(' ').trim();

/** What is not told; none, where all is well. */
const missing = (facts: readonly string[], told: string): readonly string[] =>
  facts.map(oneLine).filter((fact) => !told.includes(fact));

/** All that can be read: the overview with everything unfolded, and every finding opened. */
const everythingOf = (report: CheckReport): string => {
  const course = finished(report, boundless);
  for (let at = 0; at < report.findings.length; at += 1) course.press('right', 'down');
  const pages: string[] = [];
  const read = (): void => {
    const { header, body } = layOut(course.state(), boundless);
    pages.push(...[...header, ...body].map(plainText));
  };
  read();
  course.press('home');
  const seen = new Set<string>();
  for (let at = 0; at <= report.findings.length * 2; at += 1) {
    course.press('enter');
    seen.add(course.state().selected ?? '');
    read();
    course.press('escape', 'down');
  }
  expect(seen.size).toBe(Math.max(report.findings.length, 1));
  return oneLine(pages.join('\n'));
};

const factsOf = (report: CheckReport): readonly string[] => [
  report.verdict.toUpperCase(),
  report.headline,
  ...report.findings.flatMap((finding) => [
    finding.rule,
    finding.severity,
    finding.title,
    finding.summary,
    ...finding.subject.nodes,
    ...finding.evidence.flatMap(({ node, source, quote }) => [
      `${node}: ${source}`,
      ...quote.split('\n').map((one) => one.trim()),
    ]),
    finding.remedy.text,
    ...finding.remedy.commands.map(({ node, command }) => `${node}$ ${command}`),
  ]),
  ...report.clusters.flatMap((cluster) => [
    `VRID ${cluster.vrid}, ${cluster.family}, VRRPv${cluster.version} ${cluster.mode}`,
    ...cluster.vips,
    ...cluster.members.flatMap((member) => [
      `${member.node} ${member.state} ${priorityWords(member)}`,
      member.interface,
    ]),
  ]),
  ...report.nodes.flatMap((node) => [
    node.name,
    ...(node.reachable ? [] : [node.problem ?? '', node.nextStep ?? '']),
    node.keepalived.version ?? '',
  ]),
  ...laddersOf(report).flatMap((ladder) =>
    ladder.cells.flatMap((cell) => [
      `${rungsOf(cell)
        .map((rung) => ({ reached: '●', missed: '○', unknown: '?' })[rung])
        .join('')} ${fateOf(cell).short}`,
      ...(cell.lostAt === null ? [] : [`${cell.from} → ${cell.to} ${lossWords(cell)}`]),
    ]),
  ),
  ...report.gaps,
  ...report.verdicts.filter(leavesOpen).map((verdict) => verdict.reason ?? ''),
];

describe.each(readdirSync(bundlesFolder))('%s', (name) => {
  it('on the screen, all that the JSON report says', async () => {
    const report = await reportOf(name);
    const everything = everythingOf(JSON.parse(renderJson(report)));
    expect(missing(factsOf(report), everything)).toEqual([]);
  });

  it('for a screen reader, the verdict, every root cause and every loss', async () => {
    const report = await reportOf(name);
    const said = oneLine(tellCheck(undefined, finished(report).state()).join('\n'));
    const facts = [
      report.headline,
      ...laddersOf(report).flatMap((ladder) => ladder.lost.map(lossWords)),
      ...report.clusters.flatMap((cluster) =>
        cluster.members.map((member) => `${member.node} is ${member.state}`),
      ),
      ...report.gaps,
    ];
    expect(missing(facts, said)).toEqual([]);
  });
});

it('finds what it looks for in the text report as well', async () => {
  const report = await reportOf('host-firewall-nft-inet');
  const text = oneLine(renderText(report, { color: 'none', width: 1_000_000, unicode: 'utf8' }));
  const roots = { ...report, findings: report.findings.filter((finding) => finding.cause === 'root') };
  const facts = factsOf(roots).filter((one) => !report.verdicts.some((verdict) => verdict.reason === one));
  expect(missing(facts, text)).toEqual([]);
});

it('shows what is accepted, and what is new and gone since an earlier report', () => {
  const entry = { id: 'x', rule: 'rp-filter-drop', severity: 'high', subject: { nodes: ['lb-02'] } } as const;
  const report: CheckReport = {
    ...bigReport,
    baseline: {
      file: 'yesterday.json',
      new: [{ ...entry, title: 'rp_filter of lb-02 drops VRRP' }],
      gone: [{ ...entry, id: 'y', title: 'lb-07 was down' }],
      unchanged: [],
      unjudged: [],
    },
  };
  const facts = [
    'lb-06 has no track_script',
    'accepted until 2027-03-31: lab switch (vipdoctor.yaml:4)',
    'yesterday.json',
    'rp_filter of lb-02 drops VRRP',
    'lb-07 was down',
  ];
  expect(missing(facts, everythingOf(report))).toEqual([]);
  expect(missing(facts, oneLine(tellCheck(undefined, finished(report).state()).join(' ')))).toEqual([]);
});

it('every finding of a big cluster can be read aloud', () => {
  const course = finished(bigReport);
  const before = course.state();
  const opened = tellCheck(before, course.press('enter').state()).join('\n');
  expect(opened).toContain('nft delete rule inet filter input handle 7');
  expect(opened).toContain('nft list ruleset > /etc/nftables.conf');
  expect(opened).not.toMatch(/ {2}/);
});
