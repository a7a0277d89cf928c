// What was cleared, in the words people suspect things by. A suspect is cleared only when every rule that could
// accuse it is clear; rules without a word of their own are counted, so that nothing is lost.
const suspects: readonly { readonly word: string; readonly rules: readonly string[] }[] = [
  { word: 'firewalls', rules: ['host-firewall-input-drop', 'egress-firewall-drop'] },
  { word: 'rp_filter', rules: ['rp-filter-drop'] },
  { word: 'multicast membership', rules: ['multicast-membership-lost-after-link-bounce'] },
  { word: 'multicast in the network', rules: ['multicast-blocked-by-fabric', 'igmp-snooping-ageing'] },
  { word: 'one-way links', rules: ['one-way-reachability', 'adverts-lost-unexplained'] },
  { word: 'SELinux', rules: ['selinux-denial'] },
  { word: 'capabilities', rules: ['container-missing-capability'] },
  {
    word: 'VRID',
    rules: ['vrid-mismatch-between-peers', 'vrid-collision-foreign-group', 'carp-vs-vrrp-collision'],
  },
  { word: 'authentication', rules: ['auth-password-mismatch', 'auth-type-mismatch'] },
  { word: 'advert interval', rules: ['advert-interval-mismatch-v2', 'advert-interval-mismatch-v3'] },
  { word: 'VRRP version', rules: ['vrrp-version-mismatch'] },
  { word: 'VIP list', rules: ['vip-list-mismatch'] },
  { word: 'TTL', rules: ['ttl-not-255'] },
  {
    word: 'unicast peers',
    rules: ['unicast-peer-asymmetric', 'unicast-wrong-source-address', 'unicast-multicast-mode-mismatch'],
  },
  { word: 'interfaces', rules: ['interface-down-fault', 'interface-missing-or-renamed'] },
  { word: 'keepalived processes', rules: ['keepalived-disabled-or-stopped', 'vrrp-process-stalled'] },
  { word: 'foreign VIP holders', rules: ['vip-used-by-other-host', 'duplicate-arp-answers'] },
];

const innocentWords: Readonly<Record<string, string>> = {
  'icmp-echo-ignore-broadcasts': 'icmp_echo_ignore_broadcasts',
  'multicast-route-missing': 'a missing 224.0.0.0/4 route',
  'udp-ignored-multi': 'UdpIgnoredMulti',
};

/** Words for the rules that came out clear, and how many more there are. */
export const clearedWords = (
  rules: readonly string[],
): { readonly words: readonly string[]; readonly more: number } => {
  const clear = new Set(rules);
  const cleared = suspects.filter((suspect) => suspect.rules.every((rule) => clear.has(rule)));
  const told = new Set(cleared.flatMap((suspect) => suspect.rules));
  return {
    words: cleared.map((suspect) => suspect.word),
    more: rules.filter((rule) => !told.has(rule)).length,
  };
};

export const innocentWord = (rule: string): string => innocentWords[rule] ?? rule;
