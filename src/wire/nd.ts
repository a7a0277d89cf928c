/**
 * IPv6 neighbour solicitations and advertisements (RFC 4861, sections 4.3 and 4.4) with their link-layer address
 * options. Knows one message; deliberately no other ICMPv6 and no neighbour state.
 */

import { ipv6Text, macText } from './address.ts';
import { u8 } from './bytes.ts';
import type { Problems } from './problem.ts';

export const ndTypes = { solicitation: 135, advertisement: 136 } as const;

export interface NdMessage {
  readonly kind: 'nd';
  readonly message: 'solicitation' | 'advertisement';
  readonly target: string;
  /** Advertisements only; all false in a solicitation. */
  readonly flags: { readonly router: boolean; readonly solicited: boolean; readonly override: boolean };
  /** Option 1. */
  readonly sourceMac?: string;
  /** Option 2. */
  readonly targetMac?: string;
  /** `unsolicited`: what keepalived sends for a new VIP; `probe`: duplicate address detection, from `::`. */
  readonly gratuitous: 'unsolicited' | 'probe' | 'no';
}

/** `from` is at the ICMPv6 type; `src` is the IPv6 source as text. */
export function decodeNd(
  bytes: Uint8Array,
  span: { readonly from: number; readonly to: number; readonly src: string },
  problems: Problems,
): NdMessage | undefined {
  const { from, to, src } = span;
  if (to - from < 24) {
    problems.push({
      layer: 'nd',
      code: 'truncated',
      text: 'the packet ends inside the neighbour discovery message',
    });
    return undefined;
  }
  const isAdvertisement = u8(bytes, from) === ndTypes.advertisement;
  const flagBits = isAdvertisement ? u8(bytes, from + 4) : 0;
  const solicited = (flagBits & 0x40) !== 0;
  const isUnsolicited = isAdvertisement && !solicited;
  const isProbe = !isAdvertisement && src === '::';
  return {
    kind: 'nd',
    message: isAdvertisement ? 'advertisement' : 'solicitation',
    target: ipv6Text(bytes, from + 8),
    flags: { router: (flagBits & 0x80) !== 0, solicited, override: (flagBits & 0x20) !== 0 },
    ...readLinkLayerOptions(bytes, from + 24, to, problems),
    gratuitous: isUnsolicited ? 'unsolicited' : isProbe ? 'probe' : 'no',
  };
}

function readLinkLayerOptions(
  bytes: Uint8Array,
  from: number,
  to: number,
  problems: Problems,
): { sourceMac?: string; targetMac?: string } {
  const found: { sourceMac?: string; targetMac?: string } = {};
  let at = from;
  while (at < to) {
    const lengthBytes = at + 1 < to ? u8(bytes, at + 1) * 8 : 0;
    if (lengthBytes === 0 || at + lengthBytes > to) {
      const code = at + 1 < to && lengthBytes === 0 ? 'bad-length' : 'truncated';
      problems.push({ layer: 'nd', code, text: 'a neighbour discovery option does not fit the packet' });
      return found;
    }
    const option = u8(bytes, at);
    if (option === 1 && lengthBytes === 8) found.sourceMac = macText(bytes, at + 2);
    if (option === 2 && lengthBytes === 8) found.targetMac = macText(bytes, at + 2);
    at += lengthBytes;
  }
  return found;
}
