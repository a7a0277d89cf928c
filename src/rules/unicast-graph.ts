// Who lists whom as a unicast peer, and with which address. An edge that is missing and an edge that leads to
// another address of the right node are different faults.
import type { Group, Instance } from '../cluster/model.ts';
import { addressSet, bareAddress, type Facets, hostOf, membersOf } from './members.ts';

export interface PeerEdge {
  readonly group: Group;
  readonly from: Instance;
  readonly to: Instance;
  /** Source address of `to`'s adverts. */
  readonly source: string;
  /** `listed`, `absent`, or the other address of `to` that `from` has in its list. */
  readonly entry: 'listed' | 'absent' | { readonly otherAddress: string };
}

/** Addresses that are the node's own: on its interfaces, but not the VIPs it may hold for the moment. */
export const ownAddresses = (instance: Instance, facets: Facets<'hosts'>): ReadonlySet<string> => {
  const links = hostOf(facets.hosts, instance.node)?.links;
  const vips =
    instance.configured.kind === 'known' ? addressSet(instance.configured.value.vips) : new Set<string>();
  return links?.kind === 'known'
    ? new Set(
        [...addressSet(links.value.flatMap((link) => link.addresses))].filter(
          (address) => !vips.has(address),
        ),
      )
    : new Set();
};

const isUnicast = (instance: Instance): boolean =>
  instance.configured.kind === 'known' && instance.configured.value.mode === 'unicast';

export const peerEdges = (facets: Facets<'groups' | 'instances' | 'hosts'>): readonly PeerEdge[] =>
  facets.groups.flatMap((group) => {
    const members = membersOf(group, facets.instances).filter(isUnicast);
    return members.flatMap((from) =>
      members.flatMap((to): readonly PeerEdge[] => {
        if (
          from.node === to.node ||
          from.configured.kind === 'unknown' ||
          to.sourceAddress.kind === 'unknown'
        )
          return [];
        const peers = from.configured.value.unicastPeers;
        const source = bareAddress(to.sourceAddress.value);
        const listed = addressSet(peers);
        if (listed.has(source)) return [{ group, from, to, source, entry: 'listed' }];
        const owned = ownAddresses(to, facets);
        const otherAddress = peers.find((peer) => owned.has(bareAddress(peer)));
        return [{ group, from, to, source, entry: otherAddress === undefined ? 'absent' : { otherAddress } }];
      }),
    );
  });
