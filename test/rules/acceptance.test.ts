// What is accepted does not count and is not lost: subjects, days, and what goes with an accepted root.
import { describe, expect, it } from 'vitest';
import type { Acceptance } from '../../src/report/acceptance.ts';
import { dayOf, remarksOn } from '../../src/report/acceptance.ts';
import type { Finding } from '../../src/report/report.ts';
import { covers, judgeAcceptances, sift } from '../../src/rules/acceptance.ts';
import { rules } from '../../src/rules/generated/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { alsoMaster, answered, dropRule, filters, lostInKernel, situation } from './model-builder.ts';

const acceptance = (more: Partial<Acceptance> = {}): Acceptance => ({
  rule: 'rp-filter-drop',
  reason: 'moved on Monday',
  expires: '2026-03-31',
  file: 'vipdoctor.yaml',
  line: 3,
  ...more,
});

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  rule: id.split('/')[0] ?? id,
  severity: 'critical',
  cause: 'root',
  causedBy: [],
  id,
  subject: { nodes: ['n2'], vrid: 51, vip: '10.0.0.5/24' },
  title: `${id} is wrong`,
  summary: 'It is wrong.',
  evidence: [{ node: 'n2', source: 'sysctl', quote: 'rp_filter = 1' }],
  remedy: { text: 'Mend it.', commands: [] },
  ...more,
});

const root = finding('rp-filter-drop/n2/51');
const other = finding('host-firewall-input-drop/n3/51', { subject: { nodes: ['n3'], vrid: 51 } });
const effect = (id: string, ...causedBy: readonly Finding[]): Finding =>
  finding(id, { cause: 'consequence', causedBy: causedBy.map((one) => one.id) });

describe('an acceptance', () => {
  it.each([
    [{}, true],
    [{ nodes: ['n2'] }, true],
    [{ nodes: ['n1', 'n2'] }, true],
    [{ nodes: ['n1'] }, false],
    [{ vrid: 51 }, true],
    [{ vrid: 52 }, false],
    [{ vip: '10.0.0.5' }, true],
    [{ vip: '10.0.0.6' }, false],
    [{ rule: 'no-master' }, false],
  ] as const)('%j covers the finding: %s', (more, covered) => {
    expect(covers(acceptance(more), root)).toBe(covered);
  });

  it('of one node does not cover what two nodes do', () => {
    const both = finding('rp-filter-drop/n1+n2', { subject: { nodes: ['n1', 'n2'] } });
    expect(covers(acceptance({ nodes: ['n2'] }), both)).toBe(false);
  });

  it('of a VRID or VIP does not cover what names none', () => {
    const host = finding('rp-filter-drop/n2', { subject: { nodes: ['n2'] } });
    expect(covers(acceptance({ vrid: 51 }), host)).toBe(false);
    expect(covers(acceptance({ vip: '10.0.0.5' }), host)).toBe(false);
  });
});

describe('sifting', () => {
  const today = '2026-03-01';

  it('takes a root and what only it brings about', () => {
    const masters = effect('multiple-masters/n1+n2/51', root);
    const { findings, accepted } = sift([root, masters], { acceptances: [acceptance()], today });
    expect(findings).toEqual([]);
    expect(accepted.map(({ id, acceptance: { through } }) => [id, through])).toEqual([
      [root.id, undefined],
      [masters.id, root.id],
    ]);
  });

  it('leaves a consequence that has another root', () => {
    const masters = effect('multiple-masters/n1+n2/51', root, other);
    const { findings, accepted } = sift([root, other, masters], { acceptances: [acceptance()], today });
    expect(findings).toEqual([other, masters]);
    expect(accepted.map(({ id }) => id)).toEqual([root.id]);
  });

  it('takes a consequence by its own name and leaves its root', () => {
    const masters = effect('multiple-masters/n1+n2/51', root);
    const { findings, accepted } = sift([root, masters], {
      acceptances: [acceptance({ rule: 'multiple-masters' })],
      today,
    });
    expect(findings).toEqual([root]);
    expect(accepted.map(({ id, acceptance: { through } }) => [id, through])).toEqual([
      [masters.id, undefined],
    ]);
  });

  it('holds to the end of its day and then brings everything back, and says so', () => {
    const masters = effect('multiple-masters/n1+n2/51', root);
    const list = [acceptance()];
    expect(sift([root, masters], { acceptances: list, today: '2026-03-31' }).findings).toEqual([]);
    const back = sift([root, masters], { acceptances: list, today: '2026-04-01' });
    expect(back.accepted).toEqual([]);
    expect(back.findings.map(({ id }) => id)).toEqual([root.id, masters.id]);
    expect(back.findings[0]?.summary).toBe(
      'It is wrong. It was accepted until 2026-03-31 (moved on Monday); that has expired (vipdoctor.yaml:3).',
    );
    expect(back.findings[1]).toEqual(masters);
  });

  it('prefers an acceptance that holds to one that has expired', () => {
    const acceptances = [acceptance({ expires: '2026-01-01' }), acceptance({ line: 9 })];
    expect(sift([root], { acceptances, today }).accepted[0]?.acceptance.line).toBe(9);
  });
});

describe('what became of acceptances', () => {
  const stateOf = (one: Acceptance, result: 'clear' | 'found' | 'not-evaluated', today = '2026-03-01') =>
    judgeAcceptances([root], [{ rule: one.rule, result }], { acceptances: [one], today })[0];

  it('applied, expired, stale or open', () => {
    expect(stateOf(acceptance(), 'found')).toMatchObject({ state: 'applied', findings: [root.id] });
    expect(stateOf(acceptance({ rule: 'no-master' }), 'clear')).toMatchObject({
      state: 'stale',
      findings: [],
    });
    expect(stateOf(acceptance({ rule: 'no-master' }), 'not-evaluated')).toMatchObject({ state: 'open' });
    expect(stateOf(acceptance(), 'found', '2026-04-01')).toMatchObject({
      state: 'expired',
      findings: [root.id],
    });
  });

  it('is worth a remark when it does nothing', () => {
    const states = [
      stateOf(acceptance(), 'found'),
      stateOf(acceptance({ rule: 'no-master' }), 'clear'),
      stateOf(acceptance(), 'found', '2026-04-01'),
    ].flatMap((one) => one ?? []);
    expect(remarksOn(states)).toEqual([
      'vipdoctor.yaml:3: the acceptance of no-master matches nothing that was found: it can go',
      'vipdoctor.yaml:3: the acceptance of rp-filter-drop has expired on 2026-03-31: what it stood for counts again',
    ]);
  });
});

describe('a judged cluster', () => {
  const split = situation(
    alsoMaster('n2'),
    answered('n1', 'n2'),
    lostInKernel('n1', 'n2'),
    filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
    filters('n2', 'n3', { outcome: 'drop', decidedBy: dropRule() }),
  );
  const accepting = (...list: readonly Acceptance[]) =>
    judge(split, rules, { acceptances: list, today: '2026-03-01' });

  it('counts nothing that is accepted, and does not call two masters one', () => {
    const { findings, accepted, verdict, headline } = accepting(
      acceptance({ rule: 'host-firewall-input-drop', nodes: ['n2'] }),
    );
    expect(findings.filter(({ severity }) => severity !== 'low')).toEqual([]);
    expect(accepted.map(({ rule }) => rule)).toContain('multiple-masters');
    expect(verdict).toBe('healthy');
    expect(headline).toMatch(/^Nothing is wrong but what is accepted until 2026-03-31: .*two masters/);
    expect(headline).not.toContain('agree');
  });

  it('is judged as before by an acceptance for another node', () => {
    const before = judge(split, rules);
    const after = accepting(acceptance({ rule: 'host-firewall-input-drop', nodes: ['n3'] }));
    expect(after.findings).toEqual(before.findings);
    expect(after.verdict).toBe('critical');
    expect(after.headline).toBe(before.headline);
    expect(after.acceptances[0]?.state).toBe('stale');
  });
});

it('an unreadable time lets no acceptance live longer than written', () => {
  expect(dayOf('2026-03-31T23:30:00-05:00')).toBe('2026-04-01');
  expect(dayOf('never') > '2026-12-31').toBe(true);
});
