/** Unicast peers that do not fit together. */

import { changeInstances } from '../keepalived-conf.ts';
import { execOn } from '../lab.ts';
import {
  ipOnNode,
  restartKeepalived,
  segmentInterfaceOf,
  untilDeafNodeIsMaster,
  untilParted,
} from './effects.ts';
import { type Fault, ipv4Topologies, nothing, type Place } from './fault.ts';

export const unicastMulticastModeMismatch: Fault = {
  id: 'unicast-multicast-mode-mismatch',
  describe: 'the node sends unicast where its peers send multicast, or the other way round',
  variants: ['other-mode'],
  at: 'backup',
  topologies: ipv4Topologies,
  conf: (conf, { role, plan, target }) =>
    role === 'other'
      ? conf
      : changeInstances(conf, (instance) => ({
          ...instance,
          unicast:
            instance.unicast === null
              ? {
                  sourceIp: target.segmentIp,
                  peers: ['10.77.0.11', '10.77.0.12', '10.77.0.13'].filter((ip) => ip !== plan.segmentIp),
                }
              : null,
        })),
  inject: untilParted,
  heal: nothing,
};

export const unicastPeerAsymmetric: Fault = {
  id: 'unicast-peer-asymmetric',
  describe: 'the other nodes do not list this one as a unicast peer, while it lists them',
  variants: ['forgotten-by-all', 'forgotten-by-first'],
  at: 'backup',
  topologies: ['unicast'],
  conf: (conf, { role, plan, target, variant }) =>
    role === 'target' || (variant === 'forgotten-by-first' && plan.name !== 'n1')
      ? conf
      : changeInstances(conf, (instance) =>
          instance.unicast === null
            ? instance
            : {
                ...instance,
                unicast: {
                  ...instance.unicast,
                  peers: instance.unicast.peers.filter((ip) => ip !== target.segmentIp),
                },
              },
        ),
  inject: untilDeafNodeIsMaster,
  heal: nothing,
};

/** A second address of the node on the segment, which no peer lists. */
const otherAddress = '10.77.0.61';

export const unicastWrongSourceAddress: Fault = {
  id: 'unicast-wrong-source-address',
  describe: 'the node speaks and listens on an address its peers do not list',
  variants: ['second-address'],
  at: 'backup',
  topologies: ['unicast'],
  conf: (conf, { role }) =>
    role === 'other'
      ? conf
      : changeInstances(conf, (instance) =>
          instance.unicast === null
            ? instance
            : { ...instance, unicast: { ...instance.unicast, sourceIp: otherAddress } },
        ),
  inject: async (place) => {
    await ipOnNode(place, 'addr', 'replace', `${otherAddress}/24`, 'dev', segmentInterfaceOf(place));
    // The address came after the configuration that names it.
    await restartKeepalived(place.lab, place.node);
    await untilDeafNodeIsMaster(place);
  },
  heal: async (place: Place) => {
    await execOn(place.lab, place.node, [
      'ip',
      'addr',
      'del',
      `${otherAddress}/24`,
      'dev',
      segmentInterfaceOf(place),
    ]);
  },
};
