// Who holds each VIP: by the nodes' own addresses, and by who answers for it on the wire (ARP, neighbour discovery).
import type { Bundle } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import type { AddressTable, AddressTables } from '../probes/addresses.ts';
import type { Group, Instance, VipHolding } from './model.ts';

export interface NodeAddresses {
  readonly node: string;
  readonly addresses: Reading<AddressTables>;
}

const withoutPrefix = (address: string): string => address.replace(/\/\d+$/, '');

/** The later of the two readings: what the node held when the window closed. */
export const latestTable = (tables: AddressTables): AddressTable =>
  tables.after === 'not-asked' ? tables.before : tables.after;

const has = (table: AddressTable, vip: string): boolean =>
  table.addresses.some((held) => held.address === vip);

const gave = (tables: Reading<AddressTables>, vip: string): boolean =>
  tables.kind === 'known' && has(tables.value.before, vip) && !has(latestTable(tables.value), vip);

const answersFor = (
  vip: string,
  bundle: Bundle,
  ownerOfMac: (mac: string) => string | undefined,
): VipHolding['arp'] => {
  if (bundle.observer.kind === 'none') return unknown(`nobody could ask the wire: ${bundle.observer.reason}`);
  const probe = bundle.observer.arp.find((one) => one.address === vip);
  if (probe === undefined) return unknown('the observer did not ask for it');
  if (probe.sent === 0) return unknown('the observer could not send its probes');
  const { where } = bundle.observer;
  const macs = [...new Set(probe.replies.map((reply) => reply.mac))];
  return known(
    macs.map((mac) => {
      const count = probe.replies.filter((reply) => reply.mac === mac).length;
      return {
        mac,
        owner: ownerOfMac(mac) ?? 'foreign',
        quote: {
          node: 'observer',
          source: `${vip.includes(':') ? 'neighbour solicitation' : 'ARP probe'} for ${vip} from ${where}`,
          quote: `${vip} is-at ${mac} (${count} of ${probe.sent} probes answered)`,
        },
      };
    }),
  );
};

export const findHolders = (input: {
  readonly groups: readonly Group[];
  readonly instances: readonly Instance[];
  readonly nodes: readonly NodeAddresses[];
  readonly bundle: Bundle;
  readonly ownerOfMac: (mac: string) => string | undefined;
}): readonly VipHolding[] => {
  const holdings: VipHolding[] = [];
  for (const group of input.groups) {
    const members = input.instances.filter((instance) => instance.group === group.id);
    const nodes = input.nodes.filter((one) => members.some((member) => member.node === one.node));
    const vips = new Set(
      members.flatMap((member) =>
        member.configured.kind === 'known'
          ? [...member.configured.value.vips, ...member.configured.value.excludedVips].map(withoutPrefix)
          : [],
      ),
    );
    for (const vip of vips) {
      const gaveUp = nodes.flatMap((one) => (gave(one.addresses, vip) ? [one.node] : []));
      holdings.push({
        group: group.id,
        vrid: group.vrid,
        vip,
        holders: nodes.flatMap((one) => {
          if (one.addresses.kind === 'unknown') return [];
          const table = latestTable(one.addresses.value);
          return table.addresses
            .filter((held) => held.address === vip)
            .map((held) => ({
              node: one.node,
              interface: held.interface,
              quote: {
                node: one.node,
                source: 'ip addr',
                quote: `${held.address}/${held.prefixLength} on ${held.interface}`,
              },
            }));
        }),
        unread: nodes.filter((one) => one.addresses.kind === 'unknown').map((one) => one.node),
        arp: answersFor(vip, input.bundle, input.ownerOfMac),
        ...(gaveUp.length === 0 ? {} : { gaveUp }),
      });
    }
  }
  return holdings;
};
