/** The nodes' configurations disagree: one value of keepalived.conf on one node is not what the others have. */
import { changeInstances, type InstanceConf, type NodeConf } from '../keepalived-conf.ts';
import { untilParted } from './effects.ts';
import { type ConfPlace, type Fault, ipv4Topologies, nothing, v2Topologies } from './fault.ts';

type Change = (instance: InstanceConf, place: ConfPlace) => InstanceConf;

const onTarget =
  (change: Change) =>
  (conf: NodeConf, place: ConfPlace): NodeConf =>
    place.role === 'target' ? changeInstances(conf, (instance) => change(instance, place)) : conf;

const onAll =
  (change: Change) =>
  (conf: NodeConf, place: ConfPlace): NodeConf =>
    changeInstances(conf, (instance) => change(instance, place));

export const vridMismatch: Fault = {
  id: 'vrid-mismatch-between-peers',
  describe: 'the node has another virtual_router_id than its peers for the same VIP',
  variants: ['next-number'],
  at: 'backup',
  conf: onTarget((instance) => ({ ...instance, vrid: instance.vrid + 50 })),
  inject: untilParted,
  heal: nothing,
};

export const authPasswordMismatch: Fault = {
  id: 'auth-password-mismatch',
  describe: 'all nodes use PASS, one with another password',
  variants: ['other-password'],
  at: 'backup',
  topologies: v2Topologies,
  conf: onAll((instance, { role }) => ({
    ...instance,
    auth: { type: 'PASS', pass: role === 'target' ? 'br4v0key' : 'alph4key' },
  })),
  inject: untilParted,
  heal: nothing,
};

const authOf = (place: ConfPlace): InstanceConf['auth'] => {
  const [others, target] = place.variant.split('-vs-');
  const type = place.role === 'target' ? target : others;
  if (type === 'pass') return { type: 'PASS', pass: 'l4bs3crt' };
  if (type === 'ah') return { type: 'AH', pass: 'l4bs3crt' };
  return null;
};

export const authTypeMismatch: Fault = {
  id: 'auth-type-mismatch',
  describe: 'the node authenticates in another way than its peers (named first)',
  variants: ['none-vs-pass', 'pass-vs-none', 'pass-vs-ah', 'ah-vs-none'],
  at: 'backup',
  topologies: v2Topologies,
  conf: onAll((instance, place) => ({ ...instance, auth: authOf(place) })),
  inject: untilParted,
  heal: nothing,
};

export const advertIntervalMismatchV2: Fault = {
  id: 'advert-interval-mismatch-v2',
  describe: 'VRRPv2, and the node has another advert_int: each refuses the other’s adverts',
  variants: ['two-seconds'],
  at: 'backup',
  topologies: v2Topologies,
  conf: onTarget((instance) => ({ ...instance, advertIntervalMs: 2000 })),
  inject: untilParted,
  heal: nothing,
};

export const advertIntervalMismatchV3: Fault = {
  id: 'advert-interval-mismatch-v3',
  describe: 'VRRPv3, and the node has another advert_int: legal, and failover times depend on who is MASTER',
  variants: ['slower'],
  at: 'backup',
  topologies: ['three-v3', 'ipv6'],
  conf: onTarget((instance) => ({ ...instance, advertIntervalMs: instance.advertIntervalMs * 3 })),
  inject: nothing,
  heal: nothing,
};

export const vrrpVersionMismatch: Fault = {
  id: 'vrrp-version-mismatch',
  describe: 'the node speaks another VRRP version than its peers',
  variants: ['other-version'],
  at: 'backup',
  topologies: ipv4Topologies,
  conf: onTarget((instance) => ({
    ...instance,
    version: instance.version === 2 ? 3 : 2,
    auth: null,
    // Version 2 knows whole seconds only.
    advertIntervalMs: Math.max(instance.advertIntervalMs, 1000),
  })),
  inject: untilParted,
  heal: nothing,
};

const otherVips = (vips: readonly string[], variant: string): readonly string[] => {
  const [first = ''] = vips;
  // The address alone: a label may hold a colon too.
  const another = (first.split(' ')[0] ?? '').includes(':') ? 'fd77::99/64' : '10.77.0.99';
  if (variant === 'extra') return [...vips, another];
  return first.startsWith('fe80') ? [first, another] : [another];
};

export const vipListMismatch: Fault = {
  id: 'vip-list-mismatch',
  describe: 'the node’s virtual_ipaddress differs from its peers’: adverts are refused before 2.3.3',
  variants: ['extra', 'different'],
  at: 'backup',
  conf: onTarget((instance, place) => ({ ...instance, vips: otherVips(instance.vips, place.variant) })),
  // With a different VIP the node is MASTER of an address of its own: nobody shares the first one.
  inject: async (place) => (place.variant === 'extra' ? untilParted(place) : undefined),
  heal: nothing,
};
