// Whole situations through all rules: which finding is the root, what folds under it, and what the headline says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterModel } from '../../src/cluster/model.ts';
import { known, unknown } from '../../src/evidence/reading.ts';
import type { Finding } from '../../src/report/report.ts';
import { rules } from '../../src/rules/generated/index.ts';
import { judge } from '../../src/rules/judge.ts';
import { clear, defineRule, foundOrClear } from '../../src/rules/rule.ts';
import {
  addressOf,
  alsoMaster,
  answered,
  changeGroup,
  changeHost,
  changeInstance,
  changeNode,
  changeProcess,
  configures,
  denial,
  dropRule,
  filters,
  healthy,
  hears,
  held,
  link,
  logs,
  lostAtSender,
  lostInKernel,
  lostOnNetwork,
  names,
  password,
  refused,
  runs,
  silentBackup,
  situation,
  stopped,
  stream,
  unicast,
  unreachable,
  versionThree,
  withPassword,
} from './model-builder.ts';

const judged = (model: ClusterModel) => judge(model, rules);
const rootsOf = (findings: readonly Finding[]) =>
  findings.filter((one) => one.cause === 'root').map((one) => `${one.rule}@${one.subject.nodes.join('+')}`);
const foldedOf = (findings: readonly Finding[]) =>
  findings
    .filter((one) => one.cause === 'consequence')
    .map((one) => one.rule)
    .toSorted();

const firewalled = [
  alsoMaster('n2'),
  answered('n1', 'n2'),
  lostInKernel('n1', 'n2'),
  filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
  filters('n2', 'n3', { outcome: 'drop', decidedBy: dropRule() }),
];
const splitSymptoms = ['duplicate-arp-answers', 'multiple-masters', 'vip-held-twice'];

describe('healthy clusters', () => {
  test.each([
    ['multicast', healthy()],
    ['VRRPv3', situation(versionThree)],
    ['unicast', situation(unicast)],
    ['PASS', situation(withPassword)],
  ])('%s: no finding, and the headline names the MASTER', (_name, model) => {
    const { findings, verdict, headline, verdicts } = judged(model);
    expect(findings).toEqual([]);
    expect(verdict).toBe('healthy');
    expect(headline).toBe('n1 is MASTER of 10.77.0.5; 3 nodes agree and hear each other.');
    expect(verdicts.map((one) => one.result)).toEqual(rules.map(() => 'clear'));
  });

  test('innocents are cleared by name and with what was read', () => {
    const reasons = judged(healthy()).verdicts.filter((one) => one.reason !== undefined);
    expect(reasons.map((one) => one.rule)).toEqual(
      expect.arrayContaining(['icmp-echo-ignore-broadcasts', 'multicast-route-missing', 'udp-ignored-multi']),
    );
  });
});

describe('one cause', () => {
  const oneCause: readonly (readonly [string, ClusterModel, string, readonly string[]])[] = [
    ['firewall in', situation(...firewalled), 'host-firewall-input-drop@n2', splitSymptoms],
    [
      'firewall out',
      situation(
        lostAtSender('n1'),
        alsoMaster('n2'),
        ...['n2', 'n3'].map((peer) =>
          filters('n1', peer, {
            direction: 'out',
            outcome: 'drop',
            decidedBy: dropRule({ chain: 'output' }),
          }),
        ),
      ),
      'egress-firewall-drop@n1',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'fabric',
      situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        lostOnNetwork('n2', 'n1'),
        lostOnNetwork('n2', 'n3'),
      ),
      'multicast-blocked-by-fabric@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'one way',
      situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2')),
      'one-way-reachability@n2+n1',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'membership',
      situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        changeHost('n2', { memberships: known({ eth1: ['224.0.0.1'] }) }),
      ),
      'multicast-membership-lost-after-link-bounce@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'VRID',
      situation(
        changeInstance('n2', { vrid: 102 }),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        refused('n2', 'n1'),
      ),
      'vrid-mismatch-between-peers@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'password',
      situation(
        withPassword,
        configures('n2', password('badbad')),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        refused('n2', 'n1'),
      ),
      'auth-password-mismatch@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'interval',
      situation(
        configures('n2', { advertIntervalMs: 2000 }),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        refused('n2', 'n1'),
      ),
      'advert-interval-mismatch-v2@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'version',
      situation(configures('n2', { version: 3 }), alsoMaster('n2'), refused('n1', 'n2'), refused('n2', 'n1')),
      'vrrp-version-mismatch@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'stalled',
      situation(lostAtSender('n1'), alsoMaster('n2'), changeProcess('n1', { vrrpRunState: 'T' })),
      'vrrp-process-stalled@n1',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'orphan',
      situation(stopped('n1'), alsoMaster('n2'), held('n1', 'n2')),
      'vip-orphaned-after-unclean-stop@n1',
      ['keepalived-disabled-or-stopped', 'vip-held-twice'],
    ],
    ['stopped backup', situation(stopped('n2')), 'keepalived-disabled-or-stopped@n2', []],
    [
      'no raw socket by SELinux',
      situation(
        alsoMaster('n2'),
        lostAtSender('n1'),
        changeHost('n1', {
          selinux: known({ mode: 'enforcing', denials: [denial()], read: [] }),
          memberships: known({ eth1: ['224.0.0.1'] }),
        }),
      ),
      'selinux-denial@n1',
      ['adverts-lost-unexplained', 'multiple-masters', 'vip-held-twice'],
    ],
    [
      'interface gone, keepalived ended',
      situation(stopped('n2'), changeHost('n2', { links: known([link('ens18')]) })),
      'interface-missing-or-renamed@n2',
      ['keepalived-disabled-or-stopped'],
    ],
    [
      'no capability, keepalived ended',
      situation(stopped('n2'), logs('n2', 'Starting Keepalived v2.2.7', 'cant open raw socket. errno=1')),
      'container-missing-capability@n2',
      ['keepalived-disabled-or-stopped'],
    ],
    [
      'unicast peer missing',
      situation(unicast, configures('n1', { unicastPeers: [addressOf('n3')] }), alsoMaster('n2')),
      'unicast-peer-asymmetric@n1+n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'nothing known',
      situation(alsoMaster('n2'), lostInKernel('n1', 'n2')),
      'adverts-lost-unexplained@n2',
      ['multiple-masters', 'vip-held-twice'],
    ],
    [
      'a stranger with our VRID holds the group down',
      situation(
        silentBackup('n1'),
        hears(stream('n1', 'n2', { sender: 'foreign', src: '10.77.0.99', addresses: ['10.77.0.200'] })),
      ),
      'vrid-collision-foreign-group@n1+n2+n3',
      ['no-master', 'vip-on-no-node'],
    ],
  ];

  test.each(oneCause)('%s', (_name, model, root, folded) => {
    const { findings, verdict } = judged(model);
    expect(rootsOf(findings)).toEqual([root]);
    expect(foldedOf(findings)).toEqual(folded);
    const [first] = findings;
    for (const finding of findings.slice(1)) expect(finding.causedBy).toEqual([first?.id]);
    expect(verdict).toBe(first?.severity === 'critical' ? 'critical' : 'degraded');
  });
});

describe('two causes', () => {
  test('another password behind a firewall: both are roots', () => {
    const { findings } = judged(
      situation(withPassword, configures('n2', password('badbad')), ...firewalled, refused('n2', 'n1')),
    );
    expect(rootsOf(findings)).toEqual(['auth-password-mismatch@n2', 'host-firewall-input-drop@n2']);
    expect(findings.find((one) => one.rule === 'multiple-masters')?.causedBy.length).toBe(2);
  });

  test('a fault that waits does not account for what is seen now', () => {
    const { findings } = judged(
      situation(
        withPassword,
        configures('n2', password('badbad')),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        refused('n2', 'n1'),
        filters('n1', 'n3', { outcome: 'drop', decidedBy: dropRule() }),
      ),
    );
    expect(rootsOf(findings)).toEqual(['auth-password-mismatch@n2', 'host-firewall-input-drop@n1']);
    const [password_, firewall] = findings;
    expect(firewall?.severity).toBe('high');
    expect(findings.find((one) => one.rule === 'multiple-masters')?.causedBy).toEqual([password_?.id]);
  });

  test('a loss elsewhere in the group is a root of its own', () => {
    const { findings } = judged(situation(...firewalled, alsoMaster('n3'), lostOnNetwork('n1', 'n3')));
    expect(rootsOf(findings)).toEqual(['host-firewall-input-drop@n2', 'one-way-reachability@n3+n1']);
  });
});

describe('one thing of a host', () => {
  const draft = (vrid: number, standing: 'now' | 'waiting') => ({
    subject: { nodes: ['n2'], vrid },
    group: `group ${vrid}`,
    about: 'firewall in',
    title: standing === 'now' ? 'n2 drops' : 'n2 will drop',
    summary: 'A rule drops.',
    evidence: [{ node: 'n2', source: 'nft', quote: `rule seen for ${vrid}` }] as const,
    remedy: { text: 'Delete it.', commands: [{ node: 'n2', command: 'nft delete' }] },
    ...(standing === 'waiting' ? { severity: 'high' as const } : {}),
  });
  const causing = (...drafts: readonly ReturnType<typeof draft>[]) =>
    defineRule({
      id: 'host-wide',
      severity: 'critical',
      needs: [],
      title: '',
      why: '',
      proof: '',
      remedy: '',
      sources: [],
      explains: ['symptom'],
      check: () => foundOrClear(drafts),
    });
  const symptom = (...vrids: readonly number[]) =>
    defineRule({
      id: 'symptom',
      severity: 'critical',
      needs: [],
      title: '',
      why: '',
      proof: '',
      remedy: '',
      sources: [],
      explains: [],
      check: () =>
        foundOrClear(vrids.map((vrid) => ({ ...draft(vrid, 'now'), about: `symptom of ${vrid}` }))),
    });

  test('is one finding for all the groups it harms, and accounts for what is seen in each of them', () => {
    const { findings } = judge(healthy(), [
      causing(draft(1, 'now'), draft(2, 'now'), draft(3, 'now')),
      symptom(1, 2, 9),
    ]);
    const [root, stranger] = findings.filter((one) => one.cause === 'root');
    expect(root).toMatchObject({
      id: 'host-wide/n2/1',
      summary: 'A rule drops. The same holds for VRID 2. The same holds for VRID 3.',
      remedy: { text: 'Delete it.', commands: [{ node: 'n2', command: 'nft delete' }] },
    });
    expect(root?.evidence.map((quote) => quote.quote)).toEqual([
      'rule seen for 1',
      'rule seen for 2',
      'rule seen for 3',
    ]);
    expect(stranger?.subject.vrid).toBe(9);
    expect(findings.filter((one) => one.causedBy.includes('host-wide/n2/1'))).toHaveLength(2);
  });

  test('is as grave as its gravest, and accounts only for groups it harms that much', () => {
    const { findings } = judge(healthy(), [causing(draft(1, 'waiting'), draft(2, 'now')), symptom(1, 2)]);
    expect(rootsOf(findings)).toEqual(['host-wide@n2', 'symptom@n2']);
    expect(findings[0]).toMatchObject({
      severity: 'critical',
      subject: { vrid: 2 },
      summary: 'A rule drops. Also for VRID 1: n2 will drop.',
    });
    expect(findings[1]?.subject.vrid).toBe(1);
  });
});

describe('no cause', () => {
  test('two masters that hear each other stay a symptom without a cause', () => {
    const { findings, headline, verdict } = judged(situation(alsoMaster('n2')));
    expect(rootsOf(findings)).toEqual(['multiple-masters@n1+n2']);
    expect(foldedOf(findings)).toEqual(['vip-held-twice']);
    expect(verdict).toBe('critical');
    expect(headline).toBe('VIP 10.77.0.5 has two masters, n1 and n2; no cause could be proven.');
  });
});

describe('a firewall', () => {
  test('with a rule for each peer is one finding', () => {
    const one = dropRule({ handle: 7, text: 'ip saddr 10.77.0.11 drop' });
    const other = dropRule({ handle: 8, text: 'ip saddr 10.77.0.13 drop', counter: { before: 0, after: 0 } });
    const { findings } = judged(
      situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: one }),
        filters('n2', 'n3', { outcome: 'drop', decidedBy: other }),
      ),
    );
    expect(rootsOf(findings)).toEqual(['host-firewall-input-drop@n2']);
    expect(findings[0]?.title).toContain(
      "n2's firewall drops VRRP from n1 (rule in inet filter input handle 7)",
    );
    expect(findings[0]?.summary).toContain('Also: n2 will not hear n3 after a failover');
  });

  test('a mute master that hears only what it refuses is explained by the disagreement', () => {
    const { findings } = judged(
      situation(
        configures('n2', { advertIntervalMs: 2000 }),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        lostAtSender('n2'),
      ),
    );
    expect(rootsOf(findings)).toEqual(['advert-interval-mismatch-v2@n2']);
    expect(findings.map((finding) => finding.rule)).not.toContain('adverts-lost-unexplained');
  });
});

describe('headline', () => {
  test('names symptom, node and cause', () => {
    expect(judged(situation(...firewalled)).headline).toBe(
      "VIP 10.77.0.5 has two masters, n1 and n2: n2's firewall drops VRRP from n1 and n3 (rule in inet filter input handle 7).",
    );
  });

  test('says what could not be reached', () => {
    const { verdict, headline } = judged(situation(unreachable('n3')));
    expect(verdict).toBe('unknown');
    expect(headline).toBe('Nothing wrong was found, but n3 could not be judged (connection refused).');
  });

  test('says when there was nothing to judge', () => {
    const { verdict, headline } = judged({
      ...healthy(),
      groups: [],
      instances: [],
      ladder: [],
      holders: [],
    });
    expect(verdict).toBe('unknown');
    expect(headline).toContain('No VRRP instance was found');
  });
});

describe('missing evidence', () => {
  test('an unread firewall is not cleared, the rest is judged', () => {
    const { verdicts, verdict } = judged(
      situation(changeHost('n2', { firewall: unknown('nft needs root') })),
    );
    expect(verdicts.find((one) => one.rule === 'host-firewall-input-drop')).toEqual({
      rule: 'host-firewall-input-drop',
      result: 'not-evaluated',
      reason: 'n2: nft needs root',
    });
    expect(verdicts.find((one) => one.rule === 'rp-filter-drop')?.result).toBe('clear');
    expect(verdict).toBe('healthy');
  });

  test('a host that could not be reached is not cleared by the others', () => {
    const { verdicts } = judged(situation(unreachable('n3')));
    expect(verdicts.find((one) => one.rule === 'rp-filter-drop')).toEqual({
      rule: 'rp-filter-drop',
      result: 'not-evaluated',
      reason: 'n3 could not be reached; nothing was found on the others',
    });
  });

  test('deaf everywhere is never healthy', () => {
    const model = healthy();
    const deaf = {
      ...model,
      adverts: {
        streams: [],
        carp: [],
        ears: names.map((at) => ({ at, heard: 'no' as const, reason: 'no tcpdump' })),
      },
    };
    expect(judged(deaf).verdict).toBe('unknown');
  });

  test('a rule that throws has judged nothing', () => {
    const words = { title: 'x', why: 'x', proof: 'x', remedy: 'x', sources: [], explains: [] };
    const broken = defineRule({
      ...words,
      id: 'broken',
      severity: 'low',
      needs: ['window'],
      check: () => {
        throw new Error('unexpected shape');
      },
    });
    const fine = defineRule({
      ...words,
      id: 'fine',
      severity: 'low',
      needs: ['window'],
      check: () => clear('read'),
    });
    const { verdicts, verdict } = judge(healthy(), [broken, fine]);
    expect(verdicts).toEqual([
      { rule: 'broken', result: 'not-evaluated', reason: 'the rule failed: unexpected shape' },
      { rule: 'fine', result: 'clear', reason: 'read' },
    ]);
    expect(verdict).toBe('unknown');
  });
});

describe('ids', () => {
  test('are stable, and unique when a rule repeats itself', () => {
    const quote = { node: 'n1', source: 's', quote: 'q' };
    const draft = {
      subject: { nodes: ['n1'], vrid: 101 },
      title: 't',
      summary: 's',
      evidence: [quote],
      remedy: { text: 'r', commands: [] },
    } as const;
    const twice = defineRule({
      id: 'twice',
      severity: 'low',
      needs: ['window'],
      title: 'x',
      why: 'x',
      proof: 'x',
      remedy: 'x',
      sources: [],
      explains: [],
      check: () => foundOrClear([draft, draft]),
    });
    expect(judge(healthy(), [twice]).findings.map((one) => one.id)).toEqual([
      'twice/n1/101',
      'twice/n1/101#2',
    ]);
    expect(judged(situation(...firewalled)).findings.map((one) => one.id)).toEqual(
      judged(situation(...firewalled)).findings.map((one) => one.id),
    );
  });
});

// Any mixture of changes: nothing throws, ids are unique, every consequence leads to a root.
const changes = [
  ...firewalled,
  alsoMaster('n3'),
  stopped('n1'),
  stopped('n2'),
  stopped('n3'),
  unreachable('n2'),
  lostAtSender('n1'),
  lostOnNetwork('n1', 'n3'),
  refused('n1', 'n2'),
  unicast,
  versionThree,
  withPassword,
  configures('n2', password('badbad')),
  configures('n3', { vips: [] }),
  configures('n2', { advertIntervalMs: 3000 }),
  changeInstance('n2', { vrid: 7 }),
  runs('n1', { state: 'FAULT' }),
  changeInstance('n1', {
    running: unknown('none'),
    configured: unknown('none'),
    sourceAddress: unknown('none'),
  }),
  changeNode('n1', {
    processes: unknown('none'),
    unit: unknown('none'),
    log: unknown('none'),
    version: unknown('none'),
  }),
  changeHost('n3', {
    links: unknown('none'),
    firewall: unknown('none'),
    memberships: unknown('none'),
    counterDeltas: unknown('none'),
  }),
  changeHost('n2', { links: known([]), reversePath: known([]), memberships: known({}) }),
  changeGroup({ members: [] }),
  changeGroup({ vips: [] }),
  held(),
  logs('n1'),
  silentBackup('n1'),
  (model: ClusterModel): ClusterModel => ({ ...model, hosts: [] }),
  (model: ClusterModel): ClusterModel => ({ ...model, adverts: { streams: [], carp: [], ears: [] } }),
  (model: ClusterModel): ClusterModel => ({ ...model, ladder: [] }),
  (model: ClusterModel): ClusterModel => ({ ...model, nodes: [] }),
];

test('any mixture of situations is judged without failing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...changes), { maxLength: 6 }), (mixture) => {
      const { findings, verdicts, headline } = judged(situation(...mixture));
      for (const one of verdicts) expect(one.reason ?? '').not.toContain('the rule failed');
      expect(new Set(findings.map((one) => one.id)).size).toBe(findings.length);
      const roots = new Set(findings.filter((one) => one.cause === 'root').map((one) => one.id));
      for (const one of findings) {
        expect(one.evidence.length).toBeGreaterThan(0);
        expect(one.cause === 'root').toBe(one.causedBy.length === 0);
        for (const id of one.causedBy) expect(roots).toContain(id);
      }
      expect(findings.map((one) => one.cause).indexOf('root')).toBeLessThanOrEqual(0);
      expect(headline).toMatch(/^\S.*\.$/s);
      expect(headline).not.toContain('undefined');
    }),
    { numRuns: 300 },
  );
});
