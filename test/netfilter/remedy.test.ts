import { describe, expect, it } from 'vitest';
import { readIptablesSave } from '../../src/netfilter/iptables-save.ts';
import { judgePacket } from '../../src/netfilter/judge.ts';
import { ownerOf } from '../../src/netfilter/owner.ts';
import type { PacketUnderTest } from '../../src/netfilter/packet.ts';
import { judgeAfterRemedy, planRemedies, remedyFor } from '../../src/netfilter/remedy.ts';
import type { RuleRef, Ruleset } from '../../src/netfilter/ruleset.ts';
import { advert, drop, isVrrp, match, nftInput } from './recordings.ts';

const legacy = (...lines: readonly string[]): Ruleset =>
  readIptablesSave(
    ['*filter', ':INPUT ACCEPT [0:0]', ...lines, 'COMMIT'].join('\n'),
    'ipv4',
    'iptables-legacy',
  );

const commandsFor = (rulesets: readonly Ruleset[], packet: PacketUnderTest = advert): readonly string[] =>
  planRemedies(rulesets, packet).remedies.flatMap((remedy) => remedy.commands);

describe('remedies', () => {
  it('delete a rule that is about VRRP only', () => {
    expect(commandsFor([nftInput([[isVrrp, { counter: { packets: 1, bytes: 1 } }, drop]])])).toEqual([
      'nft delete rule inet fw in handle 10',
    ]);
    expect(commandsFor([legacy('-A INPUT -i eth0 -p vrrp -j DROP')])).toEqual([
      'iptables-legacy -t filter -D INPUT -i eth0 -p vrrp -j DROP',
    ]);
  });

  it('accept before a rule that is about more than VRRP, and before a policy', () => {
    const wide = match(
      { payload: { protocol: 'ip', field: 'daddr' } },
      { prefix: { addr: '224.0.0.0', len: 4 } },
    );
    expect(commandsFor([nftInput([[wide, drop]])])).toEqual([
      'nft insert rule inet fw in ip protocol 112 accept',
    ]);
    expect(commandsFor([nftInput([], { policy: 'drop' })])).toEqual([
      'nft insert rule inet fw in ip protocol 112 accept',
    ]);
    expect(commandsFor([legacy('-A INPUT -d 224.0.0.0/4 -j DROP')])).toEqual([
      'iptables-legacy -t filter -I INPUT 1 -p 112 -j ACCEPT',
    ]);
    expect(commandsFor([legacy('-A INPUT ! -p tcp -j DROP')])).toEqual([
      'iptables-legacy -t filter -I INPUT 1 -p 112 -j ACCEPT',
    ]);
  });

  it('say what still drops after the first of two blockers is gone', () => {
    const rulesets = [nftInput([[isVrrp, drop]]), legacy('-A INPUT -p 112 -j DROP')];
    const judgement = judgePacket(rulesets, advert);
    const { decidedBy } = judgement;
    expect(decidedBy).toBeDefined();
    if (decidedBy === undefined) return;
    const after = judgeAfterRemedy(rulesets, advert, remedyFor(decidedBy, advert));
    expect(after.outcome).toBe('drop');
    expect(after.decidedBy?.engine).not.toBe(decidedBy.engine);
    const plan = planRemedies(rulesets, advert);
    expect(plan.remedies).toHaveLength(2);
    expect(plan.after.outcome).toBe('accept');
  });

  it('quote what comes from the node', () => {
    const evil = legacy('-A INPUT -i "eth0;reboot" -p vrrp -m comment --comment "it\'s $(reboot)" -j DROP');
    const [command] = commandsFor([evil], { ...advert, interface: 'eth0;reboot' });
    expect(command).toBe(
      "iptables-legacy -t filter -D INPUT -i 'eth0;reboot' -p vrrp -m comment --comment 'it'\\''s $(reboot)' -j DROP",
    );
  });

  it('follow the packet: AH gets its own protocol', () => {
    expect(commandsFor([nftInput([], { policy: 'drop' })], { ...advert, protocol: 51 })).toEqual([
      'nft insert rule inet fw in ip protocol 51 accept',
    ]);
  });
});

describe('owners', () => {
  const ref = (engine: RuleRef['engine'], table: string, chain: string): RuleRef => ({
    engine,
    family: 'ip',
    table,
    chain,
    position: 1,
    text: '',
    kind: 'rule',
  });
  it.each([
    ['nft', 'filter', 'input', 'nft'],
    ['iptables-legacy', 'filter', 'INPUT', 'iptables'],
    ['iptables-nft', 'filter', 'DOCKER-USER', 'docker'],
    ['iptables-legacy', 'filter', 'KUBE-FIREWALL', 'kubernetes'],
    ['nft', 'keepalived', 'in', 'keepalived'],
    ['iptables-nft', 'filter', 'f2b-sshd', 'fail2ban'],
    ['iptables-nft', 'filter', 'ufw-user-input', 'ufw'],
    ['iptables-legacy', 'filter', 'IN_public_deny', 'firewalld'],
    ['nft', 'firewalld', 'filter_IN_public', 'firewalld'],
  ] as const)('%s %s %s belongs to %s', (engine, table, chain, owner) => {
    expect(ownerOf(ref(engine, table, chain)).owner).toBe(owner);
  });
});
