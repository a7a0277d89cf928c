// Hosts with the VIP on a loopback-like interface, and what they would answer.
import { known, unknown } from '../../../src/evidence/reading.ts';
import { type Change, changeHolding, changeHost, vip } from '../model-builder.ts';

export const hasOn = (node: string, name: string): Change =>
  changeHost(node, {
    heldAddresses: known([{ interface: name, family: 'ipv4', address: vip, prefixLength: 32, flags: [] }]),
  });
export const ignores = (node: string, all: string, own: string): Change =>
  changeHost(node, {
    sysctls: known({
      'net/ipv4/conf/all/arp_ignore': all,
      'net/ipv4/conf/eth1/arp_ignore': own,
    }),
  });
export const nobodyAsked: Change = changeHolding({ arp: unknown('nobody could ask the wire') });
