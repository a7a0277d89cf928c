// The rescue as text: it is believed only when it was read back exactly, an injection without it is refused on the
// node, and taking it away is believed only when nothing is left.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FaultDeed } from '../../src/chaos/faults/fault.ts';
import {
  armCommand,
  disarmCommand,
  injectCommand,
  readBack,
  readBackCommand,
  readDisarmed,
  readInjected,
  rescueScript,
  unitOf,
} from '../../src/chaos/rescue.ts';

const deed: FaultDeed = {
  fault: 'daemon-stopped',
  node: "n1'; reboot; '",
  prepare: '',
  inject: 'true',
  heal: 'true',
  healed: 'true',
  expectedClass: 'graceful',
  controlPath: 'untouched',
  secondSender: 'not-expected',
  risks: [],
};
const id = '20260101000000-abcd-1';

const answer = (timer: string, script = rescueScript(id, deed)): string =>
  `@script\n${script}@timer\n${timer}\n@end\n`;
const waiting = `ActiveState=active\nSubState=waiting\nExecStart={ path=/bin/sh ; argv[]=/bin/sh /run/vipdoctor/${id}/rescue }`;

describe('reading back', () => {
  it('believes the text that was written, with a timer that waits to run it', () => {
    expect(readBack({ id, deed, systemd: 'present' }, answer(waiting))).toEqual({ kind: 'armed' });
    expect(readBack({ id, deed, systemd: 'absent' }, answer('Waiting=/proc/12/cmdline'))).toEqual({
      kind: 'armed',
    });
  });

  it.each([
    ['nothing', ''],
    ['half an answer', answer(waiting).slice(0, -6)],
    ['another text', answer(waiting, rescueScript(id, { ...deed, heal: 'false' }))],
    ['a timer that elapsed', answer(waiting.replace('waiting', 'elapsed'))],
    ['no timer', answer('ActiveState=inactive\nSubState=dead')],
    ['a timer of something else', answer(waiting.replace(id, 'other'))],
  ])('does not believe %s', (_, text) => {
    expect(readBack({ id, deed, systemd: 'present' }, text).kind).toBe('not-proven');
  });

  it('does not believe that a process waits when none does', () => {
    expect(readBack({ id, deed, systemd: 'absent' }, answer('')).kind).toBe('not-proven');
  });
});

describe('the texts', () => {
  it('are understood by sh', () => {
    for (const systemd of ['present', 'absent'] as const)
      for (const text of [
        armCommand({ id, deed, afterSeconds: 60, systemd }),
        readBackCommand(id, systemd),
        disarmCommand(id, systemd),
        rescueScript(id, deed),
        injectCommand(id, deed, 1n),
      ])
        expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
  });

  it('carry no name that could become a command', () => {
    expect(rescueScript(id, deed)).not.toContain('reboot;');
    expect(() => unitOf(id) && rescueScript('a b', deed)).toThrow(RangeError);
    expect(() => rescueScript('../x', deed)).toThrow(RangeError);
  });

  it('nothing is injected where no rescue is armed', () => {
    const { stdout } = spawnSync('sh', ['-c', injectCommand(id, { ...deed, inject: 'echo harm >&3' })], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    expect(stdout).toContain('refused: the rescue is not armed any more');
    expect(readInjected(stdout).kind).toBe('failed');
  });
});

describe('reading an injection', () => {
  it('takes the stamps around it', () => {
    expect(readInjected('injected 100 250 0\n')).toEqual({ kind: 'injected', fromNs: 100n, toNs: 250n });
  });
  it('of a node that was cut off with it lies between the announcement and a bound', () => {
    expect(readInjected('soon 1000000000\n')).toEqual({
      kind: 'injected',
      fromNs: 1_000_000_000n,
      toNs: 2_500_000_000n,
    });
  });
  it('that failed says why', () => {
    expect(readInjected('injected 1 2 5\nUnit not found.')).toEqual({
      kind: 'failed',
      why: 'Unit not found.',
    });
    expect(readInjected('')).toEqual({ kind: 'failed', why: 'the node did not say' });
  });
});

describe('taking it away', () => {
  it('is believed when nothing is left, and tells whether it had fired', () => {
    expect(readDisarmed('was armed\n@end\n')).toEqual({ kind: 'disarmed', rescue: 'not-needed' });
    expect(readDisarmed('was gone\n@end\n')).toEqual({ kind: 'disarmed', rescue: 'had-fired' });
    expect(readDisarmed('was armed\nleft x.timer (loaded)\n@end\n').kind).toBe('not-proven');
    expect(readDisarmed('was armed\n').kind).toBe('not-proven');
  });
});
