/**
 * Firewalls to compare with the real kernel: a name and the shell commands that set each up. They say nothing about
 * what should happen; the kernel does.
 */
export interface Variant {
  readonly name: string;
  /** `plain`: the address is on eth0. `bridge`: eth0 is a port of br0, which has the address. */
  readonly topology: 'plain' | 'bridge';
  readonly setup: string;
}

const nftRules = (chain: string, ...rules: readonly string[]): string =>
  `nft -f - <<'EOF'\n${spread(chain).replace('RULES', rules.join('\n  '))}\nEOF`;
const input = 'table inet fw { chain in { type filter hook input priority 0; policy accept;\n  RULES\n} }';
const output = 'table inet fw { chain out { type filter hook output priority 0; policy accept;\n  RULES\n} }';
const bothWays =
  'table inet fw { chain in { type filter hook input priority 0; policy accept; jump x; }\nchain out { type filter hook output priority 0; policy accept; jump x; }\nchain x {\n  RULES\n} }';

/** nft before 1.1 wants a line end after a closing brace of a chain or table. */
const spread = (text: string): string =>
  text.replace(/\}\s*(?=chain |table |set |map |\})/g, '}\n').replace(/\}$/, '}\n');
const nft = (name: string, script: string, topology: Variant['topology'] = 'plain'): Variant => ({
  name: `nft: ${name}`,
  topology,
  setup: script,
});
const rule = (text: string): Variant => nft(text, nftRules(bothWays, text));
const file = (name: string, text: string, topology: Variant['topology'] = 'plain'): Variant =>
  nft(name, `nft -f - <<'EOF'\n${spread(text)}\nEOF`, topology);

const singleRules: readonly string[] = [
  'ip protocol 112 counter drop',
  'ip protocol vrrp counter reject',
  'meta l4proto 112 counter drop',
  'meta l4proto { tcp, udp, 112 } counter drop',
  'meta l4proto != { tcp, udp, icmp } counter drop',
  'ip protocol 100-120 counter drop',
  'ip protocol > 111 counter drop',
  'ip daddr 224.0.0.18 counter drop',
  'ip daddr 224.0.0.0/4 counter drop',
  'ip daddr != 224.0.0.0/4 counter drop',
  'ip daddr & 240.0.0.0 == 224.0.0.0 counter drop',
  'ip saddr 10.99.1.2 counter drop',
  'ip saddr { 10.99.1.2, 10.99.1.1 } counter drop',
  'ip saddr != { 10.99.1.0/24 } counter drop',
  'ip saddr 10.99.1.0-10.99.1.9 ip protocol 112 counter drop',
  'ip ttl 255 counter drop',
  'ip ttl < 255 counter drop',
  'ip ttl != 255 counter drop',
  'ip dscp cs6 counter drop',
  'ip dscp != cs6 counter drop',
  'ip length 40 counter drop',
  'ip length > 40 counter drop',
  'ip version 4 ip hdrlength 5 counter drop',
  'ip frag-off & 0x1fff != 0 counter drop',
  '@nh,72,8 112 counter drop',
  '@nh,64,16 0xff70 counter drop',
  '@th,8,8 51 counter drop',
  '@th,8,8 52 counter drop',
  '@th,0,16 & 0x00ff == 51 counter drop',
  '@ll,0,48 0x01005e000012 counter drop',
  'meta pkttype multicast counter drop',
  'meta pkttype { broadcast, multicast } counter drop',
  'meta pkttype != host counter drop',
  'meta pkttype host counter drop',
  'meta length 40 counter drop',
  'meta length > 100 counter drop',
  'meta protocol ip counter drop',
  'meta nfproto ipv6 counter drop',
  'iifname "eth0" counter drop',
  'oifname "eth0" counter drop',
  'iifname != "lo" counter drop',
  'oifname != "lo" counter drop',
  'iifname "et*" counter drop',
  'iifname { "lo", "eth0" } meta l4proto 112 counter drop',
  'oifname { "lo", "dummy*" } counter accept',
  'iif "lo" counter accept',
  'iiftype ether counter drop',
  'ether saddr 02:00:00:00:01:02 counter drop',
  'ether saddr != 02:00:00:00:01:02 counter drop',
  'ether daddr 01:00:5e:00:00:12 counter drop',
  'ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 counter drop',
  'ct state established,related counter drop',
  'ct state new counter drop',
  'ct state invalid counter drop',
  'ct state != established counter drop',
  'ct state { new, untracked } counter drop',
  'ct state vmap { established : accept, new : drop }',
  'ct direction original counter drop',
  'ct status dnat counter drop',
  'ct original ip saddr 10.99.1.2 counter drop',
  'fib daddr type multicast counter drop',
  'fib daddr type { local, multicast } counter drop',
  'fib saddr type local counter drop',
  'tcp dport 22 counter drop',
  'udp dport != 53 counter drop',
  'th dport 0-65535 meta l4proto tcp counter drop',
  'icmpv6 type nd-neighbor-solicit counter drop',
  'exthdr frag exists counter drop',
  'ip option ra exists counter drop',
  'meta mark 0 counter drop',
  'meta mark set 0x5 meta mark & 0x4 == 0x4 counter drop',
  'meta mark set 0x5 meta mark != 0x5 counter drop',
  'meta skuid 0 counter drop',
  'meta skuid != 0 counter drop',
  'ip protocol vmap { tcp : accept, vrrp : drop }',
  'ip saddr . meta l4proto vmap { 10.99.1.2 . 112 : drop, 10.99.1.1 . 112 : drop }',
  'ip saddr . ip daddr . meta l4proto { 10.99.1.2 . 224.0.0.18 . 112 } counter drop',
  'ip saddr . ip daddr { 10.99.1.0/24 . 224.0.0.0/24 } counter drop',
  'ip protocol 112 return',
  'ip6 nexthdr 112 counter drop',
  'ip6 hoplimit 255 counter drop',
  'ip6 saddr fe80::/10 counter drop',
  'ip6 daddr ff02::12 counter drop',
  'ip protocol 112 log prefix "vrrp " counter drop',
  'ip protocol 112 limit rate 1/hour burst 1 packets counter drop',
  'ip protocol 112 ip ttl set 1',
];

const sets =
  'set four { type ipv4_addr; flags interval; elements = { 10.99.1.0/30, 192.0.2.1 } }\nset names { type ifname; elements = { eth0, lo } }\nset tuple { type inet_proto . ipv4_addr; flags interval; elements = { 100-120 . 224.0.0.0/24 } }\nset dyn { type ipv4_addr; flags dynamic; size 100; }\nmap verdicts { type inet_proto : verdict; elements = { vrrp : drop, ah : drop } }\nmap jumps { type ifname : verdict; elements = { "eth0" : jump y } }\nmap marks { type ipv4_addr : mark; flags interval; elements = { 10.99.1.0/24 : 0x7 } }\ncounter named { }';
const withSets = (text: string): Variant =>
  file(
    `named sets: ${text}`,
    `table inet fw { ${sets}\nchain y { meta l4proto 112 counter drop; }\nchain in { type filter hook input priority 0; policy accept; jump x; }\nchain out { type filter hook output priority 0; policy accept; jump x; }\nchain x {\n  ${text}\n} }`,
  );

const hooked: readonly Variant[] = [
  file(
    'input policy drop',
    'table inet fw { chain in { type filter hook input priority 0; policy drop; iifname "lo" accept; tcp dport 22 accept; } }',
  ),
  file(
    'output policy drop',
    'table ip fw { chain out { type filter hook output priority 0; policy drop; oifname "lo" accept; } }',
  ),
  file(
    'input policy drop with accept',
    'table ip fw { chain in { type filter hook input priority 0; policy drop; ip protocol 112 counter accept; } }',
  ),
  file(
    'accept first, later base chain drops',
    'table ip a { chain in { type filter hook input priority -10; ip protocol 112 counter accept; } }\ntable inet b { chain in { type filter hook input priority 10; ip protocol 112 counter drop; } }',
  ),
  file(
    'drop in a later priority of postrouting',
    'table ip a { chain p { type filter hook postrouting priority 300; ip protocol 112 counter drop; } }',
  ),
  file(
    'prerouting raw',
    'table ip r { chain p { type filter hook prerouting priority raw; ip daddr 224.0.0.18 counter drop; } }',
  ),
  file(
    'prerouting mangle',
    'table inet r { chain p { type filter hook prerouting priority mangle; policy drop; ip protocol != 112 accept; } }',
  ),
  file(
    'prerouting raw, ct state before conntrack',
    'table ip r { chain p { type filter hook prerouting priority raw; ct state invalid counter drop; } chain o { type filter hook output priority raw; ct state new counter drop; } }',
  ),
  file(
    'notrack then state',
    'table ip r { chain p { type filter hook prerouting priority raw; ip protocol 112 notrack; } chain o { type filter hook output priority raw; ip protocol 112 notrack; } chain i { type filter hook input priority 0; ct state untracked counter drop; } chain oo { type filter hook output priority 0; ct state new counter drop; } }',
  ),
  file(
    'route output chain',
    'table ip r { chain o { type route hook output priority mangle; ip protocol 112 counter drop; } }',
  ),
  file(
    'nat prerouting drop',
    'table ip n { chain p { type nat hook prerouting priority dstnat; ip protocol 112 counter drop; } chain o { type nat hook output priority -100; ip protocol 112 counter drop; } }',
  ),
  file(
    'nat prerouting drop with conntrack on',
    'table ip n { chain f { type filter hook forward priority 0; ct state new accept; } chain p { type nat hook prerouting priority dstnat; ip protocol 112 counter drop; } chain o { type nat hook output priority -100; ip protocol 112 counter drop; } }',
  ),
  file(
    'masquerade',
    'table ip n { chain p { type nat hook postrouting priority srcnat; oifname "eth0" counter masquerade; } }',
  ),
  file(
    'netdev ingress',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority 0; ip protocol 112 counter drop; } }',
  ),
  file(
    'netdev ingress policy',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority 0; policy drop; ip protocol tcp accept; } }',
  ),
  file(
    'netdev ingress ether',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority -500; ether daddr 01:00:5e:00:00:12 counter drop; } }',
  ),
  file(
    'netdev ingress set',
    'table netdev d { set bad { type ipv4_addr; elements = { 10.99.1.2 } } chain i { type filter hook ingress device "eth0" priority 0; ip saddr @bad counter drop; } }',
  ),
  file(
    'netdev ingress other device',
    'table netdev d { chain i { type filter hook ingress device "lo" priority 0; ip protocol 112 counter drop; } }',
  ),
  file(
    'netdev ingress pkttype',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority 0; meta pkttype multicast counter drop; } }',
  ),
  file(
    'netdev ingress length',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority 0; meta length 40 counter drop; } }',
  ),
  file(
    'netdev ingress ct',
    'table inet d { chain i { type filter hook ingress device "eth0" priority 0; ct state invalid counter drop; } chain force { type filter hook input priority 0; ct state new counter; } }',
  ),
  file(
    'netdev egress',
    'table netdev d { chain e { type filter hook egress device "eth0" priority 0; ip protocol 112 counter drop; } }',
  ),
  file(
    'netdev egress length',
    'table netdev d { chain e { type filter hook egress device "eth0" priority 0; meta length 54 counter drop; } }',
  ),
  file(
    'netdev egress pkttype',
    'table netdev d { chain e { type filter hook egress device "eth0" priority 0; meta pkttype host counter drop; } }',
  ),
  file(
    'inet ingress',
    'table inet d { chain i { type filter hook ingress device "eth0" priority 0; meta l4proto 112 counter drop; } }',
  ),
  file(
    'goto',
    'table inet fw { chain z { meta l4proto 6 accept; } chain in { type filter hook input priority 0; policy drop; goto z; ip protocol 112 accept; } }',
  ),
  file(
    'jump and return',
    'table inet fw { chain z { ip protocol 112 return; counter drop; } chain in { type filter hook input priority 0; jump z; ip daddr 224.0.0.18 counter drop; } }',
  ),
  file(
    'deep jumps',
    'table inet fw { chain c { ip protocol 112 counter drop; } chain b { iifname "eth0" jump c; } chain a { meta nfproto ipv4 jump b; } chain in { type filter hook input priority 0; jump a; } }',
  ),
  file(
    'dormant',
    'table ip fw { flags dormant; chain in { type filter hook input priority 0; policy drop; }; }',
  ),
  file(
    'same priority twice',
    'table ip a { chain in { type filter hook input priority 0; ip protocol 112 counter drop; } }\ntable ip b { chain in { type filter hook input priority 0; ip protocol 112 counter drop; } }',
  ),
  file(
    'inet and ip at the same priority',
    'table inet a { chain in { type filter hook input priority 0; ip protocol 112 counter drop; } }\ntable ip b { chain in { type filter hook input priority 0; ip protocol 112 counter accept; } }',
  ),
  file(
    'security priority',
    'table ip s { chain in { type filter hook input priority security; ip protocol 112 counter drop; } }',
  ),
  file(
    'ttl rewritten on output',
    'table ip m { chain o { type filter hook output priority mangle; ip protocol 112 ip ttl set 1; } chain p { type filter hook postrouting priority 0; ip ttl 1 counter drop; } }',
  ),
  file(
    'mark across chains',
    'table ip m { chain p { type filter hook prerouting priority mangle; ip protocol 112 meta mark set 0x2a; } chain i { type filter hook input priority 0; meta mark 42 counter drop; } }',
  ),
  file(
    'ct mark',
    'table ip m { chain p { type filter hook prerouting priority mangle; ip protocol 112 ct mark set 0x1; } chain i { type filter hook input priority 0; ct mark 0x1 counter drop; } }',
  ),
  file(
    'only ipv6',
    'table ip6 fw { chain in { type filter hook input priority 0; policy drop; icmpv6 type != echo-request accept; } chain out { type filter hook output priority 0; ip6 nexthdr 112 counter drop; } }',
  ),
];

const bridged: readonly Variant[] = [
  file(
    'bridge input',
    'table bridge b { chain i { type filter hook input priority 0; ip protocol 112 counter drop; } }',
    'bridge',
  ),
  file(
    'bridge prerouting by port',
    'table bridge b { chain p { type filter hook prerouting priority 0; iifname "eth0" ip daddr 224.0.0.18 counter drop; } }',
    'bridge',
  ),
  file(
    'bridge prerouting by bridge name',
    'table bridge b { chain p { type filter hook prerouting priority 0; iifname "br0" counter drop; } }',
    'bridge',
  ),
  file(
    'bridge output',
    'table bridge b { chain o { type filter hook output priority 0; oifname "eth0" meta l4proto 112 counter drop; } }',
    'bridge',
  ),
  file(
    'bridge postrouting ether',
    'table bridge b { chain o { type filter hook postrouting priority 0; ether daddr 01:00:5e:00:00:12 counter drop; } }',
    'bridge',
  ),
  file(
    'bridge policy drop',
    'table bridge b { chain i { type filter hook input priority 0; policy drop; ether type arp accept; } }',
    'bridge',
  ),
  file(
    'bridge pkttype',
    'table bridge b { chain i { type filter hook input priority 0; meta pkttype multicast counter drop; } }',
    'bridge',
  ),
  file(
    'ip hooks see the bridge',
    'table ip f { chain i { type filter hook input priority 0; iifname "br0" ip protocol 112 counter drop; } chain o { type filter hook output priority 0; oifname "br0" counter drop; } }',
    'bridge',
  ),
  file(
    'ip hooks do not see the port',
    'table ip f { chain i { type filter hook input priority 0; iifname "eth0" counter drop; } }',
    'bridge',
  ),
  file(
    'ingress of the port',
    'table netdev d { chain i { type filter hook ingress device "eth0" priority 0; ip protocol 112 counter drop; } }',
    'bridge',
  ),
  file(
    'ingress of the bridge',
    'table netdev d { chain i { type filter hook ingress device "br0" priority 0; ip protocol 112 counter drop; } }',
    'bridge',
  ),
  file(
    'egress of the port',
    'table netdev d { chain i { type filter hook egress device "eth0" priority 0; ip protocol 112 counter drop; } }',
    'bridge',
  ),
  {
    name: 'iptables: physdev is not handed up',
    topology: 'bridge',
    setup: 'iptables-legacy -A INPUT -m physdev --physdev-in eth0 -j DROP',
  },
];

const iptablesRules: readonly string[] = [
  '-A INPUT -p 112 -j DROP',
  '-A INPUT -p vrrp -j REJECT',
  '-A OUTPUT -p 112 -j DROP',
  '-P INPUT DROP',
  '-P OUTPUT DROP',
  '-A INPUT -d 224.0.0.0/8 -j DROP',
  '-A INPUT ! -d 10.99.1.1 -j DROP',
  '-A INPUT -s 10.99.1.2/30 -p 112 -j DROP',
  '-A INPUT ! -p tcp -j DROP',
  '-A INPUT ! -i lo -j DROP',
  '-A INPUT -i eth+ -j DROP',
  '-A OUTPUT ! -o lo -p 112 -j DROP',
  '-A INPUT -s 10.0.0.2/255.0.0.255 -j DROP',
  '-A INPUT -m pkttype --pkt-type multicast -j DROP',
  '-A OUTPUT -m pkttype --pkt-type multicast -j DROP',
  '-A OUTPUT -m pkttype --pkt-type unicast -j DROP',
  '-A INPUT -m addrtype --dst-type MULTICAST -j DROP',
  '-A INPUT -m addrtype ! --dst-type LOCAL -j DROP',
  '-A OUTPUT -m addrtype --src-type LOCAL -j DROP',
  '-A INPUT -m addrtype --dst-type LOCAL --limit-iface-in -j DROP',
  '-A INPUT -m conntrack --ctstate NEW -j DROP',
  '-A INPUT -m state --state ESTABLISHED,RELATED -j DROP',
  '-A INPUT -m conntrack ! --ctstate ESTABLISHED -j DROP',
  '-A INPUT -m conntrack --ctstate INVALID -j DROP',
  '-t raw -A PREROUTING -m conntrack --ctstate INVALID -j DROP',
  '-t raw -A OUTPUT -m state --state NEW -j DROP',
  '-A INPUT -m ttl --ttl-eq 255 -j DROP',
  '-A INPUT -m ttl --ttl-lt 255 -j DROP',
  '-A INPUT -m length --length 40 -j DROP',
  '-A INPUT -m length --length 41: -j DROP',
  '-A INPUT -m mac --mac-source 02:00:00:00:01:02 -j DROP',
  '-A INPUT -m mac ! --mac-source 02:00:00:00:01:02 -j DROP',
  '-A INPUT -m mark --mark 0 -j DROP',
  '-A INPUT -m iprange --src-range 10.99.1.1-10.99.1.9 -j DROP',
  '-A INPUT -m u32 --u32 "6&0xff=112" -j DROP',
  '-A INPUT -m u32 --u32 "0>>22&0x3c@0>>16&0xff=51" -j DROP',
  '-A INPUT -m u32 --u32 "0>>22&0x3c@0>>16&0xff=52" -j DROP',
  '-A INPUT -m dscp --dscp-class CS6 -j DROP',
  '-A OUTPUT -m owner --uid-owner 0 -j DROP',
  '-A OUTPUT -m owner --uid-owner 1-60000 -j DROP',
  '-A INPUT -p tcp --dport 22 -j DROP',
  '-A INPUT -p udp -m multiport --dports 1:65535 -j DROP',
  '-A INPUT -p icmp -j DROP',
  '-t raw -A PREROUTING -p 112 -j DROP',
  '-t mangle -A PREROUTING -p 112 -j DROP',
  '-t mangle -A INPUT -p 112 -j DROP',
  '-t mangle -A POSTROUTING -p 112 -j DROP',
  '-t security -A INPUT -p 112 -j DROP',
  '-t security -A OUTPUT -p 112 -j DROP',
  '-t raw -A OUTPUT -p 112 -j DROP',
  '-A INPUT -m comment --comment "it\'s \\"VRRP\\" $HOME" -p 112 -j DROP',
  '-A INPUT -m physdev --physdev-in eth0 -j DROP',
  '-A INPUT -m physdev ! --physdev-in eth9 -j DROP',
  '-A INPUT -m policy --pol none --dir in -j DROP',
  '-A INPUT -m policy --pol ipsec --dir in -j DROP',
  '-A INPUT -m socket -j DROP',
  '-A INPUT -f -j DROP',
  '-A INPUT -m tos --tos 0xc0/0xff -j DROP',
  '-A INPUT -m connmark --mark 0 -j DROP',
  '-A INPUT -m helper --helper ftp -j DROP',
  '-A INPUT -m statistic --mode nth --every 1 --packet 0 -p 112 -j DROP',
];
const xt = (engine: 'legacy' | 'nft', text: string): Variant => ({
  name: `iptables-${engine}: ${text}`,
  topology: 'plain',
  setup: `iptables-${engine} ${text}`,
});

const both = (name: string, ...lines: readonly string[]): readonly Variant[] =>
  (['legacy', 'nft'] as const).map((engine) => ({
    name: `iptables-${engine}: ${name}`,
    topology: 'plain',
    setup: lines.map((line) => `iptables-${engine} ${line}`).join(' && '),
  }));

const scripts: readonly Variant[] = [
  ...both(
    'user chain and return',
    '-N X',
    '-A X -p 112 -j RETURN',
    '-A X -j DROP',
    '-A INPUT -j X',
    '-A INPUT -d 224.0.0.18 -j DROP',
  ),
  ...both(
    'goto',
    '-N X',
    '-A X -p tcp -j ACCEPT',
    '-A INPUT -g X',
    '-A INPUT -p 112 -j ACCEPT',
    '-P INPUT DROP',
  ),
  ...both(
    'mark set in mangle',
    '-t mangle -A PREROUTING -p 112 -j MARK --set-mark 0x10/0x30',
    '-A INPUT -m mark --mark 0x10/0x10 -j DROP',
  ),
  ...both(
    'connmark save and restore',
    '-t mangle -A PREROUTING -p 112 -j CONNMARK --set-mark 7',
    '-t mangle -A INPUT -j CONNMARK --restore-mark',
    '-A INPUT -m mark --mark 7 -j DROP',
  ),
  ...both(
    'notrack',
    '-t raw -A PREROUTING -p 112 -j CT --notrack',
    '-A INPUT -m conntrack --ctstate UNTRACKED -j DROP',
  ),
  ...both(
    'ttl target',
    '-t mangle -A OUTPUT -p 112 -j TTL --ttl-set 7',
    '-t mangle -A POSTROUTING -m ttl --ttl-eq 7 -j DROP',
  ),
  ...both(
    'accept before drop',
    '-A INPUT -p 112 -j ACCEPT',
    '-A INPUT -j DROP',
    '-t security -A INPUT -j ACCEPT',
  ),
  ...both(
    'log then drop',
    '-A INPUT -p 112 -j LOG',
    '-A INPUT -m limit --limit 1/hour -j LOG',
    '-A INPUT -p 112 -j NFLOG',
    '-A INPUT -p 112 -j DROP',
  ),
  ...both('snat', '-t nat -A POSTROUTING -p 112 -j MASQUERADE'),
  {
    name: 'iptables: legacy accepts, nft drops',
    topology: 'plain',
    setup: 'iptables-legacy -A INPUT -p 112 -j ACCEPT && iptables-nft -A INPUT -p 112 -j DROP',
  },
  {
    name: 'iptables: nft accepts, legacy drops',
    topology: 'plain',
    setup: 'iptables-nft -A INPUT -p 112 -j ACCEPT && iptables-legacy -A INPUT -p 112 -j DROP',
  },
  {
    name: 'iptables and nft: nft drops in its own table',
    topology: 'plain',
    setup: `iptables-nft -A INPUT -p 112 -j ACCEPT && ${nftRules(input, 'ip protocol 112 counter drop')}`,
  },
  {
    name: 'iptables: two blockers',
    topology: 'plain',
    setup: `iptables-legacy -t raw -A PREROUTING -p 112 -j DROP && iptables-nft -P INPUT DROP && ${nftRules(input, 'ip daddr 224.0.0.18 counter drop')}`,
  },
  {
    name: 'ip6tables: input policy',
    topology: 'plain',
    setup:
      'ip6tables-legacy -A INPUT -p ipv6-icmp -j ACCEPT && ip6tables-legacy -P INPUT DROP && ip6tables-nft -A OUTPUT -p 112 -d ff02::12 -j DROP',
  },
  {
    name: 'ip6tables: hl and link-local',
    topology: 'plain',
    setup: 'ip6tables-nft -A INPUT -s fe80::/10 -p 112 -m hl --hl-eq 255 -j DROP',
  },
  {
    name: 'ip6tables: rpfilter',
    topology: 'plain',
    setup: 'ip6tables-legacy -t raw -A PREROUTING -m rpfilter --invert -j DROP',
  },
];

export const variants: readonly Variant[] = [
  { name: 'nothing', topology: 'plain', setup: 'true' },
  { name: 'nothing on a bridge', topology: 'bridge', setup: 'true' },
  ...singleRules.map(rule),
  nft('output only', nftRules(output, 'ip protocol 112 counter drop')),
  ...[
    'ip saddr @four counter drop',
    'iifname @names meta l4proto 112 counter drop',
    'meta l4proto . ip daddr @tuple counter drop',
    'meta l4proto vmap @verdicts',
    'iifname vmap @jumps',
    'meta mark set ip saddr map @marks meta mark 7 counter drop',
    'ip protocol 112 counter name "named" drop',
    'add @dyn { ip saddr } ip saddr @dyn counter drop',
    'ip saddr != @four counter drop',
    'ip daddr @four drop',
  ].map(withSets),
  ...hooked,
  ...bridged,
  ...iptablesRules.flatMap((text) => [xt('legacy', text), xt('nft', text)]),
  ...scripts,
];
