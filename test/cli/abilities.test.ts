// What a machine can do, judged from facts.
import { describe, expect, it } from 'vitest';
import { type Ability, judgeAbilities, type MachineFacts } from '../../src/cli/abilities.ts';
import { abilitiesText } from '../../src/cli/self-check.ts';

const able: MachineFacts = {
  platform: 'linux',
  nodeVersion: '20.19.0',
  packageManager: 'apt',
  effectiveUser: 'root',
  programs: new Map(
    ['ssh', 'tcpdump', 'sudo', 'systemd-nspawn', 'mmdebstrap', 'ip', 'nft'].map((name) => [
      name,
      `/usr/bin/${name}`,
    ]),
  ),
  agent: { kind: 'keys', count: 2 },
  capModule: { kind: 'loads' },
  capabilities: 0x1ffffffffffn,
  sudo: 'root',
};

const ability = (facts: MachineFacts, name: string): Ability | undefined =>
  judgeAbilities(facts).find((one) => one.name === name);

describe('abilities', () => {
  it('nothing is missing on a machine that has everything', () => {
    expect(judgeAbilities(able).filter((one) => one.state !== 'ready')).toEqual([]);
  });

  it.each([
    ['18.20.4', 'missing'],
    ['20.18.3', 'missing'],
    ['20.19.0', 'ready'],
    ['22.1.0', 'ready'],
  ])('Node.js %s is %s', (nodeVersion, state) => {
    expect(ability({ ...able, nodeVersion }, 'node')?.state).toBe(state);
  });

  it('names the command that installs what is missing, in the words of the machine', () => {
    const bare = { ...able, programs: new Map([['ssh', '/usr/bin/ssh']]) };
    expect(ability(bare, 'tcpdump')?.fix).toBe('sudo apt-get install -y tcpdump');
    expect(ability({ ...bare, packageManager: 'dnf' }, 'lab')?.fix).toBe(
      'sudo dnf install -y systemd-container mmdebstrap iproute nftables',
    );
    expect(ability({ ...bare, packageManager: 'apk' }, 'lab')?.fix).toBeUndefined();
  });

  it('says when raw sockets are closed to it', () => {
    const user = { ...able, effectiveUser: 'other', capabilities: 0n, sudo: 'without-password' } as const;
    expect(ability(user, 'capture-rights')?.state).toBe('limited');
    expect(ability({ ...user, capabilities: 1n << 13n }, 'capture-rights')?.state).toBe('ready');
    expect(ability(user, 'lab')).toMatchObject({ state: 'limited', fix: 'sudo vipdoctor lab up' });
  });

  it('an agent without keys is not ready', () => {
    expect(ability({ ...able, agent: { kind: 'keys', count: 0 } }, 'ssh-agent')).toMatchObject({
      state: 'limited',
      detail: 'it holds no key',
    });
  });

  it('is told with words beside the marks', () => {
    const text = abilitiesText(
      judgeAbilities({ ...able, capModule: { kind: 'fails', reason: 'no \x1b[2J' } }),
      { color: 'none', width: 80, unicode: 'ascii' },
    );
    expect(text).toContain('! limited  cap');
    expect(text).toContain('(no \\x1b[2J)');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
