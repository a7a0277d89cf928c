/**
 * Addresses as the parsers take them beside plain ones: with a range or mask behind, which is cut off, and with a
 * port (lib/utils.c: inet_stosockaddr; vrrp_ipaddress.c: parse_ipaddress). Knows multicast and link-local ranges.
 */
import { type Address, readAddress } from '../addresses.ts';
import { readUnsigned } from './words.ts';

/** What stands behind the first `-`, or else the first `/`, does not count. */
export function readSocketAddress(word: string): Address | undefined {
  const dash = word.indexOf('-');
  const cut = dash >= 0 ? dash : word.indexOf('/');
  return readAddress(cut < 0 ? word : word.slice(0, cut));
}

export function isMulticast(address: Address): boolean {
  return address.family === 'ipv4'
    ? /^(?:22[4-9]|23\d)\./.test(address.text)
    : address.text.startsWith('ff') && /^ff[0-9a-f]{2}:/.test(address.text);
}

export function isLinkLocalMulticast(address: Address): boolean {
  return address.family === 'ipv6' && /^ff[0-9a-f]2:/.test(address.text);
}

export type PrefixedReading =
  | { readonly address: Address; readonly prefix: number; readonly prefixIs: 'valid' | 'invalid' }
  | 'no-address';

/** `10.0.0.5/24`; an invalid prefix is replaced by the widest one. */
export function readPrefixed(word: string): PrefixedReading {
  const slash = word.indexOf('/');
  const address = readAddress(slash < 0 ? word : word.slice(0, slash));
  if (address === undefined) return 'no-address';
  const widest = address.family === 'ipv4' ? 32 : 128;
  if (slash < 0) return { address, prefix: widest, prefixIs: 'valid' };
  const reading = readUnsigned(word.slice(slash + 1), { least: 0, most: widest });
  return 'value' in reading
    ? { address, prefix: reading.value, prefixIs: 'valid' }
    : { address, prefix: widest, prefixIs: 'invalid' };
}

/** A port: `0`, `00` or none stand for any; undefined when it is none. */
export function readPort(word: string | undefined): number | undefined {
  if (word === undefined || /^0*$/.test(word)) return 0;
  const reading = readUnsigned(word, { least: 1, most: 65_535 });
  return 'value' in reading ? reading.value : undefined;
}
