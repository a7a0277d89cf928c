import { known, unknown } from '../../../src/evidence/reading.ts';
import { vmacSysctlWrong } from '../../../src/rules/host/vmac-sysctl-wrong.ts';
import { type Change, changeHost, healthy, link, situation } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const vmac =
  (line = 'use_vmac'): Change =>
  (model) => ({ ...model, configurations: trio({ lines: [line] }).configurations });

const asSet = {
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/all/arp_ignore': '0',
  'net/ipv4/conf/vrrp.101/rp_filter': '0',
  'net/ipv4/conf/vrrp.101/accept_local': '1',
  'net/ipv4/conf/vrrp.101/arp_ignore': '1',
  'net/ipv4/conf/eth1/arp_ignore': '1',
  'net/ipv4/conf/eth1/rp_filter': '1',
};
const has = (node: string, change: Readonly<Record<string, string>> = {}, name = 'vrrp.101'): Change =>
  changeHost(node, {
    links: known([link('eth1'), link(name, { kind: 'macvlan' })]),
    sysctls: known({ ...asSet, ...change }),
  });
const onAll = (...own: readonly Change[]): readonly Change[] => [has('n1'), has('n2'), has('n3'), ...own];

export const cases: RuleCases = {
  rule: vmacSysctlWrong,
  fires: [
    {
      name: 'a sysctl file made rp_filter strict again',
      model: situation(vmac(), ...onAll(has('n2', { 'net/ipv4/conf/all/rp_filter': '1' }))),
      nodes: [['n2']],
      evidence: /net\.ipv4\.conf\.all\.rp_filter = 1, and keepalived sets 0/,
      severity: 'high',
    },
    {
      name: 'the parent answers ARP again',
      model: situation(vmac(), ...onAll(has('n1', { 'net/ipv4/conf/eth1/arp_ignore': '0' }))),
      nodes: [['n1']],
      evidence: /eth1\.arp_ignore = 0/,
      says: /answers ARP for the VIP with its own MAC/,
    },
    {
      name: 'accept_local off, on a VMAC with a name of its own',
      model: situation(
        vmac('use_vmac vip0'),
        ...onAll(
          has('n3', { 'net/ipv4/conf/vip0/accept_local': '0', 'net/ipv4/conf/vip0/rp_filter': '0' }, 'vip0'),
        ),
      ),
      nodes: [['n3']],
      evidence: /vip0\.accept_local = 0/,
    },
  ],
  silent: [
    { name: 'no VMAC', model: healthy() },
    { name: 'as keepalived sets them', model: situation(vmac(), ...onAll()) },
    {
      name: 'loose reverse-path filter, which drops nothing here',
      model: situation(vmac(), ...onAll(has('n2', { 'net/ipv4/conf/all/rp_filter': '2' }))),
    },
    {
      name: 'arp_ignore set for all',
      model: situation(
        vmac(),
        ...onAll(has('n2', { 'net/ipv4/conf/all/arp_ignore': '1', 'net/ipv4/conf/eth1/arp_ignore': '0' })),
      ),
    },
  ],
  unjudged: [
    {
      name: 'settings unread',
      model: situation(vmac(), ...onAll(changeHost('n2', { sysctls: unknown('no /proc') }))),
      reason: /n2: its kernel settings are not known/,
    },
  ],
};
