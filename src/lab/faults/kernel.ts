/** The receiver's kernel keeps adverts from keepalived, no firewall involved: lost membership, reverse-path filter. */
import { eventually } from '../commands.ts';
import { execOn, mustExecOn } from '../lab.ts';
import {
  ipOnNode,
  keepalivedOf,
  restartKeepalived,
  segmentInterfaceOf,
  sysctlOnNode,
  untilDeafNodeIsMaster,
} from './effects.ts';
import { type Fault, ipv4Topologies, multicastTopologies, type Place } from './fault.ts';
import { socketSurgery } from './socket-surgery.ts';

/** 224.0.0.18 as /proc/net/igmp prints it. */
const groupInProc = '120000E0';

const untilMembershipGone = (place: Place): Promise<true> =>
  eventually(
    async () => {
      const table = await execOn(place.lab, place.node, ['cat', '/proc/net/igmp']);
      return table.code === 0 && !table.stdout.includes(groupInProc) ? true : null;
    },
    { withinMs: 5000, hope: `${place.node} is no member of 224.0.0.18` },
  );

export const multicastMembershipLost: Fault = {
  id: 'multicast-membership-lost-after-link-bounce',
  describe: 'the kernel has forgotten keepalived’s membership of 224.0.0.18; keepalived does not know',
  variants: ['forgotten'],
  at: 'backup',
  topologies: multicastTopologies,
  inject: async (place) => {
    // keepalived 2.2.7 joins again when a link comes back or is made anew, so no link event leaves this state
    // behind. What older drivers and kernels did is done directly: the socket's membership is taken away.
    await socketSurgery((await keepalivedOf(place)).vrrp, 'leave-multicast-groups');
    await untilMembershipGone(place);
    await untilDeafNodeIsMaster(place);
  },
  heal: (place) => restartKeepalived(place.lab, place.node),
};

const peersOf = (place: Place): readonly string[] =>
  place.lab.topology.nodes.filter((plan) => plan.name !== place.node).map((plan) => plan.segmentIp);

export const rpFilterDrop: Fault = {
  id: 'rp-filter-drop',
  describe: 'strict rp_filter, and the route back to the peers leaves through another interface',
  variants: ['interface', 'all'],
  at: 'backup',
  topologies: ipv4Topologies,
  inject: async (place) => {
    const where = place.variant === 'all' ? 'all' : segmentInterfaceOf(place);
    // Strict needs both: the effective value is the larger one, and 2 is loose.
    if (where === 'all') await sysctlOnNode(place, `net.ipv4.conf.${segmentInterfaceOf(place)}.rp_filter=0`);
    await sysctlOnNode(place, `net.ipv4.conf.${where}.rp_filter=1`);
    for (const peer of peersOf(place)) await ipOnNode(place, 'route', 'replace', `${peer}/32`, 'dev', 'eth0');
    await untilDeafNodeIsMaster(place);
  },
  heal: async (place) => {
    for (const peer of peersOf(place))
      await execOn(place.lab, place.node, ['ip', 'route', 'del', `${peer}/32`, 'dev', 'eth0']);
    await sysctlOnNode(
      place,
      'net.ipv4.conf.all.rp_filter=0',
      `net.ipv4.conf.${segmentInterfaceOf(place)}.rp_filter=2`,
    );
    await mustExecOn(place.lab, place.node, ['ip', 'route', 'flush', 'cache']);
  },
};
