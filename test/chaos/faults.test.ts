// Every fault, in every way its node may be managed: what it would run is understood by sh, its undo is harmless on a
// node that was never hurt, and what cannot be done is refused with its reason.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type FaultDeed, faultNames } from '../../src/chaos/faults/fault.ts';
import { faults } from '../../src/chaos/faults/index.ts';
import type { Manager } from '../../src/chaos/manager.ts';
import { stateCommand, stopCommand } from '../../src/chaos/manager.ts';
import { healCommand, injectCommand, readHealed, rescueScript } from '../../src/chaos/rescue.ts';
import type { FaultSite } from '../../src/chaos/site.ts';
import { known, unknown } from '../../src/evidence/reading.ts';
import { site, systemd } from './sites.ts';

const wishes = {
  service: 'haproxy.service',
  command: { inject: "touch '/tmp/a b'", heal: "rm -f '/tmp/a b'", healed: "[ ! -e '/tmp/a b' ]" },
};

const managers: readonly Manager[] = [
  systemd,
  { kind: 'service', name: 'keepalived' },
  { kind: 'rc-service', name: 'keepalived' },
  { kind: 'docker', container: 'a'.repeat(64) },
  { kind: 'podman', container: 'b'.repeat(64) },
  { kind: 'crictl', container: 'c'.repeat(64), name: 'keepalived' },
  { kind: 'signal', pid: 4711, argv: ['/usr/sbin/keepalived', '-n', "it's"], cwd: '/' },
];

const syntaxOf = (script: string): string => {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  return status === 0 ? '' : stderr;
};

/** A reboot comes back by itself only where systemd starts keepalived. */
const canBeDone = (name: (typeof faultNames)[number], manager: Manager): boolean =>
  name !== 'host-reboot' || manager.kind === 'systemctl';

const deedOf = (name: (typeof faultNames)[number], at: FaultSite): FaultDeed => {
  const planned = faults[name].plan(at, wishes, 'run-1');
  if (planned.kind === 'refused') throw new Error(planned.why);
  return planned.deed;
};

describe('every fault', () => {
  const tracking = { trackedScripts: ['chk'] };
  for (const name of faultNames)
    for (const manager of managers.filter((one) => canBeDone(name, one)))
      it(`${name} under ${manager.kind}: sh understands injecting, healing and the rescue`, () => {
        for (const packetFilter of ['nft', 'iptables'] as const) {
          const deed = deedOf(name, site({ manager: known(manager), packetFilter, ...tracking }));
          expect(syntaxOf(injectCommand('run-1', deed))).toBe('');
          expect(syntaxOf(healCommand('run-1', deed))).toBe('');
          expect(syntaxOf(rescueScript('run-1', deed))).toBe('');
          expect(syntaxOf(`prepare() {\n${deed.prepare || ':'}\n}`)).toBe('');
          expect(syntaxOf(stateCommand(manager))).toBe('');
          expect(deed.heal.trim()).not.toBe('');
          expect(deed.healed.trim()).not.toBe('');
          expect(deed.expectedClass).toBe(faults[name].expectedClass);
        }
      });

  it('asks the manager for a stop, by its own name', () => {
    expect(managers.map(stopCommand)).toEqual([
      'systemctl stop -- keepalived.service',
      'service keepalived stop',
      'rc-service keepalived stop',
      `docker stop ${'a'.repeat(64)}`,
      `podman stop ${'b'.repeat(64)}`,
      `crictl stop ${'c'.repeat(64)}`,
      'kill -TERM 4711',
    ]);
  });

  it('is refused where it is not known how to undo it', () => {
    const why = unknown<never>('several keepaliveds run there');
    for (const name of ['daemon-stopped', 'daemon-killed'] as const)
      expect(faults[name].plan(site({ manager: why }), {}, 'run-1')).toMatchObject({ kind: 'refused' });
    expect(faults['daemon-frozen'].plan(site({ parentPid: why }), {}, 'run-1').kind).toBe('refused');
    expect(faults['adverts-blocked-out'].plan(site({ packetFilter: 'none' }), {}, 'run-1').kind).toBe(
      'refused',
    );
    expect(faults['adverts-blocked-in'].plan(site({ authentication: 'AH' }), {}, 'run-1').kind).toBe(
      'refused',
    );
    expect(faults['service-failed'].plan(site(), wishes, 'run-1').kind).toBe('refused');
    expect(faults['service-failed'].plan(site(tracking), {}, 'run-1').kind).toBe('refused');
    expect(faults.command.plan(site(), {}, 'run-1').kind).toBe('refused');
  });

  it('is refused by name where the node would not come back with keepalived', () => {
    const plan = (change: Partial<FaultSite>) => faults['host-reboot'].plan(site(change), {}, 'run-1');
    expect(plan({ systemd: 'absent' })).toMatchObject({ kind: 'refused', name: 'no-systemd' });
    expect(plan({ unitState: 'disabled' })).toMatchObject({
      name: 'not-enabled',
      why: 'keepalived.service on n1 is disabled: it would not start with the node',
    });
    expect(plan({ unitState: 'enabled-runtime' })).toMatchObject({ name: 'not-enabled' });
    expect(plan({ manager: known({ kind: 'docker', container: 'a'.repeat(64) }) })).toMatchObject({
      name: 'not-enabled',
    });
    expect(plan({})).toMatchObject({
      kind: 'deed',
      deed: { inject: 'systemctl reboot --force', controlPath: 'cut', awayMs: 600_000 },
    });
    expect(faults['host-reboot'].partOfAll).toBe('no');
  });

  it('knows when it cuts our own way to the node', () => {
    expect(deedOf('link-down', site()).controlPath).toBe('untouched');
    expect(deedOf('link-down', site({ controlInterfaces: ['bond0', 'eth1'] })).controlPath).toBe('cut');
  });

  it('blocks the adverts of its own VRID only, where nft can', () => {
    expect(deedOf('adverts-blocked-out', site()).inject).toContain('meta l4proto 112 @th,8,8 101');
    expect(deedOf('adverts-blocked-in', site()).inject).toContain('hook input');
  });
});

describe('healing', () => {
  const heal = (deed: Pick<FaultDeed, 'heal' | 'healed'>, attempts = 1): string =>
    spawnSync('sh', ['-c', healCommand('run-1', deed, attempts)], { encoding: 'utf8' }).stdout;

  it('says when it began and ended, and is believed only when it is healed', () => {
    const healed = readHealed(heal({ heal: ':', healed: 'true' }));
    expect(healed).toBeDefined();
    expect((healed?.toNs ?? 0n) >= (healed?.fromNs ?? 1n)).toBe(true);
    expect(readHealed(heal({ heal: 'echo why not >&2', healed: 'false' }))).toBeUndefined();
    expect(heal({ heal: 'echo why not >&2', healed: 'false' })).toContain('why not');
  });

  it('of a command of the user is their own word for it', () => {
    const own = (command: { inject: string; heal: string; healed?: string }): FaultDeed => {
      const planned = faults.command.plan(site(), { command }, 'run-1');
      if (planned.kind === 'refused') throw new Error(planned.why);
      return planned.deed;
    };
    expect(readHealed(heal(own({ inject: 'true', heal: 'true' })))).toBeDefined();
    expect(readHealed(heal(own({ inject: 'true', heal: 'exit 3' })))).toBeUndefined();
    expect(readHealed(heal(own({ inject: 'true', heal: 'true', healed: 'exit 1' })))).toBeUndefined();
  });
});
