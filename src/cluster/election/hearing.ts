// Who would hear whom, by configuration: group or peer list, version, password, interval. The first thing that
// differs is said. Firewalls and networks are not its business: on paper every cable works.
import { judgeAcceptance } from '../advert-acceptance.ts';
import { summarizeInstance } from '../configuration.ts';
import type { AdvertStream, Instance } from '../model.ts';
import type { Contender } from './contender.ts';

export type Hearing = { readonly kind: 'hears' } | { readonly kind: 'deaf'; readonly why: string };

export interface Listener {
  readonly contender: Contender;
  readonly instance: Instance;
  /** VIP lists that differ are tolerated from keepalived 2.3.3 on. */
  readonly toleratesVipMismatch: 'yes' | 'no' | 'unknown';
}

const authNumber = { none: 0, PASS: 1, AH: 2, hmac: 0 } as const;

/** Where the sender's adverts for this receiver go; undefined when its peer list leaves the receiver out. */
const destinationFor = (from: Listener, to: Listener, everybody: readonly Listener[]): string | undefined => {
  const { settings } = from.contender;
  if (settings.mode === 'multicast')
    return settings.multicastGroup?.value ?? (settings.family === 'ipv4' ? '224.0.0.18' : 'ff02::12');
  const peers = settings.unicastPeers.map((peer) => peer.address);
  if (to.contender.address !== 'unknown') return peers.find((peer) => peer === to.contender.address);
  // Nobody said which address the receiver has: a listed one that belongs to no other node may be its.
  const claimed = new Set(everybody.map((one) => one.contender.address));
  return peers.find((peer) => !claimed.has(peer));
};

/** The advert this contender would send, as far as a receiver looks at it. */
const advertOf = (from: Listener, dst: string): AdvertStream => {
  const configured = summarizeInstance(from.contender.settings);
  return {
    heardAt: from.contender.node,
    direction: 'out',
    interface: from.contender.interface,
    family: from.instance.family,
    src: from.contender.address,
    srcMac: 'unknown',
    dst,
    sender: from.contender.node,
    ttl: 255,
    version: from.contender.version,
    vrid: from.instance.vrid,
    priority: from.contender.basePriority,
    intervalMs: from.contender.advertIntervalMs,
    addresses: configured.vips.map((vip) => vip.replace(/\/\d+$/, '')),
    authType: authNumber[configured.auth.type],
    ...(configured.auth.fingerprint === undefined ? {} : { authFingerprint: configured.auth.fingerprint }),
    checksum: 'good',
    count: 1,
    firstAtNs: 0n,
    lastAtNs: 0n,
    quote: { node: from.contender.node, source: 'configuration', quote: 'advert as configured' },
  };
};

export const hearingOf = (from: Listener, to: Listener, everybody: readonly Listener[]): Hearing => {
  const dst = destinationFor(from, to, everybody);
  if (dst === undefined)
    return {
      kind: 'deaf',
      why: `${from.contender.node} does not list ${to.contender.node} as a unicast peer`,
    };
  const { settings } = to.contender;
  if (
    settings.mode === 'multicast' &&
    from.contender.settings.mode === 'multicast' &&
    (settings.multicastGroup?.value ?? dst) !== dst
  )
    return {
      kind: 'deaf',
      why: `${from.contender.node} and ${to.contender.node} use different multicast groups`,
    };
  if (
    settings.mode === 'unicast' &&
    settings.checkUnicastSource.value === 'on' &&
    from.contender.address !== 'unknown' &&
    !settings.unicastPeers.some((peer) => peer.address === from.contender.address)
  )
    return {
      kind: 'deaf',
      why: `${to.contender.node} checks its peers and does not list ${from.contender.node}`,
    };
  const judged = judgeAcceptance(advertOf(from, dst), {
    vrid: to.instance.vrid,
    configured: summarizeInstance(settings),
    toleratesVipMismatch: to.toleratesVipMismatch,
  });
  return judged.kind === 'accepts'
    ? { kind: 'hears' }
    : {
        kind: 'deaf',
        why: `${to.contender.node} refuses the adverts of ${from.contender.node}: ${judged.why}`,
      };
};
