/** The network between the nodes loses adverts: rules and flags in the switch namespace, where no node can see them. */
import { mustRun } from '../commands.ts';
import type { Lab } from '../lab.ts';
import { segmentPort } from '../network.ts';
import {
  nftInSwitch,
  nftOnNode,
  untilDeafNodeIsMaster,
  untilOtherIsMaster,
  untilTwoMasters,
} from './effects.ts';
import { type Fault, multicastTopologies, type Place } from './fault.ts';

const removeTable = (lab: Lab, table: string): Promise<string> =>
  nftInSwitch(lab, `table bridge ${table} {}\ndelete table bridge ${table}`);

const forwardRule = (lab: Lab, table: string, rule: string): Promise<string> =>
  nftInSwitch(
    lab,
    `table bridge ${table} {\nchain forward {\ntype filter hook forward priority filter; policy accept;\n${rule}\n}\n}`,
  );

const setMulticastFlood = async (lab: Lab, flood: 'on' | 'off'): Promise<void> => {
  for (const plan of lab.topology.nodes)
    await mustRun([
      ...['ip', '-n', lab.names.switchNs, 'link', 'set', 'dev', segmentPort(plan.name)],
      ...['type', 'bridge_slave', 'mcast_flood', flood],
    ]);
};

export const multicastBlockedByFabric: Fault = {
  id: 'multicast-blocked-by-fabric',
  describe: 'the switch forwards no multicast between the nodes: all of them become MASTER',
  variants: ['everywhere', 'towards-nodes', 'group-only'],
  at: 'backup',
  topologies: multicastTopologies,
  inject: async (place) => {
    if (place.variant === 'everywhere')
      await forwardRule(place.lab, 'no_multicast', 'ip daddr 224.0.0.0/4 drop');
    // The observer's port keeps the flood: it hears every advert that no node gets.
    if (place.variant === 'towards-nodes') await setMulticastFlood(place.lab, 'off');
    if (place.variant === 'group-only')
      await forwardRule(place.lab, 'no_multicast', 'ip daddr 224.0.0.18 drop');
    await untilTwoMasters(place);
  },
  heal: async ({ lab, variant }) => {
    if (variant === 'towards-nodes') await setMulticastFlood(lab, 'on');
    else await removeTable(lab, 'no_multicast');
  },
};

/** How long a report keeps a port in the group. A real switch forgets after 260 s (RFC 3376 8.4). */
const agedAfterSeconds = 20;

const snoopingTable = (floodedPorts: readonly string[]): string => `table bridge snooping {
  set members {
    type ifname
    flags dynamic,timeout
  }
  chain learn {
    type filter hook prerouting priority filter; policy accept;
    ip protocol igmp ip daddr 224.0.0.22 update @members { iifname timeout ${agedAfterSeconds}s }
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ${floodedPorts.length > 0 ? `oifname { ${floodedPorts.map((port) => `"${port}"`).join(', ')} } accept` : ''}
    ip daddr 224.0.0.18 oifname @members accept
    ip daddr 224.0.0.18 drop
  }
}`;

export const igmpSnoopingAgeing: Fault = {
  id: 'igmp-snooping-ageing',
  describe: `a snooping switch without a querier: adverts reach only ports that reported within the last ${agedAfterSeconds} s`,
  variants: ['aged', 'aged-for-observer-too'],
  at: 'backup',
  topologies: multicastTopologies,
  inject: async (place) => {
    // The switch starts with all members forgotten: a restart of keepalived reports anew and seems to cure it.
    await nftInSwitch(place.lab, snoopingTable(place.variant === 'aged' ? [segmentPort('obs')] : []));
    await untilTwoMasters(place);
  },
  heal: async ({ lab }) => {
    await removeTable(lab, 'snooping');
  },
};

const oneWayRule = (place: Place, from: string): string => {
  const to = `oifname "${segmentPort(place.node)}"`;
  if (place.variant === 'one-pair') return `iifname "${segmentPort(from)}" ${to} meta l4proto 112 drop`;
  if (place.variant === 'towards-node') return `${to} meta l4proto 112 drop`;
  return `iifname "${segmentPort(place.node)}" meta l4proto 112 drop`;
};

export const oneWayReachability: Fault = {
  id: 'one-way-reachability',
  describe: 'the network carries adverts in one direction only',
  variants: ['one-pair', 'towards-node', 'from-node'],
  at: 'backup',
  inject: async (place) => {
    const first = place.lab.topology.nodes[0]?.name ?? '';
    const from = place.masterBefore === place.node ? first : (place.masterBefore ?? first);
    await forwardRule(place.lab, 'one_way', oneWayRule(place, from));
    await (place.variant === 'from-node' ? untilOtherIsMaster(place) : untilDeafNodeIsMaster(place));
  },
  heal: async ({ lab }) => {
    await removeTable(lab, 'one_way');
  },
};

const ttlTable = 'table ip ttl_change';

export const ttlNot255: Fault = {
  id: 'ttl-not-255',
  describe: 'something lowers the TTL of the master’s adverts: the others refuse them',
  variants: ['sender-mangle', 'fabric'],
  at: 'master',
  topologies: multicastTopologies,
  inject: async (place) => {
    if (place.variant === 'fabric')
      await nftInSwitch(
        place.lab,
        `table bridge ttl_change {\nchain forward {\ntype filter hook forward priority filter; policy accept;\niifname "${segmentPort(place.node)}" ip protocol vrrp ip ttl set 64\n}\n}`,
      );
    else
      await nftOnNode(
        place,
        `${ttlTable} {\nchain leaving {\ntype filter hook postrouting priority mangle; policy accept;\nip protocol vrrp ip ttl set 64\n}\n}`,
      );
    await untilOtherIsMaster(place);
  },
  heal: async (place) => {
    if (place.variant === 'fabric') await removeTable(place.lab, 'ttl_change');
    else await nftOnNode(place, `${ttlTable} {}\ndelete ${ttlTable}`);
  },
};
