/**
 * Names that nft and iptables print instead of numbers (protocols, ether types, DSCP classes, packet types …).
 * Knows the numbers; does not know where they are compared. Sources: IANA registries, linux/if_packet.h,
 * linux/rtnetlink.h, linux/netfilter/nf_conntrack_common.h.
 */

const protocols: Readonly<Record<string, number>> = {
  ip: 0,
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ggp: 3,
  ipencap: 4,
  ipip: 4,
  ipv4: 4,
  st: 5,
  tcp: 6,
  egp: 8,
  igp: 9,
  pup: 12,
  udp: 17,
  hmp: 20,
  'xns-idp': 22,
  rdp: 27,
  'iso-tp4': 29,
  dccp: 33,
  xtp: 36,
  ddp: 37,
  'idpr-cmtp': 38,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  idrp: 45,
  rsvp: 46,
  gre: 47,
  esp: 50,
  'ipv6-crypt': 50,
  ah: 51,
  'ipv6-auth': 51,
  skip: 57,
  'ipv6-icmp': 58,
  icmpv6: 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  rspf: 73,
  vmtp: 81,
  eigrp: 88,
  ospf: 89,
  ospfigp: 89,
  'ax.25': 93,
  etherip: 97,
  encap: 98,
  pim: 103,
  ipcomp: 108,
  comp: 108,
  vrrp: 112,
  carp: 112,
  l2tp: 115,
  isis: 124,
  sctp: 132,
  fc: 133,
  'mobility-header': 135,
  mh: 135,
  udplite: 136,
  'mpls-in-ip': 137,
  manet: 138,
  hip: 139,
  shim6: 140,
  wesp: 141,
  rohc: 142,
  ethernet: 143,
};

const etherTypes: Readonly<Record<string, number>> = {
  ip: 0x0800,
  ip6: 0x86dd,
  arp: 0x0806,
  vlan: 0x8100,
  '8021q': 0x8100,
  '8021ad': 0x88a8,
};

const packetTypes: Readonly<Record<string, number>> = {
  host: 0,
  unicast: 0,
  broadcast: 1,
  multicast: 2,
  other: 3,
  otherhost: 3,
  outgoing: 4,
  loopback: 5,
};

const dscpClasses: Readonly<Record<string, number>> = {
  cs0: 0,
  cs1: 8,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  be: 0,
  lephb: 1,
  ef: 46,
  va: 44,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
};

const addressTypes: Readonly<Record<string, number>> = {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
};

const connectionStates: Readonly<Record<string, number>> = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
};

const connectionStatuses: Readonly<Record<string, number>> = {
  expected: 1,
  'seen-reply': 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
};

const linkTypes: Readonly<Record<string, number>> = {
  ether: 1,
  ppp: 512,
  ipip: 768,
  ipip6: 769,
  loopback: 772,
  sit: 776,
  ipgre: 778,
};

/** What kind of thing a value is: decides which words are readable on the other side of a comparison. */
export type Datatype =
  | 'number'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'protocol'
  | 'ethertype'
  | 'pkttype'
  | 'dscp'
  | 'addrtype'
  | 'ctstate'
  | 'ctstatus'
  | 'ctdir'
  | 'nfproto'
  | 'linktype'
  | 'route-exists'
  | 'owner'
  | 'group';

const nfproto: Readonly<Record<string, number>> = { ipv4: 2, ipv6: 10 };
const directions: Readonly<Record<string, number>> = { original: 0, reply: 1 };
const owners: Readonly<Record<string, number>> = { root: 0 };
const groups: Readonly<Record<string, number>> = { default: 0 };
const routeExists: Readonly<Record<string, number>> = { missing: 0, exists: 1 };

const tables: Readonly<Partial<Record<Datatype, Readonly<Record<string, number>>>>> = {
  protocol: protocols,
  ethertype: etherTypes,
  pkttype: packetTypes,
  dscp: dscpClasses,
  addrtype: addressTypes,
  ctstate: connectionStates,
  ctstatus: connectionStatuses,
  ctdir: directions,
  nfproto,
  linktype: linkTypes,
  owner: owners,
  group: groups,
  'route-exists': routeExists,
};

/** The number a word stands for, or undefined when nobody taught it to us. */
export function readWord(type: Datatype, word: string): number | undefined {
  const table = tables[type];
  const lower = word.toLowerCase();
  return table !== undefined && Object.hasOwn(table, lower) ? table[lower] : undefined;
}

/** A protocol by name or number (`vrrp`, `112`, `0x70`, `all`); `all` and 0 mean every protocol. */
export function readProtocol(word: string): number | undefined {
  if (word.toLowerCase() === 'all') return 0;
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(word)) return Number(word);
  return readWord('protocol', word);
}
