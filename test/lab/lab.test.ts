/** The practice cluster itself: what `up` makes is real and reachable, what `down` leaves is nothing. */
import { spawn } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventually, run } from '../../src/lab/commands.ts';
import {
  execAtObserver,
  execOn,
  type Lab,
  listLabs,
  lowerLab,
  openLab,
  raiseLab,
} from '../../src/lab/lab.ts';
import { runLab } from '../../src/lab/lab-command.ts';
import { controlGroupsOf } from '../../src/lab/machine.ts';
import { labNames } from '../../src/lab/names.ts';
import { namespacesOf } from '../../src/lab/network.ts';
import { holdersOf } from '../../src/lab/readiness.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owners = { first: ownerFor('lab_a'), second: ownerFor('lab_b') } as const;
const repository = fileURLToPath(new URL('../..', import.meta.url));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Everything of that owner that is still on this machine. */
const leftoversOf = async (owner: string): Promise<readonly string[]> => {
  const names = labNames(owner);
  const left: string[] = [...(await namespacesOf(names))];
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  left.push(...mounts.split('\n').filter((line) => line.includes(`${names.stateDir}/`)));
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(names.stateDir)) left.push(`process ${entry}: ${command}`);
  }
  for (const path of [names.stateDir, ...controlGroupsOf(names)]) if (await exists(path)) left.push(path);
  return left;
};

const ssh = (lab: Lab, user: string, address: string, ...argv: readonly string[]) =>
  execAtObserver(lab, [
    ...['ssh', '-F', 'none', '-i', lab.identityPath, '-o', `UserKnownHostsFile=${lab.knownHostsPath}`],
    ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', `${user}@${address}`, ...argv],
  ]);

describe.skipIf(!availability.available)(`the practice cluster${skipNote(availability)}`, () => {
  afterAll(async () => {
    for (const owner of Object.values(owners)) await lowerLab(owner);
  });

  it('up: three healthy nodes that let the key in, an inventory, and down leaves nothing', async () => {
    const lab = await raiseLab('three', { owner: owners.first });
    expect(await holdersOf(lab.leaders, '10.77.0.5')).toEqual(['n1']);

    const inventory = parse(await readFile(lab.inventoryPath, 'utf8'));
    expect(Object.keys(inventory.nodes)).toEqual(['n1', 'n2', 'n3']);
    expect(inventory).toMatchObject({
      nodes: { n2: { address: '10.77.9.12', user: 'root', identity: lab.identityPath } },
      knownHosts: lab.knownHostsPath,
      observer: { where: 'local', interface: 'seg0' },
      netns: lab.observerNetns,
    });

    for (const plan of lab.topology.nodes) {
      const hello = await ssh(lab, 'root', plan.managementIp, 'hostname');
      expect(hello).toMatchObject({ code: 0, stdout: `${plan.name}\n` });
      expect((await execOn(lab, plan.name, ['systemctl', 'is-active', 'keepalived'])).stdout).toBe(
        'active\n',
      );
    }
    // The three ways a user may or may not become root.
    expect((await ssh(lab, 'ops', '10.77.9.11', 'sudo', '-n', 'id', '-u')).stdout).toBe('0\n');
    expect((await ssh(lab, 'oncall', '10.77.9.11', 'sudo', '-n', 'id', '-u')).code).not.toBe(0);
    const withPassword = await ssh(lab, 'oncall', '10.77.9.11', 'echo practice-oncall | sudo -S -p "" id -u');
    expect(withPassword.stdout).toBe('0\n');
    expect((await ssh(lab, 'viewer', '10.77.9.11', 'sudo', '-n', 'id', '-u')).code).not.toBe(0);

    expect((await openLab(owners.first))?.leaders).toEqual(lab.leaders);
    await lowerLab(owners.first);
    expect(await leftoversOf(owners.first)).toEqual([]);
    expect(await openLab(owners.first)).toBeNull();
    await lowerLab(owners.first);
  });

  it('the observer hears the master’s adverts on its leg', async () => {
    const lab = await raiseLab('three-v3', { owner: owners.first });
    const heard = await execAtObserver(lab, [
      ...['timeout', '5', 'tcpdump', '-p', '-n', '-v', '-c', '1', '-i', 'seg0', 'ip proto 112'],
    ]);
    expect(heard.stdout).toContain('10.77.0.11 > 224.0.0.18: VRRPv3, Advertisement, vrid 101, prio 100');
    await lowerLab(owners.first);
  });

  it('two labs of two owners are up at once with the same addresses and do not meet', async () => {
    const [first, second] = await Promise.all([
      raiseLab('three-v3', { owner: owners.first }),
      raiseLab('three-v3', { owner: owners.second }),
    ]);
    const running = (await listLabs()).map((record) => record.owner);
    expect(running).toEqual(expect.arrayContaining([owners.first, owners.second]));
    await breakLab(second, 'host-firewall-input-drop');
    expect(await holdersOf(second.leaders, '10.77.0.5')).toEqual(['n1', 'n2']);
    expect(await holdersOf(first.leaders, '10.77.0.5')).toEqual(['n1']);
    // The keys are each lab's own: one does not open the other.
    const stranger = await run([
      ...['ip', 'netns', 'exec', second.observerNetns, 'ssh', '-F', 'none', '-i', first.identityPath],
      ...[
        '-o',
        `UserKnownHostsFile=${second.knownHostsPath}`,
        '-o',
        'BatchMode=yes',
        'root@10.77.9.11',
        'true',
      ],
    ]);
    expect(stranger.stderr).toContain('Permission denied');
    await lowerLab(owners.first);
    expect(await leftoversOf(owners.first)).toEqual([]);
    expect(await holdersOf(second.leaders, '10.77.0.5')).toEqual(['n1', 'n2']);
    await lowerLab(owners.second);
    expect(await leftoversOf(owners.second)).toEqual([]);
  });

  it('what a killed up left is cleared by the next up, and by down', async () => {
    const names = labNames(owners.first);
    const raiseAndKill = async (): Promise<void> => {
      const raising = spawn(
        process.execPath,
        ['--import', 'tsx', 'scripts/lab.ts', 'up', 'three', '--name', owners.first],
        { cwd: repository, stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => raising.once('exit', resolve));
      await eventually(async () => ((await exists(`${names.stateDir}/nodes/n2/console.log`)) ? true : null), {
        withinMs: 20_000,
        hope: 'a node is being booted',
        everyMs: 5,
      });
      raising.kill('SIGKILL');
      await ended;
    };

    await raiseAndKill();
    expect(await leftoversOf(owners.first)).not.toEqual([]);
    expect(await openLab(owners.first)).toBeNull();
    await lowerLab(owners.first);
    expect(await leftoversOf(owners.first)).toEqual([]);

    await raiseAndKill();
    const lab = await raiseLab('three-v3', { owner: owners.first });
    expect(await holdersOf(lab.leaders, '10.77.0.5')).toEqual(['n1']);
    await lowerLab(owners.first);
    expect(await leftoversOf(owners.first)).toEqual([]);
  });

  it('two faults at once are kept apart and healed one by one', async () => {
    const lab = await raiseLab('three-v3', { owner: owners.first });
    await breakLab(lab, 'host-firewall-input-drop', { node: 'n3', variant: 'nft-netdev-ingress' });
    await breakLab(lab, 'vrid-mismatch-between-peers', { node: 'n2' });
    expect(await holdersOf(lab.leaders, '10.77.0.5')).toEqual(['n1', 'n2', 'n3']);
    await expect(breakLab(lab, 'vrid-mismatch-between-peers')).rejects.toThrow('already injected');
    await expect(breakLab(lab, 'no-such-fault')).rejects.toThrow('no fault no-such-fault');
    await expect(breakLab(lab, 'unicast-peer-asymmetric')).rejects.toThrow('another topology');

    await healLab(lab, 'vrid-mismatch-between-peers');
    await eventually(
      async () => ((await holdersOf(lab.leaders, '10.77.0.5')).join() === 'n1,n3' ? true : null),
      { withinMs: 5000, hope: 'only n3 is MASTER beside n1' },
    );
    await healLab(lab);
    expect(await holdersOf(lab.leaders, '10.77.0.5')).toEqual(['n1']);
    expect((await execOn(lab, 'n3', ['nft', 'list', 'ruleset'])).stdout).toBe('');
    await lowerLab(owners.first);
  });

  it('the command says what it did and answers a lab that is not up with exit status 2', async () => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    expect(await runLab({ action: 'up', topology: 'three-v3', name: owners.first }, say)).toEqual({
      exitCode: 0,
    });
    expect(lines.join('\n')).toContain(labNames(owners.first).inventoryPath);
    const inside = { action: 'exec', name: owners.first, node: 'n2', argv: ['hostname'] } as const;
    lines.length = 0;
    expect(await runLab(inside, say)).toEqual({ exitCode: 0 });
    expect(lines).toEqual(['n2']);
    expect(await runLab({ action: 'down', name: owners.first }, say)).toEqual({ exitCode: 0 });
    lines.length = 0;
    expect(await runLab({ action: 'heal', name: owners.first }, say)).toEqual({ exitCode: 2 });
    expect(lines).toEqual(['no lab is up: start one with "vipdoctor lab up"']);
  });
});
