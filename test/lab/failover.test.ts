/**
 * The safety of failover tests, on a real cluster: a whole run leaves everything as it was, and so does one that is
 * killed, cut off, or left alone by its node at the worst moment. What is compared is read from outside, not by us.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockCommand } from '../../src/chaos/node-lock.ts';
import { eventually, run } from '../../src/lab/commands.ts';
import { execOn, type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { holdersOf, waitHealthy } from '../../src/lab/readiness.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = 'chaos';
const vip = '10.77.0.5';
const repository = fileURLToPath(new URL('../..', import.meta.url));
/** Short, so that the node's own timer can be waited for. */
const rescueAfterSeconds = 12;

let lab: Lab;
let state: string;

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly result: () => string;
  readonly ended: Promise<number | null>;
}

const start = (
  command: 'failover' | 'recover',
  options: readonly string[],
  where: 'in the lab' | 'without the lab' = 'in the lab',
): Run => {
  const inventory = where === 'in the lab' ? [`--lab-inventory=${lab.inventoryPath}`] : [];
  const child = spawn(
    'ip',
    [
      ...['netns', 'exec', lab.observerNetns, process.execPath, '--import', 'tsx', 'src/cli/main.ts'],
      ...[command, ...inventory, ...options],
    ],
    { cwd: repository, env: { ...process.env, XDG_STATE_HOME: state }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  let result = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    result += chunk.toString();
  });
  return {
    child,
    said: () => said,
    result: () => result,
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
};

const measure = (...options: readonly string[]): Run =>
  start('failover', [
    '--measure',
    '--yes',
    '--vip',
    vip,
    '--rescue-after',
    String(rescueAfterSeconds),
    ...options,
  ]);

const isInjected = (node: string, fault: string): Promise<boolean> =>
  execOn(lab, node, ['sh', '-c', 'cat /run/vipdoctor/*/injected']).then(
    ({ code, stdout }) => code === 0 && stdout.startsWith('injected') && fault !== '',
  );

/** Also when the run ended before: what it said then tells why. */
const whenInjected = (node: string, fault: string, { child, said }: Run): Promise<true> =>
  eventually(async () => (child.exitCode !== null || (await isInjected(node, fault)) ? true : null), {
    withinMs: 60_000,
    hope: `${fault} is injected on ${node}`,
    everyMs: 20,
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${said()}`);
  });

const nodes = ['n1', 'n2', 'n3'] as const;

/** What a node looks like from outside: nothing here is asked through the code under test. */
const lookAt = async (node: string): Promise<string> => {
  const script = [
    'systemctl show keepalived -p ActiveState -p UnitFileState',
    'ip -o addr show | sed "s/valid_lft.*//"',
    'ip -o link show | sed "s/qlen.*//"',
    'ip route show table all | sort; ip -6 route show table all | sed "s/ expires [0-9a-z]*//" | sort',
    'nft -s list ruleset',
    'stat -c "%a %n" /etc/keepalived/keepalived.conf',
  ].join('\n');
  return mustExecOn(lab, node, ['sh', '-c', script]);
};

const lookAtAll = (): Promise<readonly string[]> => Promise.all(nodes.map(lookAt));

const leftOn = async (node: string): Promise<string> =>
  mustExecOn(lab, node, [
    'sh',
    '-c',
    [
      'ls -d /run/vipdoctor* /tmp/vipdoctor* 2>/dev/null',
      "systemctl list-units --all --plain --no-legend 'vipdoctor*'",
      // Not this question itself, whose words are in its own command line.
      'for c in /proc/[0-9]*/cmdline; do tr "\\0\\n" "  " <"$c" 2>/dev/null | grep -aE "vipdoctor|tcpdump|ts monitor" | grep -av list-units; done',
      'true',
    ].join('\n'),
  ]);

const nothingIsLeft = async (withinMs = 15_000): Promise<void> => {
  let last = '';
  await eventually(
    async () => {
      last = (await Promise.all(nodes.map(leftOn))).join('').trim();
      return last === '' ? true : null;
    },
    { withinMs, hope: 'nothing of vipdoctor is left on any node', everyMs: 200 },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}`);
  });
};

const openLedgers = async (): Promise<readonly string[]> => {
  const folder = join(state, 'vipdoctor', 'ledger');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.filter((text) => JSON.parse(text).phase === 'open');
};

/** The cluster as it was: polled, for it may still be on its way. */
const asBefore = async (before: readonly string[], withinMs: number): Promise<void> => {
  await eventually(
    async () => {
      const now = await lookAtAll();
      return now.join('\n') === before.join('\n') ? true : null;
    },
    { withinMs, hope: 'every node is as it was before', everyMs: 200 },
  ).catch(async () => expect(await lookAtAll()).toEqual(before));
};

describe.skipIf(!availability.available)(`failover tests are safe${skipNote(availability)}`, () => {
  let before: readonly string[];

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'vipdoctor-chaos-'));
    lab = await raiseLab('three-v3', { owner });
    before = await lookAtAll();
  });

  afterAll(async () => {
    await lowerLab(owner);
    await rm(state, { recursive: true, force: true });
  });

  it('the plan names commands, winner and risks, and touches nothing', async () => {
    const plan = start('failover', ['--fault', 'all']);
    expect(await plan.ended).toBe(0);
    expect(plan.result()).toContain('n1$ systemctl stop -- keepalived.service');
    expect(plan.result()).toMatch(/n2 is master 61 ms after its goodbye/);
    expect(plan.result()).toContain('Nothing was touched.');
    expect(plan.result()).not.toContain('against it:');
    expect(await lookAtAll()).toEqual(before);
    expect(await openLedgers()).toEqual([]);
    await nothingIsLeft();
  });

  it('refuses without consent, and never asks where nobody can answer', async () => {
    const unasked = start('failover', ['--measure']);
    expect(await unasked.ended).toBe(2);
    expect(unasked.said()).toContain('add --yes and --vip');
    const unnamed = start('failover', ['--measure', '--yes']);
    expect(await unnamed.ended).toBe(2);
    expect(unnamed.said()).toContain('--yes needs --vip');
    expect(await lookAtAll()).toEqual(before);
  });

  it('a whole run measures and leaves everything as it was', async () => {
    const folder = join(state, 'recorded');
    const whole = measure('--format', 'json', '--rescue-after', '60', '--record', folder);
    expect(await whole.ended, whole.said()).toBe(0);
    const report = JSON.parse(whole.result());
    expect(report).toMatchObject({
      kind: 'failover',
      restored: true,
      rescue: { armedOn: 'n1', readBack: true, fired: false, disarmed: true },
      trials: [{ oldMaster: 'n1', newMaster: 'n2', void: null, fault: { classObserved: 'graceful' } }],
    });
    await asBefore(before, 5000);
    expect(await openLedgers()).toEqual([]);
    await nothingIsLeft();

    const again = start('failover', ['--from', folder, '--format', 'json'], 'without the lab');
    expect(await again.ended, again.said()).toBe(0);
    expect(JSON.parse(again.result())).toEqual(report);
    const budget = start('failover', ['--from', folder, '--max-takeover', '10'], 'without the lab');
    expect(await budget.ended, budget.said()).toBe(1);
  });

  it.each([
    ['daemon-stopped', 'n1'],
    ['daemon-frozen', 'n1'],
    ['adverts-blocked-in', 'n2'],
  ] as const)('killed while %s lasts: the node heals itself, and recover finishes', async (fault, node) => {
    const killed = measure('--fault', fault);
    await whenInjected(node, fault, killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await isInjected(node, fault)).toBe(true);
    expect(await openLedgers()).toHaveLength(1);
    await asBefore(before, (rescueAfterSeconds + 10) * 1000);
    await nothingIsLeft();

    const recovered = start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
    expect(recovered.result()).toContain('recovered');
    expect(await openLedgers()).toEqual([]);
    await asBefore(before, 5000);
  });

  it('recover does at once what the node would do later', async () => {
    const killed = measure('--fault', 'link-down', '--rescue-after', '120');
    await whenInjected('n1', 'link-down', killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const recovered = start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
    await asBefore(before, 5000);
    await nothingIsLeft();
  });

  it('killed before anything was injected: no harm, and nothing stays armed', async () => {
    const killed = measure();
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
    await nothingIsLeft((rescueAfterSeconds + 10) * 1000);
    await asBefore(before, 10_000);
    const recovered = start('recover', []);
    expect(await recovered.ended, recovered.said()).toBe(0);
  });

  it('the observer’s links are cut: the node heals itself', async () => {
    const cut = measure('--max-outage-abort', '5');
    const links = (way: 'up' | 'down') =>
      Promise.all(
        ['mgmt0', 'seg0'].map((device) =>
          run(['ip', '-n', lab.observerNetns, 'link', 'set', 'dev', device, way]),
        ),
      );
    await whenInjected('n1', 'daemon-stopped', cut);
    await links('down');
    try {
      await asBefore(before, (rescueAfterSeconds + 10) * 1000);
    } finally {
      await links('up');
    }
    expect(await cut.ended).not.toBe(0);
    expect(cut.said()).toMatch(/no heartbeat from|the observer is lost/);
    await asBefore(before, 5000);
    await nothingIsLeft(45_000);
    await start('recover', []).ended;
    expect(await openLedgers()).toEqual([]);
  });

  it('sshd of the node dies: the node heals itself', async () => {
    const orphaned = measure();
    await whenInjected('n1', 'daemon-stopped', orphaned);
    await mustExecOn(lab, 'n1', ['systemctl', 'kill', '--kill-whom=all', '--signal=KILL', 'ssh.service']);
    await mustExecOn(lab, 'n1', ['systemctl', 'stop', 'ssh.service']);
    try {
      await asBefore(before, (rescueAfterSeconds + 10) * 1000);
    } finally {
      await mustExecOn(lab, 'n1', ['systemctl', 'start', 'ssh.service']);
    }
    await orphaned.ended;
    // The shell that held the lock was killed with sshd; the node's own timer took its lock away too.
    await nothingIsLeft();
    await start('recover', []).ended;
    expect(await openLedgers()).toEqual([]);
  });

  it('Ctrl-C once heals, proves it and ends with 130', async () => {
    const interrupted = measure('--rescue-after', '60');
    await whenInjected('n1', 'daemon-stopped', interrupted);
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended, interrupted.said()).toBe(130);
    expect(interrupted.said()).toContain('healing n1');
    await asBefore(before, 1000);
    expect(await openLedgers()).toEqual([]);
    await nothingIsLeft();
  });

  it('Ctrl-C twice leaves it to the node and says when', async () => {
    const left = measure();
    await whenInjected('n1', 'daemon-stopped', left);
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
    await asBefore(before, (rescueAfterSeconds + 10) * 1000);
    await nothingIsLeft();
    await start('recover', []).ended;
    expect(await openLedgers()).toEqual([]);
  });

  it('while another run holds the lock of one node: refused, and nothing is harmed', async () => {
    const hold = lockCommand('another-run', 'somebody else').replaceAll("'", "'\\''");
    await mustExecOn(lab, 'n2', [
      'sh',
      '-c',
      `mkfifo /run/test-hold; setsid sh -c 'exec sh -c "$1" <>/run/test-hold >/dev/null 2>&1' sh '${hold}' >/dev/null 2>&1 & until [ -s /run/vipdoctor-lock/owner ]; do sleep 0.1; done`,
    ]);
    const second = measure();
    expect(await second.ended, second.said()).toBe(2);
    expect(second.said()).toContain('refused, rescue-pending');
    expect(second.said()).toContain('another-run by somebody else');
    expect(await lookAtAll()).toEqual(before);
    await mustExecOn(lab, 'n2', [
      'sh',
      '-c',
      'read -r pid start </run/vipdoctor-lock/owner; kill -TERM "$pid"; rm -f /run/test-hold',
    ]);
    await nothingIsLeft();
  });

  it('no backup that hears the master: refused', async () => {
    for (const node of ['n2', 'n3']) await mustExecOn(lab, node, ['systemctl', 'stop', 'keepalived']);
    try {
      const alone = measure();
      expect(await alone.ended).toBe(2);
      expect(alone.said()).toContain('refused, no-backup');
      expect(await holdersOf(lab.leaders, vip)).toEqual(['n1']);
    } finally {
      for (const node of ['n2', 'n3']) await mustExecOn(lab, node, ['systemctl', 'start', 'keepalived']);
      await waitHealthy(lab.names, lab.topology, lab.leaders, 15_000);
    }
    await nothingIsLeft();
  });
});
