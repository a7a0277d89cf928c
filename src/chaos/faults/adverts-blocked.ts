// Adverts are dropped by a packet filter rule of our own: on their way out of the master, or on their way into the
// backup that is next in line. The two differ only in hook and node.

import { quote } from '../../transport/quote.ts';
import type { FaultSite } from '../site.ts';
import { type DeedOrRefusal, type Fault, type FaultDeed, refused } from './fault.ts';

type Way = 'out' | 'in';

type Texts = Pick<FaultDeed, 'inject' | 'heal' | 'healed'>;

/** A table of our own, before all others; the VRID is the second byte of the VRRP header, so other instances are spared. */
const withNft = ({ vrid }: FaultSite, way: Way, id: string): Texts => {
  const table = `inet vipdoctor_${id.replaceAll('-', '_')}`;
  const ruleset = [
    `table ${table} {`,
    ' chain adverts {',
    `  type filter hook ${way === 'out' ? 'output' : 'input'} priority -400; policy accept;`,
    `  meta l4proto 112 @th,8,8 ${vrid} counter drop`,
    ' }',
    '}',
  ].join('\n');
  return {
    inject: `printf '%s\\n' ${quote(ruleset)} | nft -f -`,
    heal: `if nft list table ${table} >/dev/null 2>&1; then nft delete table ${table}; fi`,
    healed: `! nft list table ${table} >/dev/null 2>&1`,
  };
};

const withIptables = (site: FaultSite, way: Way, id: string): Texts => {
  const program = site.family === 'ipv4' ? 'iptables' : 'ip6tables';
  const rule = [
    way === 'out' ? 'OUTPUT' : 'INPUT',
    `${way === 'out' ? '-o' : '-i'} ${quote(site.interface)}`,
    `-p 112 -m comment --comment ${quote(`vipdoctor-${id}`)} -j DROP`,
  ].join(' ');
  return {
    inject: `${program} -w -I ${rule}`,
    heal: `while ${program} -w -D ${rule} 2>/dev/null; do :; done`,
    healed: `! ${program} -w -C ${rule} 2>/dev/null`,
  };
};

const plan =
  (way: Way): Fault['plan'] =>
  (site, _wishes, id): DeedOrRefusal => {
    const { node, packetFilter } = site;
    if (packetFilter === 'none') return refused(`${node} has neither nft nor iptables to drop adverts with`);
    if (site.authentication === 'AH')
      return refused('adverts with AH authentication are another protocol, which this fault does not touch');
    return {
      kind: 'deed',
      deed: {
        fault: `adverts-blocked-${way}`,
        node,
        prepare: '',
        ...(packetFilter === 'nft' ? withNft(site, way, id) : withIptables(site, way, id)),
        expectedClass: 'mute',
        controlPath: 'untouched',
        secondSender: way === 'in' ? 'expected' : 'not-expected',
        risks: [
          'two masters on purpose: both nodes hold the VIP until it is healed, and clients flip between them',
          ...(packetFilter === 'iptables'
            ? [`adverts of every instance on ${site.interface} of ${node} are dropped, not only of this one`]
            : []),
        ],
      },
    };
  };

export const advertsBlockedOut: Fault = {
  name: 'adverts-blocked-out',
  describe: 'the adverts of the master are dropped on their way out (a firewall rule): two masters',
  expectedClass: 'mute',
  doneTo: 'master',
  partOfAll: 'yes',
  plan: plan('out'),
};

export const advertsBlockedIn: Fault = {
  name: 'adverts-blocked-in',
  describe: 'the next in line no longer hears adverts (a firewall rule there): two masters',
  expectedClass: 'mute',
  doneTo: 'winner',
  partOfAll: 'yes',
  plan: plan('in'),
};
