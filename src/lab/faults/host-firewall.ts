/** The host's own firewall eats adverts: on the way in (`host-firewall-input-drop`), on the way out (`egress-firewall-drop`). */
import { labError } from '../commands.ts';
import { writeUfwRules } from '../furnish.ts';
import { execOn, planOf } from '../lab.ts';
import { nodeRoot } from '../names.ts';
import { linkLocalOf, macOf } from '../network.ts';
import {
  nftOnNode,
  onNode,
  segmentInterfaceOf,
  untilDeafNodeIsMaster,
  untilOtherIsMaster,
} from './effects.ts';
import type { Fault, Place } from './fault.ts';

interface Variant {
  readonly inject: (place: Place) => Promise<unknown>;
  readonly heal: (place: Place) => Promise<unknown>;
}

type Family = 'inet' | 'ip' | 'netdev';

const isIpv6 = (place: Place): boolean => place.lab.topology.id === 'ipv6';

/** Family `ip` means the family the cluster's adverts are in. */
const nft = (family: Family, body: (place: Place) => string, name = 'guard'): Variant => {
  const table = (place: Place): string =>
    `table ${family === 'ip' && isIpv6(place) ? 'ip6' : family} ${name}`;
  return {
    inject: (place) => nftOnNode(place, `${table(place)} {\n${body(place)}\n}`),
    heal: (place) => nftOnNode(place, `${table(place)} {}\ndelete ${table(place)}`),
  };
};

const vrrp = (place: Place): string => (isIpv6(place) ? 'ip6 nexthdr vrrp' : 'ip protocol vrrp');

const chain = (name: string, hook: string, ...rules: readonly string[]): string =>
  [`chain ${name} {`, `type filter hook ${hook}`, ...rules, '}'].join('\n');

const programFor = (place: Place, program: 'iptables-legacy' | 'iptables-nft'): string =>
  isIpv6(place) ? program.replace('iptables', 'ip6tables') : program;

const iptables = (
  program: 'iptables-legacy' | 'iptables-nft',
  table: 'filter' | 'raw' | 'mangle',
  chainName: 'INPUT' | 'OUTPUT' | 'PREROUTING',
): Variant => {
  const rule = (place: Place, action: '-A' | '-D'): readonly string[] => [
    ...[programFor(place, program), '-w', '-t', table, action, chainName],
    ...['-p', '112', '-j', 'DROP'],
  ];
  return {
    inject: (place) => onNode(place, ...rule(place, '-A')),
    // -D of a rule that a killed break never added is fine.
    heal: (place) => execOn(place.lab, place.node, rule(place, '-D')),
  };
};

/**
 * A stateful firewall drops unicast adverts only until the node has spoken itself: its first advert as MASTER makes
 * the peers' adverts replies. For a fault that stays, replies are taken for TCP only.
 */
const isUnicast = (place: Place): boolean => place.lab.topology.id === 'unicast';

const iptablesPolicy: Variant = {
  inject: async (place) => {
    for (const rule of [
      ['-i', 'lo'],
      [...(isUnicast(place) ? ['-p', 'tcp'] : []), '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED'],
      ['-p', 'tcp', '--dport', '22'],
      ['-p', isIpv6(place) ? 'ipv6-icmp' : 'icmp'],
    ])
      await onNode(place, programFor(place, 'iptables-nft'), '-w', '-A', 'INPUT', ...rule, '-j', 'ACCEPT');
    await onNode(place, programFor(place, 'iptables-nft'), '-w', '-P', 'INPUT', 'DROP');
  },
  heal: async (place) => {
    await onNode(place, programFor(place, 'iptables-nft'), '-w', '-P', 'INPUT', 'ACCEPT');
    await onNode(place, programFor(place, 'iptables-nft'), '-w', '-F', 'INPUT');
  },
};

const managed: readonly string[] = ['firewalld', 'ufw'];

const unfit = (place: Place): string | null => {
  const own = planOf(place.lab, place.node).firewall;
  if (own !== 'none' && [...managed, 'iptables-policy'].includes(place.variant))
    return `${place.node} of this topology already runs ${own}: choose another variant`;
  if (isUnicast(place) && managed.includes(place.variant))
    return 'a stateful firewall lets unicast adverts in as replies: choose another variant';
  return null;
};

const firewalld: Variant = {
  inject: async (place) => {
    await onNode(place, 'systemctl', 'enable', '--now', '--quiet', 'firewalld');
  },
  heal: (place) => onNode(place, 'systemctl', 'disable', '--now', '--quiet', 'firewalld'),
};

const ufw: Variant = {
  inject: async (place) => {
    await writeUfwRules(nodeRoot(place.lab.names, place.node), 'without VRRP');
    await onNode(place, 'ufw', '--force', 'enable');
  },
  heal: async (place) => {
    await onNode(place, 'ufw', 'disable');
    // ufw leaves its empty chains behind until the next boot; a healed node is a clean one.
    for (const program of ['iptables-nft', 'ip6tables-nft']) {
      await onNode(place, program, '-w', '-F');
      await onNode(place, program, '-w', '-X');
    }
  },
};

/** Where the other nodes' adverts come from; over IPv6 from their link-local addresses. */
const peerSources = (place: Place): readonly string[] =>
  place.lab.topology.nodes.flatMap((plan, index) => {
    if (plan.name === place.node) return [];
    return [isIpv6(place) ? linkLocalOf(macOf('segment', index + 1)) : plan.segmentIp];
  });

const inputVariants: Readonly<Record<string, Variant>> = {
  'nft-inet': nft('inet', () =>
    chain('input', 'input priority filter; policy accept;', 'meta l4proto 112 counter drop'),
  ),
  'nft-ip': nft('ip', (place) =>
    chain('input', 'input priority filter; policy accept;', `${vrrp(place)} counter drop`),
  ),
  'nft-policy': nft('inet', (place) =>
    chain(
      'input',
      'input priority filter; policy drop;',
      isUnicast(place)
        ? 'meta l4proto tcp ct state established,related accept'
        : 'ct state established,related accept',
      'iif "lo" accept',
      'ip protocol icmp accept',
      'meta l4proto ipv6-icmp accept',
      'tcp dport 22 accept',
    ),
  ),
  'nft-netdev-ingress': nft('netdev', (place) =>
    chain(
      'ingress',
      `ingress device "${segmentInterfaceOf(place)}" priority filter; policy accept;`,
      'meta protocol ip ip protocol vrrp counter drop',
      'meta protocol ip6 ip6 nexthdr vrrp counter drop',
    ),
  ),
  'nft-set': nft('ip', (place) =>
    [
      'set strangers {',
      `type ${isIpv6(place) ? 'ipv6_addr' : 'ipv4_addr'}; flags interval;`,
      `elements = { ${peerSources(place).join(', ')} }`,
      '}',
      chain(
        'input',
        'input priority filter; policy accept;',
        `${isIpv6(place) ? 'ip6' : 'ip'} saddr @strangers counter drop`,
      ),
    ].join('\n'),
  ),
  'nft-jump': nft('inet', () =>
    [
      'chain routing_protocols {',
      'meta l4proto { 88, 89, 112 } counter drop',
      '}',
      chain(
        'input',
        'input priority filter; policy accept;',
        'tcp dport 22 accept',
        'meta l4proto != { tcp, udp, icmp, ipv6-icmp } jump routing_protocols',
      ),
    ].join('\n'),
  ),
  'nft-raw-prerouting': nft('ip', (place) =>
    chain('early', 'prerouting priority raw; policy accept;', `${vrrp(place)} counter drop`),
  ),
  'nft-mangle': nft('inet', () =>
    chain('mangle', 'prerouting priority mangle; policy accept;', 'meta l4proto 112 counter drop'),
  ),
  'nft-no-counter': nft('inet', () =>
    chain('input', 'input priority filter; policy accept;', 'meta l4proto 112 drop'),
  ),
  'iptables-legacy-filter': iptables('iptables-legacy', 'filter', 'INPUT'),
  'iptables-legacy-raw': iptables('iptables-legacy', 'raw', 'PREROUTING'),
  'iptables-legacy-mangle': iptables('iptables-legacy', 'mangle', 'PREROUTING'),
  'iptables-nft-filter': iptables('iptables-nft', 'filter', 'INPUT'),
  'iptables-nft-raw': iptables('iptables-nft', 'raw', 'PREROUTING'),
  'iptables-nft-mangle': iptables('iptables-nft', 'mangle', 'INPUT'),
  'iptables-policy': iptablesPolicy,
  firewalld,
  ufw,
};

const egressVariants: Readonly<Record<string, Variant>> = {
  'nft-output': nft(
    'inet',
    () => chain('output', 'output priority filter; policy accept;', 'meta l4proto 112 counter drop'),
    'guard_out',
  ),
  'nft-postrouting': nft(
    'ip',
    (place) => chain('leaving', 'postrouting priority mangle; policy accept;', `${vrrp(place)} counter drop`),
    'guard_out',
  ),
  'nft-netdev-egress': nft(
    'netdev',
    (place) =>
      chain(
        'egress',
        `egress device "${segmentInterfaceOf(place)}" priority filter; policy accept;`,
        'meta protocol ip ip protocol vrrp counter drop',
        'meta protocol ip6 ip6 nexthdr vrrp counter drop',
      ),
    'guard_out',
  ),
  'iptables-legacy': iptables('iptables-legacy', 'filter', 'OUTPUT'),
  'iptables-nft': iptables('iptables-nft', 'filter', 'OUTPUT'),
};

const variantOf = (variants: Readonly<Record<string, Variant>>, name: string): Variant => {
  const variant = variants[name];
  if (!variant) throw labError(`there is no variant ${name}`);
  return variant;
};

const namesOf = (variants: Readonly<Record<string, Variant>>): readonly [string, ...string[]] => {
  const [first = '', ...rest] = Object.keys(variants);
  return [first, ...rest];
};

export const hostFirewallInputDrop: Fault = {
  id: 'host-firewall-input-drop',
  describe: 'a firewall on the node drops incoming adverts: it hears nobody and makes itself MASTER',
  variants: namesOf(inputVariants),
  at: 'backup',
  unfit,
  inject: async (place) => {
    await variantOf(inputVariants, place.variant).inject(place);
    await untilDeafNodeIsMaster(place);
  },
  heal: async (place) => {
    await variantOf(inputVariants, place.variant).heal(place);
  },
};

export const egressFirewallDrop: Fault = {
  id: 'egress-firewall-drop',
  describe: 'a firewall on the master drops its own adverts: a backup makes itself MASTER',
  variants: namesOf(egressVariants),
  at: 'master',
  inject: async (place) => {
    await variantOf(egressVariants, place.variant).inject(place);
    await untilOtherIsMaster(place);
  },
  heal: async (place) => {
    await variantOf(egressVariants, place.variant).heal(place);
  },
};
