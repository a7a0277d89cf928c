// The whole script on a real node: systemd, keepalived and journald of the practice cluster. What it must find, and
// that it leaves nothing behind. Needs root and the lab's image.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/evidence/bundle.ts';
import type { Reading } from '../../src/evidence/reading.ts';
import { execOn, type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { allProbes, probes } from '../../src/probes/catalogue.ts';
import { composeScript, createAnswerReader } from '../../src/probes/script.ts';
import { findVrrpProcess, socketsOf } from '../../src/probes/sockets.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('probes');
const marker = 'labMARKERlabMARKER';

const worthOf = <T>(reading: Reading<T>): T => {
  if (reading.kind === 'unknown') throw new Error(reading.reason);
  return reading.value;
};

const listing = (lab: Lab, node: string) =>
  mustExecOn(lab, node, ['find', '/tmp', '/var/tmp', '/root', '/etc', '/run', '-xdev', '-printf', '%p\\n']);

describe.skipIf(!availability.available)(`the questions on a real node${skipNote(availability)}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await raiseLab('three', { owner });
  });
  afterAll(() => lowerLab(owner));

  const ask = async (node: string, shell: readonly string[] = ['sh']): Promise<readonly Answer[]> => {
    const peers = ['10.77.0.1', '10.77.0.2', '198.51.100.1'];
    const script = ['before', 'after'] as const;
    const input = script.map((round) => composeScript(allProbes, round, marker, { peers })).join('');
    const result = await execOn(lab, node, shell, { input });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    const reader = createAnswerReader(marker);
    const answers = [...reader.push(new TextEncoder().encode(result.stdout)), ...reader.end()];
    expect([...reader.finishedRounds()]).toEqual(['before', 'after']);
    return answers;
  };
  const of = (answers: readonly Answer[], id: string) => answers.filter((answer) => answer.probe === id);

  it.each([['sh'], ['bash']])(
    'finds everything about keepalived with %s, and leaves no file',
    async (shell) => {
      const node = 'n1';
      const before = await listing(lab, node);
      const answers = await ask(node, [shell]);
      expect(await listing(lab, node)).toBe(before);

      const processes = worthOf(probes.processes.read(of(answers, 'processes')));
      const sockets = worthOf(probes.sockets.read(of(answers, 'sockets')));
      const parent = processes.find((one) => one.role === 'parent');
      expect(parent).toMatchObject({
        managedBy: 'systemd',
        unit: 'keepalived.service',
        networkNamespace: 'host',
        root: 'host',
      });
      expect(parent?.executable).toMatch(/\/keepalived$/);
      expect(parent?.commandLine[0]).toMatch(/keepalived$/);
      expect(Math.abs(Date.now() - (parent?.startedAtMs ?? 0))).toBeLessThan(3_600_000);
      if (parent === undefined) return;
      const vrrp = findVrrpProcess(parent, processes, sockets.before);
      expect(vrrp?.parentPid).toBe(parent.pid);
      if (vrrp === undefined) return;
      expect(vrrp.effectiveCapabilities).toBeGreaterThan(0n);
      expect(socketsOf(vrrp, sockets.before).map((one) => one.protocol)).toContain(112);

      expect(worthOf(probes.version.read(of(answers, 'version')))[0]).toMatchObject({
        pid: parent.pid,
        major: 2,
      });
      const units = worthOf(probes.unit.read(of(answers, 'unit')));
      expect(units[0]).toMatchObject({
        name: 'keepalived.service',
        activeState: 'active',
        mainPid: parent.pid,
      });
      const [conf] = worthOf(probes.configuration.read(of(answers, 'configuration')));
      expect(conf).toMatchObject({ pid: parent.pid, mainPath: '/etc/keepalived/keepalived.conf' });
      expect(JSON.stringify(conf?.files[0]?.content)).toContain('vrrp_instance');
      const [dump] = worthOf(probes['state-dump'].read(of(answers, 'state-dump')));
      expect(dump).toMatchObject({ pid: parent.pid, form: 'json' });
      expect(JSON.parse(dump?.text ?? '')).toBeInstanceOf(Array);
      const addresses = worthOf(probes.addresses.read(of(answers, 'addresses')));
      expect(addresses.before.addresses.some((one) => one.family === 'ipv4' && one.interface !== 'lo')).toBe(
        true,
      );
      expect(addresses.after).not.toBe('not-asked');
      const memberships = worthOf(probes.memberships.read(of(answers, 'memberships')));
      expect(Object.values(memberships.before).flat()).toContain('224.0.0.18');
      const routes = worthOf(probes.routes.read(of(answers, 'routes')));
      expect(routes.peers.find((one) => one.peer === '198.51.100.1')?.via).toBe('none');
      const log = worthOf(probes.log.read(of(answers, 'log')));
      expect(log.lines.some((line) => line.ident.startsWith('Keepalived') && line.atMs !== undefined)).toBe(
        true,
      );
      for (const id of [
        'links',
        'sysctls',
        'counters',
        'nft',
        'iptables',
        'host',
        'neighbours',
        'selinux',
        'firewalld',
        'ufw',
      ] as const) {
        expect(probes[id].read(of(answers, id)).kind, id).toBe('known');
      }
    },
  );

  it('does not signal a stopped keepalived, and says so', async () => {
    await mustExecOn(lab, 'n2', [
      'sh',
      '-c',
      'kill -STOP $(cat /run/keepalived_vrrp.pid 2>/dev/null || pidof keepalived)',
    ]);
    try {
      const answers = await ask('n2');
      const dump = probes['state-dump'].read(of(answers, 'state-dump'));
      expect(dump.kind === 'unknown' && dump.reason).toMatch(/in state T/);
    } finally {
      await mustExecOn(lab, 'n2', ['sh', '-c', 'kill -CONT $(pidof keepalived)']);
    }
  });

  it('reads the configuration, the unit and the log of a keepalived that does not run', async () => {
    await mustExecOn(lab, 'n3', ['systemctl', 'stop', 'keepalived']);
    const answers = await ask('n3');
    expect(worthOf(probes.processes.read(of(answers, 'processes')))).toEqual([]);
    expect(worthOf(probes.unit.read(of(answers, 'unit')))[0]).toMatchObject({ activeState: 'inactive' });
    const [conf] = worthOf(probes.configuration.read(of(answers, 'configuration')));
    expect(conf?.pid).toBeUndefined();
    expect(conf?.files[0]?.content.kind).toBe('text');
    expect(worthOf(probes.version.read(of(answers, 'version')))[0]?.pid).toBeUndefined();
    expect(worthOf(probes.log.read(of(answers, 'log'))).lines.length).toBeGreaterThan(0);
  });

  it('answers from a user without rights too', async () => {
    const answers = await ask('n1', ['setpriv', '--reuid=nobody', '--clear-groups', 'sh']);
    expect(worthOf(probes.processes.read(of(answers, 'processes'))).length).toBeGreaterThan(0);
    expect(probes['state-dump'].read(of(answers, 'state-dump')).kind).toBe('unknown');
    expect(probes.nft.read(of(answers, 'nft')).kind).toBe('unknown');
    expect(probes.addresses.read(of(answers, 'addresses')).kind).toBe('known');
  });
});
