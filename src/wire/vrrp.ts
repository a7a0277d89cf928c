/**
 * VRRP messages: version 2 (RFC 2338, RFC 3768), version 3 (RFC 5798, RFC 9568) and keepalived's auth_hmac trailer.
 * Reads what is there, tries every checksum variant seen in the field and says which one fits. Does not judge TTL,
 * priorities or who may send; does not verify HMACs, because the keys are not on the wire.
 */

import { ipv4Text, ipv6Text } from './address.ts';
import { type AdvertLayout, layOutAdvert, type MessageSpan } from './advert-layout.ts';
import { copyOf, foldSum, sumWords, u8, u16, u32, writeU16 } from './bytes.ts';
import { type AuthenticationHeader, type IpPart, ipProtocols } from './ip.ts';
import type { Problems } from './problem.ts';

export type AdvertAuth =
  | { readonly kind: 'none' }
  /** Type 1: the clear-text password, zero-padded to 8 bytes (fewer when truncated). A secret: never print it. */
  | { readonly kind: 'pass'; readonly bytes: Uint8Array }
  /** IP protocol 51 in front of the message (RFC 4302; keepalived vrrp_ipsecah.h). */
  | { readonly kind: 'ah'; readonly spi: number; readonly sequence: number }
  /** keepalived 2.4 auth_hmac (vrrp_auth_hmac.h): scheme 1 is HMAC-SHA-256 cut to 128 bits. */
  | {
      readonly kind: 'hmac';
      readonly scheme: number;
      readonly keyId: number;
      /** Sender's clock, UTC seconds since 1970. */
      readonly sentAtSeconds: number;
      /** Binary fraction of a second, in 1/65536. */
      readonly sentAtFraction: number;
      readonly counter: number;
    }
  /** A version 2 auth type that its bytes do not bear out: unknown, or 2 without an authentication header. */
  | { readonly kind: 'type'; readonly value: number };

export type ChecksumVerdict =
  | 'good'
  | 'good-without-pseudo-header'
  | 'good-multicast-pseudo-header'
  | 'bad'
  | 'unverified';

export interface Advert {
  readonly version: number;
  /** 1 is an advertisement; nothing else is defined. */
  readonly type: number;
  readonly vrid: number;
  /** 255 owner, 0 the master resigns. */
  readonly priority: number;
  /** The count byte. */
  readonly addressCountSaid: number;
  /** How many whole addresses the captured message really has room for; never above the count said. */
  readonly addressCountPresent: number;
  /** Canonical text, in the order sent. */
  readonly addresses: readonly string[];
  /** Version 2: the seconds byte; version 3: 12 bits of centiseconds. */
  readonly intervalMs: number;
  /** As far as captured: while the checksum is `unverified`, a trailer may be missing or a password short. */
  readonly auth: AdvertAuth;
  readonly checksum: { readonly stored: number; readonly verdict: ChecksumVerdict };
  /** Message length by the IP header. */
  readonly lengthBytes: number;
}

/** What the IP layer knows about the message. */
export interface AdvertCarrier extends MessageSpan {
  /** Source and destination, 4 + 4 or 16 + 16 bytes. */
  readonly addressesAt: number;
  /** `part` when a fragment or a truncated capture holds only some of the message. */
  readonly extent: 'whole' | 'part';
  readonly ah?: AuthenticationHeader | undefined;
}

export function carrierOf(part: IpPart): AdvertCarrier {
  const { header, payloadAt, payloadEnd, payloadSaidBytes, addressesAt } = part;
  const isWhole = header.fragment === undefined && payloadEnd - payloadAt >= payloadSaidBytes;
  return {
    from: payloadAt,
    to: payloadEnd,
    saidBytes: payloadSaidBytes,
    family: header.version,
    addressesAt,
    extent: isWhole ? 'whole' : 'part',
    ah: header.ah,
  };
}

/** Undefined below the eight header bytes; then `problems` says so. */
export function decodeAdvert(
  bytes: Uint8Array,
  carrier: AdvertCarrier,
  problems: Problems,
): Advert | undefined {
  const { from, to } = carrier;
  if (to - from < 8) {
    problems.push({ layer: 'vrrp', code: 'truncated', text: 'less than a VRRP header was captured' });
    return undefined;
  }
  const layout = layOutAdvert(bytes, carrier);
  // Only 3 is laid out as 3; any other number is read as version 2, so that what may be a password is taken for one.
  const version = u8(bytes, from) >>> 4;
  const type = u8(bytes, from) & 0x0f;
  noteOddities(carrier, layout, version, type, problems);
  return {
    version,
    type,
    vrid: u8(bytes, from + 1),
    priority: u8(bytes, from + 2),
    addressCountSaid: layout.addressCountSaid,
    addressCountPresent: layout.addressCountPresent,
    addresses: readAddresses(bytes, from + 8, layout),
    intervalMs: version !== 3 ? u8(bytes, from + 5) * 1000 : (u16(bytes, from + 4) & 0x0fff) * 10,
    auth: readAuth(bytes, carrier, layout, version, problems),
    checksum: { stored: u16(bytes, from + 6), verdict: judgeChecksum(bytes, carrier, layout, version) },
    lengthBytes: carrier.saidBytes,
  };
}

function noteOddities(
  carrier: AdvertCarrier,
  layout: AdvertLayout,
  version: number,
  type: number,
  problems: Problems,
): void {
  if (version !== 2 && version !== 3) {
    problems.push({ layer: 'vrrp', code: 'unknown-version', text: `VRRP version ${version}` });
  }
  if (type !== 1) problems.push({ layer: 'vrrp', code: 'unknown-type', text: `VRRP message type ${type}` });
  if (carrier.extent === 'part') {
    problems.push({ layer: 'vrrp', code: 'truncated', text: 'only a part of the VRRP message was captured' });
  }
  const { addressCountSaid: said, fit } = layout;
  if (fit === 'count-does-not-fit') {
    const text = `the message says ${said} addresses, which do not fit into its ${carrier.saidBytes} bytes`;
    problems.push({ layer: 'vrrp', code: fit, text });
  } else if (fit === 'auth-data-missing') {
    const text = 'a version 2 message without the 8 bytes of authentication data';
    problems.push({ layer: 'vrrp', code: fit, text });
  } else if (fit === 'trailing-bytes') {
    const text = `${layout.strayBytes} bytes behind the ${said} addresses and any authentication data`;
    problems.push({ layer: 'vrrp', code: fit, text });
  }
}

function readAddresses(bytes: Uint8Array, from: number, layout: AdvertLayout): readonly string[] {
  const addresses: string[] = [];
  for (let i = 0; i < layout.addressCountPresent; i++) {
    const at = from + i * layout.addressSizeBytes;
    addresses.push(layout.addressSizeBytes === 4 ? ipv4Text(bytes, at) : ipv6Text(bytes, at));
  }
  return addresses;
}

const noAuth: AdvertAuth = { kind: 'none' };

function readAuth(
  bytes: Uint8Array,
  carrier: AdvertCarrier,
  layout: AdvertLayout,
  version: number,
  problems: Problems,
): AdvertAuth {
  if (carrier.ah !== undefined) {
    return { kind: 'ah', spi: carrier.ah.spi, sequence: carrier.ah.sequence };
  }
  const authType = version !== 3 ? u8(bytes, carrier.from + 4) : 0;
  if (authType === 0 && layout.hmacAt !== undefined) return readHmac(bytes, layout.hmacAt, problems);
  if (authType === 0) return noAuth;
  if (authType === 1) return { kind: 'pass', bytes: copyOf(bytes, layout.auth.from, layout.auth.to) };
  if (authType === 2) {
    const text = 'auth type 2 (AH) without an authentication header';
    problems.push({ layer: 'vrrp', code: 'ah-header-missing', text });
  }
  return { kind: 'type', value: authType };
}

function readHmac(bytes: Uint8Array, at: number, problems: Problems): AdvertAuth {
  const scheme = u8(bytes, at);
  if (scheme !== 1) {
    const text = `authentication trailer of unknown scheme ${scheme}`;
    problems.push({ layer: 'vrrp', code: 'unknown-auth-extension', text });
  }
  return {
    kind: 'hmac',
    scheme,
    keyId: u8(bytes, at + 1),
    sentAtSeconds: u32(bytes, at + 4),
    sentAtFraction: u16(bytes, at + 8),
    counter: u16(bytes, at + 10),
  };
}

/** 224.0.0.18 as the two words of a pseudo-header. */
const multicastGroupSum = 0xe000 + 0x0012;

/**
 * Version 2 over IPv4 sums the message alone; version 3 and everything over IPv6 adds a pseudo-header.
 * keepalived leaves its auth_hmac trailer out over IPv4, while over IPv6 the kernel sums whatever is sent
 * (IPV6_CHECKSUM in vrrp_if.c): so both ends are tried where they differ.
 */
function judgeChecksum(
  bytes: Uint8Array,
  carrier: AdvertCarrier,
  layout: AdvertLayout,
  version: number,
): ChecksumVerdict {
  if (carrier.extent === 'part') return 'unverified';
  const summedTo = Math.min(layout.summedTo, carrier.to);
  const verdict = judgeSpan(bytes, carrier, version, summedTo);
  if (verdict !== 'bad' || summedTo === carrier.to) return verdict;
  return judgeSpan(bytes, carrier, version, carrier.to);
}

function judgeSpan(
  bytes: Uint8Array,
  carrier: AdvertCarrier,
  version: number,
  summedTo: number,
): ChecksumVerdict {
  const { from, addressesAt, family } = carrier;
  const message = sumWords(bytes, from, summedTo);
  const isGoodAlone = foldSum(message) === 0xffff;
  if (version !== 3 && family === 4) return isGoodAlone ? 'good' : 'bad';

  const addressSize = family === 4 ? 4 : 16;
  const destinationAt = addressesAt + addressSize;
  const fixed = message + ipProtocols.vrrp + (summedTo - from);
  const source = sumWords(bytes, addressesAt, destinationAt);
  const destination = sumWords(bytes, destinationAt, destinationAt + addressSize);
  if (foldSum(fixed + source + destination) === 0xffff) return 'good';
  if (isGoodAlone) return 'good-without-pseudo-header';
  // keepalived up to 1.3.6 put the group into the pseudo-header of unicast adverts too.
  if (family === 4 && foldSum(fixed + source + multicastGroupSum) === 0xffff)
    return 'good-multicast-pseudo-header';
  return 'bad';
}

export interface AdvertPlan {
  readonly version: 2 | 3;
  readonly vrid: number;
  readonly priority: number;
  /** Whole seconds are kept in version 2, whole centiseconds in version 3. */
  readonly intervalMs: number;
  /** 4 bytes each, or 16 bytes each; see addressBytes. */
  readonly addresses: readonly Uint8Array[];
  /** Version 2 only: type byte and the 8 bytes of authentication data. */
  readonly auth?: { readonly type: number; readonly data: Uint8Array };
  /** Source and destination for the checksum's pseudo-header; `none` sums the message alone. */
  readonly pseudoHeader: 'none' | { readonly source: Uint8Array; readonly destination: Uint8Array };
}

/** The VRRP message of a plan, without IP header, its checksum filled in. */
export function encodeAdvert(plan: AdvertPlan): Uint8Array {
  const first = plan.addresses[0];
  const addressSize = first === undefined || first.length === 4 ? 4 : 16;
  const addressesEnd = 8 + plan.addresses.length * addressSize;
  const carriesAuth = plan.version === 2 && addressSize === 4;
  const message = new Uint8Array(addressesEnd + (carriesAuth ? 8 : 0));
  message[0] = (plan.version << 4) | 1;
  message[1] = plan.vrid;
  message[2] = plan.priority;
  message[3] = plan.addresses.length;
  if (plan.version === 2) {
    message[4] = plan.auth?.type ?? 0;
    message[5] = Math.floor(plan.intervalMs / 1000);
  } else {
    writeU16(message, 4, Math.floor(plan.intervalMs / 10) & 0x0fff);
  }
  plan.addresses.forEach((address, i) => {
    message.set(address.subarray(0, addressSize), 8 + i * addressSize);
  });
  if (carriesAuth && plan.auth !== undefined) message.set(plan.auth.data.subarray(0, 8), addressesEnd);
  writeU16(
    message,
    6,
    0xffff - foldSum(sumWords(message, 0, message.length) + pseudoHeaderSum(plan, message.length)),
  );
  return message;
}

function pseudoHeaderSum(plan: AdvertPlan, lengthBytes: number): number {
  if (plan.pseudoHeader === 'none') return 0;
  const { source, destination } = plan.pseudoHeader;
  const addresses = sumWords(source, 0, source.length) + sumWords(destination, 0, destination.length);
  return addresses + ipProtocols.vrrp + lengthBytes;
}
