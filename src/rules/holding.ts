// Who holds a VIP in a way that answers for it on the segment. Addresses on loopback-like interfaces belong to
// load balancing by direct routing and are silent when configured as they should be.
import type { AdvertStream, ClusterModel, VipHolding } from '../cluster/model.ts';
import { addressSet, bareAddress } from './members.ts';

export type Holder = VipHolding['holders'][number];

const silentInterface = /^(lo|dummy\d*|kube-ipvs0|nodelocaldns)$/;

export const answeringHolders = (holding: VipHolding): readonly Holder[] =>
  holding.holders.filter((holder) => !silentInterface.test(holder.interface));

/** Those that hold it for load balancing by direct routing and must not answer for it. */
export const quietHolders = (holding: VipHolding): readonly Holder[] =>
  holding.holders.filter((holder) => silentInterface.test(holder.interface));

export const holderNodes = (holding: VipHolding): readonly string[] => [
  ...new Set(answeringHolders(holding).map((holder) => holder.node)),
];

/** Adverts from senders that are none of the checked nodes and that claim this VIP. */
export const foreignClaims = (
  holding: VipHolding,
  adverts: ClusterModel['adverts'],
): readonly AdvertStream[] =>
  adverts.streams.filter(
    (stream) =>
      (stream.sender === 'foreign' || stream.sender === 'unidentified') &&
      stream.priority > 0 &&
      addressSet(stream.addresses).has(bareAddress(holding.vip)),
  );

/** How the segment was asked for an address, in words. */
export const probeFor = (vip: string): string => (vip.includes(':') ? 'neighbour solicitation' : 'ARP probe');

export const prefixLengthOf = (vips: readonly string[], vip: string): string => {
  const full = vips.find((candidate) => bareAddress(candidate) === bareAddress(vip));
  const prefix = full?.split('/')[1];
  return prefix ?? (vip.includes(':') ? '128' : '32');
};
