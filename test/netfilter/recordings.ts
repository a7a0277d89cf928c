/**
 * Rulesets recorded from real programs (nft 1.0.6, iptables 1.8.9, firewalld 1.3, ufw 0.36.2) for replay without root.
 */
import { readFileSync } from 'node:fs';
import { readIptablesSave } from '../../src/netfilter/iptables-save.ts';
import { readNftJson } from '../../src/netfilter/nft-json.ts';
import type { PacketUnderTest } from '../../src/netfilter/packet.ts';
import type { Ruleset } from '../../src/netfilter/ruleset.ts';

interface Readings {
  readonly nftJson: string;
  readonly nftListing: string;
  readonly legacy4: string;
  readonly legacy6: string;
  readonly nft4: string;
  readonly nft6: string;
}

export interface Recording {
  readonly name: string;
  readonly readings: Readings;
  readonly trials?: readonly { readonly packet: PacketUnderTest; readonly delivered: 'yes' | 'no' }[];
}

const folder = new URL('../../fixtures/netfilter/', import.meta.url);

export const readFixture = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export const recordings = (name: string): readonly Recording[] =>
  readFixture(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recording);

export const rulesetsOf = ({ readings }: Recording): readonly Ruleset[] => [
  readNftJson(readings.nftJson, readings.nftListing),
  readIptablesSave(readings.legacy4, 'ipv4', 'iptables-legacy'),
  readIptablesSave(readings.legacy6, 'ipv6', 'iptables-legacy'),
  readIptablesSave(readings.nft4, 'ipv4', 'iptables-nft'),
  readIptablesSave(readings.nft6, 'ipv6', 'iptables-nft'),
];

export const advert: PacketUnderTest = {
  family: 'ipv4',
  direction: 'in',
  interface: 'eth0',
  src: '10.78.0.12',
  dst: '224.0.0.18',
  protocol: 112,
  ttl: 255,
  delivery: 'multicast',
};

export const sentAdvert: PacketUnderTest = { ...advert, direction: 'out', src: '10.78.0.11' };
export const unicastAdvert: PacketUnderTest = { ...advert, dst: '10.78.0.11', delivery: 'unicast' };

/** A ruleset of one nft table with one input chain. */
export function nftInput(
  rules: readonly (readonly object[])[],
  chain: object = {},
  more: readonly object[] = [],
): Ruleset {
  const objects = [
    { metainfo: { version: '1.0.6' } },
    { table: { family: 'inet', name: 'fw' } },
    ...more,
    {
      chain: {
        family: 'inet',
        table: 'fw',
        name: 'in',
        type: 'filter',
        hook: 'input',
        prio: 0,
        policy: 'accept',
        ...chain,
      },
    },
    ...rules.map((expr, index) => ({
      rule: { family: 'inet', table: 'fw', chain: 'in', handle: index + 10, expr },
    })),
  ];
  return readNftJson(JSON.stringify({ nftables: objects }));
}

export const match = (left: unknown, right: unknown, op = '=='): object => ({ match: { op, left, right } });
export const isVrrp = match({ payload: { protocol: 'ip', field: 'protocol' } }, 'vrrp');
export const drop = { drop: null };
export const accept = { accept: null };
