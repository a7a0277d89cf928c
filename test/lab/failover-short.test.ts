/**
 * The short part of the safety of failover tests, on a real cluster: a plan touches nothing, nothing is done without
 * consent, a whole run measures and restores, and one that is killed is finished by `recover`. The long part, with the
 * node's own timer waited for, is next door.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lowerLab, raiseLab } from '../../src/lab/lab.ts';
import { type FailoverSite, failoverSite } from './failover-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('fo_short');

describe.skipIf(!availability.available)(`a failover test, in short${skipNote(availability)}`, () => {
  let before: readonly string[];
  let state: string;
  let site: FailoverSite;

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'vipdoctor-chaos-'));
    site = failoverSite(await raiseLab('three-v3', { owner }), state);
    before = await site.lookAtAll();
  });

  afterAll(async () => {
    await lowerLab(owner);
    await rm(state, { recursive: true, force: true });
  });

  it('the plan names commands, winner and risks, and touches nothing', async () => {
    const plan = site.start('failover', ['--fault', 'all']);
    expect(await plan.ended).toBe(0);
    expect(plan.result()).toContain('n1$ systemctl stop -- keepalived.service');
    expect(plan.result()).toMatch(/n2 is master 61 ms after its goodbye/);
    expect(plan.result()).toContain('Nothing was touched.');
    expect(plan.result()).not.toContain('against it:');
    expect(await site.lookAtAll()).toEqual(before);
    expect(await site.openLedgers()).toEqual([]);
    await site.nothingIsLeft();
  });

  it('refuses without consent, and never asks where nobody can answer', async () => {
    const unasked = site.start('failover', ['--measure']);
    expect(await unasked.ended).toBe(2);
    expect(unasked.said()).toContain('add --yes and --vip');
    const unnamed = site.start('failover', ['--measure', '--yes']);
    expect(await unnamed.ended).toBe(2);
    expect(unnamed.said()).toContain('--yes needs --vip');
    expect(await site.lookAtAll()).toEqual(before);
  });

  it('a whole run measures and leaves everything as it was', async () => {
    const folder = join(state, 'recorded');
    const whole = site.measure('--format', 'json', '--rescue-after', '60', '--record', folder);
    expect(await whole.ended, whole.said()).toBe(0);
    const report = JSON.parse(whole.result());
    expect(report).toMatchObject({
      kind: 'failover',
      restored: true,
      rescue: { armedOn: 'n1', readBack: true, fired: false, disarmed: true },
      trials: [{ oldMaster: 'n1', newMaster: 'n2', void: null, fault: { classObserved: 'graceful' } }],
    });
    await site.asBefore(before, 5000);
    expect(await site.openLedgers()).toEqual([]);
    await site.nothingIsLeft();

    const again = site.start('failover', ['--from', folder, '--format', 'json'], 'without the lab');
    expect(await again.ended, again.said()).toBe(0);
    expect(JSON.parse(again.result())).toEqual(report);
    const budget = site.start('failover', ['--from', folder, '--max-takeover', '10'], 'without the lab');
    expect(await budget.ended, budget.said()).toBe(1);
  });

  it('recover does at once what the node would do later', async () => {
    const killed = site.measure('--fault', 'link-down', '--rescue-after', '120');
    await site.whenInjected('n1', 'link-down', killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const recovered = site.start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
    await site.asBefore(before, 5000);
    await site.nothingIsLeft();
  });
});
