/**
 * Addresses as keepalived's configuration and dumps write them: `10.0.0.5/24 dev eth0 label eth0:1`
 * (vrrp_ipaddress.c: alloc_ipaddress, format_ipaddress). Knows families and one spelling for each address;
 * knows nothing of who holds them.
 */
import ipaddr from 'ipaddr.js';

export type Family = 'ipv4' | 'ipv6';

export interface Address {
  readonly family: Family;
  /** Lower case, shortest spelling (RFC 5952). */
  readonly text: string;
}

const decimalByte = '(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])';
const fourBytes = new RegExp(`^${decimalByte}(?:\\.${decimalByte}){3}$`);

/** As inet_pton reads it: four decimal bytes, or IPv6 without a zone. */
export function readAddress(text: string): Address | undefined {
  if (fourBytes.test(text)) return { family: 'ipv4', text };
  if (!text.includes(':') || text.length > 45 || text.includes('%') || !ipaddr.IPv6.isValid(text))
    return undefined;
  return { family: 'ipv6', text: ipaddr.IPv6.parse(text).toRFC5952String() };
}

export function isLinkLocal(address: Address): boolean {
  return address.family === 'ipv6' && /^fe[89ab]/.test(address.text);
}

export interface VirtualAddress {
  readonly family: Family;
  readonly address: string;
  /** 32 or 128 unless written. */
  readonly prefixLength: number;
  /** `address/prefix`, always with the prefix. */
  readonly cidr: string;
  readonly dev?: string;
  readonly label?: string;
  readonly scope?: string;
  readonly broadcast?: string;
  readonly peer?: string;
  /** Further words: home, -nodad, no_track, use_vmac, set … */
  readonly flags: readonly string[];
}

const oneValueOptions: Readonly<Record<string, 'dev' | 'label' | 'scope' | 'broadcast' | 'peer'>> = {
  dev: 'dev',
  label: 'label',
  scope: 'scope',
  brd: 'broadcast',
  broadcast: 'broadcast',
  peer: 'peer',
};

/** Reads one line of virtual_ipaddress, or of the same in a dump; undefined when it is no address. */
export function readVirtualAddress(words: readonly string[]): VirtualAddress | undefined {
  const [first = '', ...rest] = words;
  const slash = first.indexOf('/');
  const address = readAddress(slash < 0 ? first : first.slice(0, slash));
  if (address === undefined) return undefined;
  const widest = address.family === 'ipv4' ? 32 : 128;
  const written =
    slash < 0
      ? Number.NaN
      : /^\d{1,3}$/.test(first.slice(slash + 1))
        ? Number(first.slice(slash + 1))
        : Number.NaN;
  let prefixLength = Number.isNaN(written) ? widest : Math.min(written, widest);
  const options: { dev?: string; label?: string; scope?: string; broadcast?: string; peer?: string } = {};
  const flags: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    const option = Object.hasOwn(oneValueOptions, word) ? oneValueOptions[word] : undefined;
    const value = rest[index + 1];
    if (option === undefined || value === undefined) flags.push(word);
    else {
      options[option] = value;
      index++;
    }
  }
  // A dump writes the prefix of a point-to-point address behind the peer.
  const peerPrefix = /\/(\d{1,3})$/.exec(options.peer ?? '')?.[1];
  if (peerPrefix !== undefined) prefixLength = Math.min(Number(peerPrefix), widest);
  return {
    family: address.family,
    address: address.text,
    prefixLength,
    cidr: `${address.text}/${prefixLength}`,
    ...options,
    flags,
  };
}
