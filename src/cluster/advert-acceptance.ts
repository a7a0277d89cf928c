// Would keepalived accept this advert? The daemon's own receive checks, in its order, on what was seen on the
// wire and what the receiver is configured with. Order and consequences: keepalived vrrp.c, vrrp_check_packet.
import type { AdvertStream, ConfiguredInstance } from './model.ts';

export type Acceptance = { readonly kind: 'accepts' } | { readonly kind: 'refuses'; readonly why: string };

const withoutPrefix = (vip: string): string => vip.replace(/\/\d+$/, '');

const AUTH_TYPE: Readonly<Record<ConfiguredAuthType, number>> = { none: 0, PASS: 1, AH: 2, hmac: 0 };
type ConfiguredAuthType = ConfiguredInstance['auth']['type'];

export interface Receiver {
  readonly vrid: number;
  readonly configured: ConfiguredInstance;
  /** VIP mismatches are tolerated from keepalived 2.3.3 on. */
  readonly toleratesVipMismatch: 'yes' | 'no' | 'unknown';
}

/** First check that fails wins, as in keepalived, so only one reason is ever given. */
export const judgeAcceptance = (stream: AdvertStream, receiver: Receiver): Acceptance => {
  const { configured } = receiver;
  const refuse = (why: string): Acceptance => ({ kind: 'refuses', why });
  if (stream.vrid !== receiver.vrid)
    return refuse(`its VRID is ${stream.vrid}, the receiver listens for ${receiver.vrid}`);
  const toGroup = isMulticast(stream.dst);
  if (toGroup !== (configured.mode === 'multicast'))
    return refuse(
      toGroup
        ? 'it is sent to the multicast group, the receiver expects unicast'
        : 'it is sent by unicast, the receiver expects multicast',
    );
  if (stream.ttl !== 255 && configured.mode === 'multicast')
    return refuse(`its ${stream.family === 'ipv4' ? 'TTL' : 'hop limit'} is ${stream.ttl}, not 255`);
  if (stream.version !== configured.version)
    return refuse(`it is VRRPv${stream.version}, the receiver runs VRRPv${configured.version}`);
  if (stream.version === 2) {
    const expected = AUTH_TYPE[configured.auth.type];
    if (stream.authType !== expected)
      return refuse(`its authentication type is ${stream.authType}, the receiver expects ${expected}`);
    if (
      stream.authType === 1 &&
      configured.auth.fingerprint !== undefined &&
      stream.authFingerprint !== configured.auth.fingerprint
    )
      return refuse('its password is not the receiver’s');
    if (stream.intervalMs !== configured.advertIntervalMs)
      return refuse(
        `its advert interval is ${stream.intervalMs} ms, the receiver has ${configured.advertIntervalMs} ms`,
      );
  }
  if (stream.checksum === 'bad') return refuse('its checksum is wrong');
  if (receiver.toleratesVipMismatch === 'no') {
    const theirs = [...stream.addresses].sort().join(' ');
    const ours = configured.vips.map(withoutPrefix).sort().join(' ');
    if (theirs !== ours) return refuse('its list of VIPs is not the receiver’s');
  }
  return { kind: 'accepts' };
};

/** 224.0.0.0/4 or ff00::/8. */
export const isMulticast = (address: string): boolean =>
  address.includes(':') ? /^ff/i.test(address) : Number(address.split('.')[0]) >= 224;
