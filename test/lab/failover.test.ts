/**
 * The safety of failover tests, on a real cluster: a whole run leaves everything as it was, and so does one that is
 * killed, cut off, or left alone by its node at the worst moment. What is compared is read from outside, not by us.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockCommand } from '../../src/chaos/node-lock.ts';
import { eventually, run } from '../../src/lab/commands.ts';
import { execOn, type Lab, lowerLab, mustExecOn, openLab, raiseLab } from '../../src/lab/lab.ts';
import { holdersOf, waitHealthy } from '../../src/lab/readiness.ts';
import { type FailoverSite, failoverSite, rescueAfterSeconds, vip } from './failover-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('failover');

let lab: Lab;

describe.skipIf(!availability.available)(`failover tests are safe${skipNote(availability)}`, () => {
  let before: readonly string[];
  let state: string;
  let site: FailoverSite;

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'vipdoctor-chaos-'));
    lab = await raiseLab('three-v3', { owner });
    site = failoverSite(lab, state);
    before = await site.lookAtAll();
  });

  afterAll(async () => {
    await lowerLab(owner);
    await rm(state, { recursive: true, force: true });
  });

  it.each([
    ['daemon-stopped', 'n1'],
    ['daemon-frozen', 'n1'],
    ['adverts-blocked-in', 'n2'],
  ] as const)('killed while %s lasts: the node heals itself, and recover finishes', async (fault, node) => {
    const killed = site.measure('--fault', fault);
    await site.whenInjected(node, fault, killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await site.isInjected(node, fault)).toBe(true);
    expect(await site.openLedgers()).toHaveLength(1);
    await site.asBefore(before, (rescueAfterSeconds + 10) * 1000);
    await site.nothingIsLeft();

    const recovered = site.start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
    expect(recovered.result()).toContain('recovered');
    expect(await site.openLedgers()).toEqual([]);
    await site.asBefore(before, 5000);
  });

  it('killed before anything was injected: no harm, and nothing stays armed', async () => {
    const killed = site.measure();
    await eventually(
      async () =>
        (await execOn(lab, 'n1', ['sh', '-c', 'ls -d /run/vipdoctor-lock'])).code === 0 ||
        killed.child.exitCode !== null
          ? true
          : null,
      { withinMs: 60_000, hope: 'the nodes are locked', everyMs: 10 },
    );
    killed.child.kill('SIGKILL');
    await killed.ended;
    await site.nothingIsLeft((rescueAfterSeconds + 10) * 1000);
    await site.asBefore(before, 10_000);
    const recovered = site.start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
  });

  it('the observer’s links are cut: the node heals itself', async () => {
    // Cut off, it hears neither adverts nor answers nor heartbeats: whichever is missed for too long first ends it.
    const cut = site.measure('--max-outage-abort', '5');
    const links = (way: 'up' | 'down') =>
      Promise.all(
        ['mgmt0', 'seg0'].map((device) =>
          run(['ip', '-n', lab.observerNetns, 'link', 'set', 'dev', device, way]),
        ),
      );
    await site.whenInjected('n1', 'daemon-stopped', cut);
    await links('down');
    try {
      await site.asBefore(before, (rescueAfterSeconds + 10) * 1000);
    } finally {
      await links('up');
    }
    expect(await cut.ended).not.toBe(0);
    expect(cut.said()).toMatch(/no heartbeat from|the observer is lost|--max-outage-abort/);
    await site.asBefore(before, 5000);
    await site.nothingIsLeft(45_000);
    await site.start('recover', []).ended;
    expect(await site.openLedgers()).toEqual([]);
  });

  it('sshd of the node dies: the node heals itself', async () => {
    const orphaned = site.measure();
    await site.whenInjected('n1', 'daemon-stopped', orphaned);
    await mustExecOn(lab, 'n1', ['systemctl', 'kill', '--kill-whom=all', '--signal=KILL', 'ssh.service']);
    await mustExecOn(lab, 'n1', ['systemctl', 'stop', 'ssh.service']);
    try {
      await site.asBefore(before, (rescueAfterSeconds + 10) * 1000);
    } finally {
      await mustExecOn(lab, 'n1', ['systemctl', 'start', 'ssh.service']);
    }
    await orphaned.ended;
    // The shell that held the lock was killed with sshd; the node's own timer took its lock away too.
    await site.nothingIsLeft();
    await site.start('recover', []).ended;
    expect(await site.openLedgers()).toEqual([]);
  });

  it('Ctrl-C once heals, proves it and ends with 130', async () => {
    const interrupted = site.measure('--rescue-after', '60');
    await site.whenInjected('n1', 'daemon-stopped', interrupted);
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended, interrupted.said()).toBe(130);
    expect(interrupted.said()).toContain('healing n1');
    await site.asBefore(before, 1000);
    expect(await site.openLedgers()).toEqual([]);
    await site.nothingIsLeft();
  });

  it('Ctrl-C twice leaves it to the node and says when', async () => {
    const left = site.measure();
    await site.whenInjected('n1', 'daemon-stopped', left);
    left.child.kill('SIGINT');
    await eventually(
      () => (left.said().includes('interrupted') || left.child.exitCode !== null ? true : null),
      {
        withinMs: 10_000,
        hope: 'the first signal is heard',
        everyMs: 5,
      },
    );
    // Signals close together are one, so the second comes a little later; healing may have been quicker then.
    await new Promise((resolve) => setTimeout(resolve, 600));
    left.child.kill('SIGINT');
    const code = await left.ended;
    expect([4, 130]).toContain(code);
    if (code === 4) expect(left.said()).toMatch(/left to n1: its own timer heals it within \d+ s/);
    await site.asBefore(before, (rescueAfterSeconds + 10) * 1000);
    await site.nothingIsLeft();
    await site.start('recover', []).ended;
    expect(await site.openLedgers()).toEqual([]);
  });

  it('while another run holds the lock of one node: refused, and nothing is harmed', async () => {
    const hold = lockCommand('another-run', 'somebody else').replaceAll("'", "'\\''");
    await mustExecOn(lab, 'n2', [
      'sh',
      '-c',
      `mkfifo /run/test-hold; setsid sh -c 'exec sh -c "$1" <>/run/test-hold >/dev/null 2>&1' sh '${hold}' >/dev/null 2>&1 & until [ -s /run/vipdoctor-lock/owner ]; do sleep 0.1; done`,
    ]);
    const second = site.measure();
    expect(await second.ended, second.said()).toBe(2);
    expect(second.said()).toContain('refused, rescue-pending');
    expect(second.said()).toContain('another-run by somebody else');
    expect(await site.lookAtAll()).toEqual(before);
    await mustExecOn(lab, 'n2', [
      'sh',
      '-c',
      'read -r pid start </run/vipdoctor-lock/owner; kill -TERM "$pid"; rm -f /run/test-hold',
    ]);
    await site.nothingIsLeft();
  });

  it('no backup that hears the master: refused', async () => {
    for (const node of ['n2', 'n3']) await mustExecOn(lab, node, ['systemctl', 'stop', 'keepalived']);
    try {
      const alone = site.measure();
      expect(await alone.ended).toBe(2);
      expect(alone.said()).toContain('refused, no-backup');
      expect(await holdersOf(lab.leaders, vip)).toEqual(['n1']);
    } finally {
      for (const node of ['n2', 'n3']) await mustExecOn(lab, node, ['systemctl', 'start', 'keepalived']);
      await waitHealthy(lab.names, lab.topology, lab.leaders, 15_000);
    }
    await site.nothingIsLeft();
  });

  it('a reboot of the node is waited for and proven, and refused where keepalived would not start with it', async () => {
    await mustExecOn(lab, 'n1', ['systemctl', 'disable', 'keepalived']);
    const refused = site.measure('--fault', 'host-reboot');
    expect(await refused.ended, refused.said()).toBe(2);
    expect(refused.said()).toContain('refused, not-enabled');
    await mustExecOn(lab, 'n1', ['systemctl', 'enable', 'keepalived']);
    const rebooted = site.measure('--fault', 'host-reboot', '--format', 'json', '--rescue-after', '60');
    expect(await rebooted.ended, rebooted.said()).toBe(0);
    expect(JSON.parse(rebooted.result())).toMatchObject({
      restored: true,
      rescue: { fired: false, disarmed: true },
      trials: [{ oldMaster: 'n1', void: null, fault: { classObserved: 'graceful' } }],
    });
    const again = await openLab(owner);
    if (again === null) throw new Error('the lab is gone');
    expect(again.leaders.n1).not.toBe(lab.leaders.n1);
    site = failoverSite(again, state);
    await site.asBefore(before, 10_000);
    await site.nothingIsLeft();
    expect(await site.openLedgers()).toEqual([]);
  });
});
