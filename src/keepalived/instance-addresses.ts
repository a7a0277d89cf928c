/**
 * The addresses of a vrrp_instance: VIPs, unicast peers, source and multicast destination (vrrp_data.c
 * alloc_vrrp_vip, alloc_vrrp_unicast_peer). Knows how they settle the address family together; nothing of the
 * addresses the node really has.
 */
import {
  type Address,
  type Family,
  readAddress,
  readVirtualAddress,
  type VirtualAddress,
} from './addresses.ts';
import type { ConfigNode, Place } from './config-tree.ts';
import { configured, firstWord, placeOf, readInteger, type Setting } from './settings.ts';

export interface UnicastPeer {
  readonly address: string;
  readonly minTtl?: number;
  readonly maxTtl?: number;
  readonly source: Place;
}

export interface ConfiguredAddress extends VirtualAddress {
  readonly source: Place;
}

export interface InstanceAddresses {
  readonly family: Family;
  readonly nativeIpv6: 'yes' | 'no';
  readonly vips: readonly ConfiguredAddress[];
  readonly excludedVips: readonly ConfiguredAddress[];
  /** Listed among the VIPs but of the other family, so keepalived leaves them out. */
  readonly strayVips: readonly ConfiguredAddress[];
  readonly peers: readonly UnicastPeer[];
  readonly sourceAddress?: Setting<string>;
  readonly multicastDestination?: Setting<string>;
}

/** The first address in the block settles the family; addresses of the other one are dropped (not excluded VIPs). */
export function readAddresses(nodes: readonly ConfigNode[]): InstanceAddresses {
  let family: Family | undefined;
  let nativeIpv6: 'yes' | 'no' = 'no';
  const vips: ConfiguredAddress[] = [];
  const excludedVips: ConfiguredAddress[] = [];
  const strayVips: ConfiguredAddress[] = [];
  const peers: UnicastPeer[] = [];
  let sourceAddress: Setting<string> | undefined;
  let multicastDestination: Setting<string> | undefined;
  const fits = (address: Address | VirtualAddress): boolean => {
    family ??= address.family;
    return family === address.family;
  };
  for (const node of nodes) {
    const address = readAddress(firstWord(node) ?? '');
    switch (node.keyword) {
      case 'native_ipv6':
        if (family === 'ipv4') break;
        family = 'ipv6';
        nativeIpv6 = 'yes';
        break;
      case 'mcast_src_ip':
      case 'unicast_src_ip':
        if (address !== undefined && fits(address))
          sourceAddress = configured(address.text, node.args[0] ?? node);
        break;
      case 'mcast_dst_ip':
        if (address !== undefined && fits(address))
          multicastDestination = configured(address.text, node.args[0] ?? node);
        break;
      case 'unicast_peer':
        for (const line of node.children ?? []) {
          const peer = readPeer(line);
          const peerAddress = readAddress(line.keyword);
          if (peer === undefined || peerAddress === undefined || !fits(peerAddress)) continue;
          if (!peers.some((other) => other.address === peer.address)) peers.push(peer);
        }
        break;
      case 'virtual_ipaddress':
        for (const vip of readVips(node))
          if (!fits(vip)) strayVips.push(vip);
          else vips.push(vip);
        break;
      case 'virtual_ipaddress_excluded':
        excludedVips.push(...readVips(node));
        break;
    }
  }
  return {
    family: family ?? 'ipv4',
    nativeIpv6,
    vips,
    excludedVips,
    strayVips,
    peers,
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(multicastDestination === undefined ? {} : { multicastDestination }),
  };
}

function readVips(block: ConfigNode): readonly ConfiguredAddress[] {
  return (block.children ?? []).flatMap((line) => {
    const vip = readVirtualAddress([line.keyword, ...line.args.map((token) => token.value)]);
    return vip === undefined ? [] : [{ ...vip, source: placeOf(line) }];
  });
}

function readPeer(line: ConfigNode): UnicastPeer | undefined {
  const address = readAddress(line.keyword);
  if (address === undefined) return undefined;
  const ttls: { minTtl?: number; maxTtl?: number } = {};
  for (let index = 0; index + 1 < line.args.length; index += 2) {
    const option = line.args[index]?.value;
    const ttl = readInteger(line.args[index + 1]?.value, { least: 0, most: 255 });
    if (ttl === undefined) continue;
    if (option === 'min_ttl') ttls.minTtl = ttl;
    else if (option === 'max_ttl') ttls.maxTtl = ttl;
    else break;
  }
  return { address: address.text, ...ttls, source: placeOf(line) };
}
