/**
 * The rescue by itself, on a real node and without the rest: armed with a systemd timer and without systemd, read back,
 * left to fire, fired twice, taken away; and the lock, whose holder is killed. Everything through the node's own sh.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultDeed } from '../../src/chaos/faults/fault.ts';
import { dropStaleLock, lockCommand } from '../../src/chaos/node-lock.ts';
import {
  armCommand,
  disarmCommand,
  injectCommand,
  readBack,
  readBackCommand,
  readDisarmed,
  readInjected,
  rescueScript,
} from '../../src/chaos/rescue.ts';
import { eventually } from '../../src/lab/commands.ts';
import { execOn, type Lab, lowerLab, raiseLab } from '../../src/lab/lab.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('rescue');
let lab: Lab;

const onNode = async (script: string): Promise<string> =>
  (await execOn(lab, 'n3', ['sh', '-c', script])).stdout;

const scar = '/run/vipdoctor-test-scar';

/** Makes a file, and heals by removing it; every healing is counted. */
const deed: FaultDeed = {
  fault: 'command',
  node: 'n3',
  prepare: 'echo kept >"$VD/kept"',
  inject: `touch ${scar}`,
  heal: `rm -f ${scar}; echo healed >>/run/vipdoctor-test-count`,
  healed: `[ ! -e ${scar} ]`,
  expectedClass: 'crash',
  controlPath: 'untouched',
  secondSender: 'not-expected',
  risks: [],
};

const left = (id: string): Promise<string> =>
  onNode(
    `ls -d /run/vipdoctor/${id} 2>/dev/null; systemctl list-units --all --plain --no-legend 'vipdoctor-rescue-${id}*'; for c in /proc/[0-9]*/cmdline; do tr "\\0\\n" "  " <"$c" 2>/dev/null | grep -a '^sh /run/vipdoctor/${id}'; done; true`,
  );

describe.skipIf(!availability.available)(`the rescue on the node${skipNote(availability)}`, () => {
  beforeAll(async () => {
    lab = await raiseLab('three-v3', { owner });
  });
  afterAll(() => lowerLab(owner));

  describe.each(['present', 'absent'] as const)('with systemd %s', (systemd) => {
    const arm = (id: string, afterSeconds: number): Promise<string> =>
      onNode(armCommand({ id, deed, afterSeconds, systemd }));

    it('is armed, read back, and heals by itself; running it again harms nothing', async () => {
      const id = `fires-${systemd}`;
      await onNode('rm -f /run/vipdoctor-test-count');
      expect(await arm(id, 4)).toBe('armed\n');
      expect(readBack({ id, deed, systemd }, await onNode(readBackCommand(id, systemd)))).toEqual({
        kind: 'armed',
      });
      expect(readInjected(await onNode(injectCommand(id, deed))).kind).toBe('injected');
      expect(await onNode(`ls ${scar}`)).toBe(`${scar}\n`);
      await eventually(async () => ((await onNode(`ls ${scar} 2>/dev/null`)) === '' ? true : null), {
        withinMs: 10_000,
        hope: 'the node healed itself',
      });
      await eventually(async () => ((await left(id)) === '' ? true : null), {
        withinMs: 5000,
        hope: 'nothing of the rescue is left',
      });
      expect(await onNode('cat /run/vipdoctor-test-count')).toBe('healed\n');
      expect(await onNode(rescueScript(id, deed))).toBe('');
      expect(await onNode('journalctl -q -t vipdoctor-rescue')).toContain(`${id}: command is undone`);
      // Who comes after it learns that it fired.
      expect(readDisarmed(await onNode(disarmCommand(id, systemd)))).toEqual({
        kind: 'disarmed',
        rescue: 'had-fired',
      });
    });

    it('is taken away, and then nothing can be injected', async () => {
      const id = `gone-${systemd}`;
      expect(await arm(id, 60)).toBe('armed\n');
      expect(await left(id)).not.toBe('');
      expect(readDisarmed(await onNode(disarmCommand(id, systemd)))).toEqual({
        kind: 'disarmed',
        rescue: 'not-needed',
      });
      expect(await left(id)).toBe('');
      expect(readInjected(await onNode(injectCommand(id, deed)))).toMatchObject({ kind: 'failed' });
      expect(await onNode(`ls ${scar} 2>/dev/null`)).toBe('');
    });

    it('a second one of the same name is refused, and so is one whose preparation fails', async () => {
      const id = `twice-${systemd}`;
      expect(await arm(id, 60)).toBe('armed\n');
      expect(await arm(id, 60)).toContain('could not be made');
      await onNode(disarmCommand(id, systemd));
      const broken = { ...deed, prepare: 'echo no room >&2; return 1' };
      expect(await onNode(armCommand({ id: 'broken', deed: broken, afterSeconds: 60, systemd }))).toContain(
        'no room',
      );
      expect(await left('broken')).toBe('');
    });

    it('a timer that was taken away behind our back is noticed', async () => {
      const id = `stolen-${systemd}`;
      await arm(id, 60);
      await onNode(
        systemd === 'present'
          ? `systemctl stop vipdoctor-rescue-${id}.timer`
          : `for c in /proc/[0-9]*/cmdline; do case $(tr '\\0' ' ' 2>/dev/null <"$c") in "sh /run/vipdoctor/${id}/wait "*) p=\${c#/proc/}; kill -KILL "\${p%/cmdline}" ;; esac; done`,
      );
      await eventually(
        async () =>
          readBack({ id, deed, systemd }, await onNode(readBackCommand(id, systemd))).kind === 'not-proven'
            ? true
            : null,
        { withinMs: 3000, hope: 'the missing timer is noticed' },
      );
      await onNode(disarmCommand(id, systemd));
    });
  });

  it('a lock ends with its shell, and that of a killed one is taken over', async () => {
    const hold = (run: string): string => lockCommand(run, 'a test');
    expect(await onNode(hold('first'))).toBe('locked\n');
    expect(await onNode('ls -d /run/vipdoctor-lock 2>/dev/null')).toBe('');
    // Held by a shell that lives: refused, and told by whom.
    const held = await onNode(
      `mkfifo /run/vd-test; sh -c '${hold('second').replaceAll("'", "'\\''")}' </run/vd-test >/run/vd-said 2>&1 & exec 3>/run/vd-test; until grep -q locked /run/vd-said; do sleep 0.1; done; sh -c '${hold('third').replaceAll("'", "'\\''")}' </dev/null; kill -KILL $!; exec 3>&-; sleep 0.2; ls -d /run/vipdoctor-lock; ${dropStaleLock}; ls -d /run/vipdoctor-lock 2>/dev/null; rm -f /run/vd-test /run/vd-said`,
    );
    expect(held).toBe('held second by a test\n/run/vipdoctor-lock\n');
  });
});
