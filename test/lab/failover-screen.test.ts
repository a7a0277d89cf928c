/**
 * A failover test driven by keys on a real terminal and a real cluster: the VIP is typed, the trial watched, the result
 * read and left; Ctrl-C and a terminal that vanishes in the middle restore. What is restored is read from outside.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../src/lab/commands.ts';
import { type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { openScreen, program, root, type Screen } from '../tui/tmux.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const withTmux = spawnSync('tmux', ['-V']).status === 0;
const owner = 'failover_screen';
const vip = '10.77.0.5';
const nodes = ['n1', 'n2', 'n3'] as const;

let lab: Lab;
let state: string;
let screen: Screen | undefined;

const lookAt = (node: string): Promise<string> =>
  mustExecOn(lab, node, [
    'sh',
    '-c',
    [
      'systemctl is-active keepalived',
      'ip -o addr show | sed "s/valid_lft.*//"',
      'grep ^State "/proc/$(systemctl show -p MainPID --value keepalived)/status" | cut -c8',
      'ls -d /run/vipdoctor* 2>/dev/null',
      "systemctl list-units --all --plain --no-legend 'vipdoctor*'",
      'true',
    ].join('\n'),
  ]);

/** A process may sleep or run; it must not be stopped. */
const lookAtAll = async (): Promise<string> =>
  (await Promise.all(nodes.map(lookAt))).join('\n').replace(/^[SRD]$/gm, 'lives');

const asBefore = (before: string): Promise<true> =>
  eventually(async () => ((await lookAtAll()) === before ? true : null), {
    withinMs: 30_000,
    hope: 'every node is as it was before',
    everyMs: 200,
  });

const open = (...options: readonly string[]): Screen => {
  const inside = `ip netns exec ${lab.observerNetns} ${program} failover --measure --lab-inventory=${lab.inventoryPath}`;
  screen = openScreen({
    columns: 80,
    rows: 24,
    command: [inside, ...options].join(' '),
    env: { XDG_STATE_HOME: state },
  });
  return screen;
};

const begin = async (terminal: Screen): Promise<void> => {
  await terminal.until(/Type 10\.77\.0\.5 to go on/);
  terminal.press(...vip, 'Enter');
};

describe.skipIf(!availability.available || !withTmux)(
  `a failover test on a screen${withTmux ? skipNote(availability) : ' (skipped: tmux is missing)'}`,
  () => {
    beforeAll(async () => {
      execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
      lab = await raiseLab('three-v3', { owner });
      state = await mkdtemp(join(tmpdir(), 'vipdoctor-screen-'));
    });
    afterEach(() => {
      screen?.close();
      screen = undefined;
    });
    afterAll(async () => {
      await lowerLab(owner);
      await rm(state, { recursive: true, force: true });
    });

    it('is confirmed by typing the VIP, watched, read and left; the report stays', async () => {
      const before = await lookAtAll();
      const terminal = open();
      await terminal.until(/PLAN[\s\S]*systemctl stop/);
      terminal.press('n', 'o', 'Enter');
      await terminal.until(/"no" is not 10\.77\.0\.5/);
      expect(await lookAtAll()).toBe(before);
      await begin(terminal);
      await terminal.until(/n1 heals itself within \d+ s/);
      await terminal.until(/n2 is master; all must be quiet[\s\S]*adv n2 +[^\n]*advertises[\s\S]*on n2/);
      terminal.press('q');
      await terminal.until(/MEASURED[\s\S]*every node is as it was before[\s\S]*predicted/);
      terminal.press('End');
      await terminal.until(/clocks:/);
      terminal.press('q');
      await terminal.until(/ended with 0/);
      expect(terminal.everything()).toMatch(/✔ MEASURED {2}n2 took 10\.77\.0\.5 over from n1/);
      await asBefore(before);
    });

    it('restores after Ctrl-C in the middle, and says so', async () => {
      const before = await lookAtAll();
      const terminal = open('--fault', 'daemon-frozen');
      await begin(terminal);
      await terminal.until(/n2 is master; all must be quiet/);
      expect(await lookAtAll()).not.toBe(before);
      terminal.press('C-c');
      await terminal.until(/RESTORING|interrupted; every node is as it was before/);
      await terminal.until(/ended with 130/);
      expect(terminal.everything()).toContain('interrupted; every node is as it was before');
      await asBefore(before);
    });

    it('restores when the terminal vanishes', async () => {
      const before = await lookAtAll();
      const terminal = open('--fault', 'daemon-frozen', '--rescue-after', '120');
      await begin(terminal);
      await terminal.until(/n2 is master; all must be quiet/);
      terminal.close();
      screen = undefined;
      // Long before the node would heal itself.
      await asBefore(before);
    });
  },
);
