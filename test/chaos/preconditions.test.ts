// What speaks against a failover test: every reason, whether it can be overridden, and that a healthy cluster has none.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type FaultDeed, refused } from '../../src/chaos/faults/fault.ts';
import { type Circumstances, objectionsTo, standing } from '../../src/chaos/preconditions.ts';
import { type FaultSite, readSurvey } from '../../src/chaos/site.ts';
import { chooseArena } from '../../src/chaos/subject.ts';
import { buildCluster } from '../../src/cluster/build.ts';
import type { ClusterModel } from '../../src/cluster/model.ts';
import { readBundle } from '../../src/evidence/bundle-folder.ts';
import { known } from '../../src/evidence/reading.ts';
import { judgeBundle } from '../../src/session.ts';
import { site } from './sites.ts';

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/bundles/${name}`, import.meta.url));

const circumstances = async (situation: string): Promise<Circumstances> => {
  const bundle = await readBundle(folder(situation));
  const model: ClusterModel = buildCluster(bundle);
  const choice = chooseArena(model, {});
  if (choice.kind === 'unclear') throw new Error(choice.why);
  const { arena } = choice;
  return {
    model,
    report: judgeBundle(bundle),
    arena,
    sites: new Map(
      arena.members.map((member): [string, FaultSite] => [member.node, { ...site(), ...member }]),
    ),
    remoteAddresses: new Map(),
    deeds: [],
    impossible: [],
    leftovers: [],
    rescueAfterMs: 60_000,
    longestFaultMs: 10_000,
  };
};

const names = (one: Circumstances): readonly string[] => objectionsTo(one).map((objection) => objection.name);

const cut: FaultDeed = {
  fault: 'link-down',
  node: 'n1',
  prepare: '',
  inject: ':',
  heal: ':',
  healed: ':',
  expectedClass: 'link',
  controlPath: 'cut',
  secondSender: 'not-expected',
  risks: [],
};

describe('preconditions', () => {
  it('a healthy cluster has nothing against it', async () => {
    for (const situation of ['healthy-three-v3', 'healthy-unicast', 'healthy-pass-auth', 'healthy-ipv6'])
      expect([situation, names(await circumstances(situation))]).toEqual([situation, []]);
  });

  it('several clusters must be told apart by name', async () => {
    const model = buildCluster(await readBundle(folder('healthy-two-vrids')));
    expect(chooseArena(model, {})).toMatchObject({ kind: 'unclear' });
    expect(chooseArena(model, { vip: '10.77.0.6/32' })).toMatchObject({ kind: 'chosen' });
    expect(chooseArena(model, { vrid: 101 })).toMatchObject({ kind: 'chosen' });
    expect(chooseArena(model, { vip: '10.9.9.9' })).toMatchObject({ kind: 'unclear' });
  });

  it('two masters are no master to test', async () => {
    expect(names(await circumstances('multicast-blocked'))).toContain('master-unclear');
  });

  it('a node that is away, or did not answer, or lets us do nothing', async () => {
    expect(names(await circumstances('node-unreachable'))).toContain('node-unreachable');
    const healthy = await circumstances('healthy-three-v3');
    expect(names({ ...healthy, sites: new Map() })).toContain('not-surveyed');
    const powerless = new Map(
      [...healthy.sites].map(([node, one]) => [node, { ...one, rights: 'none' as const }]),
    );
    expect(names({ ...healthy, sites: powerless })).toContain('no-rights');
  });

  it('the way in through the VIP, whoever tells it', async () => {
    const healthy = await circumstances('healthy-three-v3');
    const through = new Map(
      [...healthy.sites].map(([node, one]) => [node, { ...one, arrivesAt: '10.77.0.5' }]),
    );
    expect(names({ ...healthy, sites: through })).toContain('ssh-through-vip');
    expect(names({ ...healthy, remoteAddresses: new Map([['n1', '10.77.0.5']]) })).toContain(
      'ssh-through-vip',
    );
  });

  it('a fault that cuts our own way, where only a waiting process would heal it', async () => {
    const healthy = await circumstances('healthy-three-v3');
    expect(names({ ...healthy, deeds: [cut] })).toEqual([]);
    const old = new Map(
      [...healthy.sites].map(([node, one]) => [node, { ...one, systemd: 'absent' as const }]),
    );
    expect(names({ ...healthy, sites: old, deeds: [cut] })).toEqual(['control-path']);
  });

  it('another run, a fault that cannot be done, a rescue that comes too soon', async () => {
    const healthy = await circumstances('healthy-three-v3');
    expect(names({ ...healthy, leftovers: ['n1: /run/vipdoctor/x'] })).toEqual(['rescue-pending']);
    expect(names({ ...healthy, impossible: [refused('daemon-killed: no')] })).toEqual(['fault-impossible']);
    expect(names({ ...healthy, impossible: [refused('host-reboot: no', 'not-enabled')] })).toEqual([
      'not-enabled',
    ]);
    expect(names({ ...healthy, deeds: [cut], rescueAfterMs: 5000 })).toEqual(['rescue-too-short']);
  });

  it('only what was named is overridden, and some things never', async () => {
    const healthy = await circumstances('healthy-three-v3');
    const objections = objectionsTo({ ...healthy, deeds: [cut], rescueAfterMs: 5000, leftovers: ['n1: x'] });
    expect(standing(objections, []).map((one) => one.name)).toEqual(['rescue-pending', 'rescue-too-short']);
    expect(standing(objections, ['rescue-too-short']).map((one) => one.name)).toEqual(['rescue-pending']);
  });
});

describe('a survey', () => {
  const answer = (lines: readonly string[]): string => [...lines, 'end'].join('\n');
  const plain = [
    'uid\t0',
    'systemd\tpresent',
    'parent\t812',
    'cgroup\t812\t0::/system.slice/keepalived.service',
    'arg\t812\t/usr/sbin/keepalived',
    'has\tsystemctl',
    'has\tnft',
    'has\tworking-nft',
    'ssh\t10.0.0.1',
    'control\teth0.7',
    'control\teth0',
  ];

  it('finds who manages keepalived, and the way we came in', () => {
    expect(readSurvey(site(), answer(plain))).toMatchObject({
      manager: known({ kind: 'systemctl', unit: 'keepalived.service' }),
      parentPid: known(812),
      systemd: 'present',
      packetFilter: 'nft',
      arrivesAt: '10.0.0.1',
      controlInterfaces: ['eth0.7', 'eth0'],
      rights: 'root',
    });
  });

  it('reads whether the unit starts with the node, and which boot this is', () => {
    const boot = '5f0e6a52-6f4c-4c4e-9d7d-0d2f6b9a1c11';
    const lines = ['unit-file\tkeepalived.service\tdisabled', `boot\t${boot}`];
    expect(readSurvey(site(), answer([...plain, ...lines]))).toMatchObject({
      unitState: 'disabled',
      bootId: boot,
    });
    expect(readSurvey(site({}), answer([...plain, 'boot\t$(reboot)']))?.bootId).not.toBe('$(reboot)');
  });

  it('goes to the container engine for a container, and to nobody for a start by hand', () => {
    const id = 'f'.repeat(64);
    const docker = ['parent\t9', `cgroup\t9\t0::/system.slice/docker-${id}.scope`, 'has\tdocker'];
    expect(readSurvey(site(), answer(docker))?.manager).toEqual(known({ kind: 'docker', container: id }));
    const hand = [
      'parent\t9',
      'cgroup\t9\t0::/user.slice/session-1.scope',
      'arg\t9\t/usr/sbin/keepalived',
      'cwd\t9\t/root',
    ];
    expect(readSurvey(site(), answer(hand))?.manager).toMatchObject(
      known({ kind: 'signal', pid: 9, cwd: '/root' }),
    );
    const relative = ['parent\t9', 'cgroup\t9\t0::/user.slice/session-1.scope', 'arg\t9\tkeepalived'];
    expect(readSurvey(site(), answer(relative))?.manager.kind).toBe('unknown');
  });

  it('does not choose between two keepaliveds, and believes no half answer', () => {
    const two = readSurvey(site(), answer([...plain, 'parent\t813']));
    expect(two?.manager.kind).toBe('unknown');
    expect(two?.parentPid.kind).toBe('unknown');
    expect(readSurvey(site(), plain.join('\n'))).toBeUndefined();
  });
});
