// Which interface of the observer, this machine or another, has a leg in the nodes' segment. It is told the observer's
// addresses and the addresses to look for; it asks nobody anything itself.
import ipaddr from 'ipaddr.js';

/** As node:os networkInterfaces() has them. */
export interface LocalAddress {
  readonly interface: string;
  /** With prefix length, e.g. `10.0.0.7/24`. */
  readonly cidr: string;
}

/** Asks another host for its addresses. */
export const addressesCommand = 'PATH=$PATH:/usr/sbin:/sbin ip -o addr show scope global';

/** `2: eth1    inet 10.0.0.7/24 brd … scope global eth1`; a peer in between is none of its own. */
export const readAddresses = (text: string): readonly LocalAddress[] =>
  text.split('\n').flatMap((line) => {
    const [, name, cidr] = /^\d+: (\S+) +inet6? ([0-9a-f.:]+\/\d+) /.exec(line) ?? [];
    return name === undefined || cidr === undefined ? [] : [{ interface: name, cidr }];
  });

export type LocalInterface =
  | { readonly kind: 'chosen'; readonly interface: string; readonly because: string }
  | { readonly kind: 'none'; readonly reason: string };

export interface LocalInterfaceWish {
  /** `--interface`, which is taken as it is. */
  readonly wanted?: string;
  readonly local: readonly LocalAddress[];
  /** Source addresses of adverts first, then VIPs; without prefix. */
  readonly addresses: readonly string[];
}

/**
 * The interface given, else the one whose prefix holds the first address that any holds. Link-local prefixes are
 * on every interface and say nothing; a /32 or /128 is no segment.
 */
export function chooseLocalInterface({ wanted, local, addresses }: LocalInterfaceWish): LocalInterface {
  if (wanted !== undefined) return { kind: 'chosen', interface: wanted, because: 'it was asked for' };
  for (const address of addresses) {
    if (!ipaddr.isValid(address)) continue;
    const parsed = ipaddr.parse(address);
    if (parsed.range() === 'linkLocal' || parsed.range() === 'loopback') continue;
    const fitting = local
      .filter(({ cidr }) => ipaddr.isValidCIDR(cidr))
      .map((one) => ({ ...one, prefix: ipaddr.parseCIDR(one.cidr) }))
      .filter(({ prefix: [network, bits] }) => {
        const full = network.kind() === 'ipv4' ? 32 : 128;
        return network.kind() === parsed.kind() && bits > 0 && bits < full && parsed.match(network, bits);
      })
      .sort((left, right) => right.prefix[1] - left.prefix[1]);
    const best = fitting[0];
    if (best !== undefined) {
      return {
        kind: 'chosen',
        interface: best.interface,
        because: `${address} is on its network ${best.cidr}`,
      };
    }
  }
  return { kind: 'none', reason: 'no interface of this machine is on the network of the nodes' };
}
