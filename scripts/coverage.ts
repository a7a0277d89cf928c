// Which faults of the catalogue have a rule, and why the others have none. The list is the whole catalogue; what
// stands under `others` and has a rule by now is an error.
export type Grade = 'critical' | 'high' | 'medium' | 'low';

/** Every fault the project knows of, gravest first. */
export const catalogue: Readonly<Record<Grade, readonly string[]>> = {
  critical: [
    'vrid-collision-foreign-group',
    'vrid-collision-silently-fatal-in-2.3.3',
    'vrid-mismatch-between-peers',
    'auth-password-mismatch',
    'auth-type-mismatch',
    'auth-hmac-mismatch-or-clock-skew',
    'advert-interval-mismatch-v2',
    'vrrp-version-mismatch',
    'v3-unicast-checksum-compat',
    'v3-checksum-pseudoheader-vendor',
    'ttl-not-255',
    'vip-list-mismatch',
    'unicast-multicast-mode-mismatch',
    'unicast-empty-peer-list-falls-back-to-multicast',
    'unicast-peer-asymmetric',
    'unicast-wrong-source-address',
    'duplicate-address-owner-255',
    'multicast-blocked-by-fabric',
    'mcast-group-mismatch',
    'host-firewall-input-drop',
    'egress-firewall-drop',
    'rp-filter-drop',
    'multicast-membership-lost-after-link-bounce',
    'unicast-src-not-bindable',
    'vrrp-process-stalled',
    'one-way-reachability',
    'wrong-interface-or-vlan',
    'scheduler-starvation',
    'vm-pause-snapshot-migration',
    'vip-orphaned-after-unclean-stop',
    'vip-missing-on-master-undetected',
    'static-vip-in-network-config',
    'vip-used-by-other-host',
    'duplicate-arp-answers',
    'stale-arp-after-failover',
    'split-heal-without-garp',
    'garp-blocked-by-fabric',
    'cloud-fabric-no-multicast-or-garp',
    'vmac-blocked-by-hypervisor',
    'lvs-dr-realserver-arp',
    'kube-proxy-ipvs-steals-vip',
    'kube-vip-duplicate-holder',
    'vrrp-strict-drops-vip-traffic',
    'ipv6-no-link-local-fault',
    'config-file-executable-bit',
    'config-missing-unit-skipped',
    'conditional-config-wrong-id',
    'interface-missing-or-renamed',
    'no-ipv4-on-interface-fault',
    'duplicate-vrid-local',
    'container-missing-capability',
    'container-not-host-network',
    'crash-respawn-loop',
    'permanent-config-exit',
    'keepalived-disabled-or-stopped',
    'all-nodes-fault',
  ],
  high: [
    'carp-vs-vrrp-collision',
    'auth-pass-cut-by-comment-char',
    'subsecond-advert-int-on-v2',
    'staggered-reload-after-vip-change',
    'unicast-multi-homed-bound-to-interface',
    'equal-priorities',
    'state-master-without-priority',
    'priority-255-defeats-weighted-tracking',
    'track-weight-too-small',
    'weighted-tracking-plus-nopreempt',
    'igmp-snooping-ageing',
    'mcast-group-outside-link-local',
    'firewall-rule-not-persistent',
    'advert-send-error-network',
    'ethernet-padding-rejected',
    'unicast-across-subnets-vip-unroutable',
    'snmp-agentx-blocks-vrrp',
    'rlimit-rttime-kill',
    'boot-time-link-blackout',
    'reload-slower-than-master-down',
    'vip-removed-by-network-manager',
    'virtual-routes-or-rules-removed',
    'garp-not-sent',
    'vmac-sysctl-wrong',
    'vmac-igmp-mac-flap',
    'arp-flux-multi-nic',
    'leftover-accept-mode-rules',
    'service-not-listening-on-vip',
    'vip-order-poisons-node-ip',
    'too-many-vips',
    'ipv6-dad-failed',
    'ipv4-ipv6-mixed-instance',
    'unknown-keyword-ignored',
    'brace-or-quote-errors',
    'include-silently-missing',
    'config-not-reloaded',
    'reload-rejected',
    'interface-down-fault',
    'sync-group-drags-down',
    'sync-group-absent-routing-halves',
    'track-script-disabled',
    'check-script-never-fails',
    'notify-script-breaks-state',
    'selinux-denial',
    'container-default-template',
    'second-instance-or-stale-pid',
    'config-drift-between-nodes',
  ],
  medium: [
    'auth-pass-truncated-to-8',
    'advert-interval-mismatch-v3',
    'unicast-self-in-peer-list',
    'nopreempt-ineffective',
    'preempt-delay-bypassed',
    'down-timer-adverts-mismatch',
    'unicast-arp-cold-cache',
    'advert-jitter-margin-too-small',
    'state-dump-blocks-keepalived',
    'netlink-buffer-overrun',
    'script-overrun',
    'garp-flood',
    'vmac-mac-ageing-secondary-interface',
    'same-vrid-on-two-vlans-one-switch',
    'established-sessions-reset',
    'vip-prefix-length-side-effects',
    'ipv6-first-vip-not-link-local',
    'vip-moved-between-instances-on-reload',
    'script-user-missing',
    'check-script-targets-vip',
    'notify-script-race',
    'kernel-module-missing',
    'startup-after-network',
    'version-skew',
    'auth-pass-world-readable',
  ],
  low: [
    'auth-ignored-v3-or-strict',
    'bad-checksum-false-alarm',
    'timer-expired-backup-surprise',
    'legacy-extra-advert-delay',
    'slow-detection-budget',
    'garp-format-quirk',
    'ipv6-vip-deprecated-source',
    'script-security-warning',
    'debian-no-detail-logging',
    'log-lost',
    'ipvs-sync-daemon-mismatch',
    'smtp-alert-stall',
  ],
};

/** `part`: another rule names it. `missing`: can be seen, not written yet. `unseen`: a check cannot see it. */
export type Other =
  | { readonly kind: 'part'; readonly of: string; readonly text: string }
  | { readonly kind: 'missing' | 'unseen'; readonly text: string };

export const others: Readonly<Record<string, Other>> = {
  'vrid-collision-silently-fatal-in-2.3.3': {
    kind: 'part',
    of: 'vrid-collision-foreign-group',
    text: 'names the stranger on any release; that nodes from 2.3.3 on obey it shows as `no-master` below it.',
  },
  'wrong-interface-or-vlan': {
    kind: 'part',
    of: 'multicast-blocked-by-fabric',
    text: 'says that nodes do not reach each other. That the reason is another VLAN shows only in switches or LLDP, which are not asked.',
  },
  'stale-arp-after-failover': {
    kind: 'unseen',
    text: 'Shows in the neighbour tables of gateways and clients, which are no nodes of the cluster; neighbour tables of the nodes themselves do not tell.',
  },
  'split-heal-without-garp': {
    kind: 'unseen',
    text: 'What remains of it stands in the neighbour tables of gateways and clients only; states and adverts are right again.',
  },
  'garp-blocked-by-fabric': {
    kind: 'unseen',
    text: 'Needs a failover while a bystander on the segment listens; without one no gratuitous ARP is sent that could be missed.',
  },
  'vmac-blocked-by-hypervisor': {
    kind: 'part',
    of: 'multicast-blocked-by-fabric',
    text: 'says that adverts are lost between the hosts, and shows their source MAC. The hypervisor’s port settings are not visible from a guest.',
  },
  'kube-vip-duplicate-holder': {
    kind: 'part',
    of: 'vip-held-twice',
    text: 'says that two nodes hold the VIP. The leases of kube-vip live in the Kubernetes API, which is not asked.',
  },
  'all-nodes-fault': {
    kind: 'part',
    of: 'no-master',
    text: 'says that no node serves and quotes the FAULT of each; what they have in common is the root above it.',
  },
  'staggered-reload-after-vip-change': {
    kind: 'part',
    of: 'vip-list-mismatch',
    text: 'names the two lists while they differ; once every node was reloaded nothing remains to be seen.',
  },
  'firewall-rule-not-persistent': {
    kind: 'unseen',
    text: 'A rule at run time is judged; what firewalld or a boot script would load instead is not read.',
  },
  'vmac-igmp-mac-flap': {
    kind: 'unseen',
    text: 'The MAC moves in the switch. IGMP reports are counted, their source MAC is not kept.',
  },
  'leftover-accept-mode-rules': {
    kind: 'part',
    of: 'vrrp-strict-drops-vip-traffic',
    text: 'names the configured cause. Rules left behind by a keepalived that is gone are read, but judged for adverts only.',
  },
  'check-script-never-fails': {
    kind: 'unseen',
    text: 'Whether a script can fail shows only when what it checks fails; scripts are neither run nor read.',
  },
  'notify-script-breaks-state': {
    kind: 'unseen',
    text: 'Scripts are not read: their content is the operator’s, may hold secrets, and cannot be judged without running it.',
  },
  'container-default-template': {
    kind: 'part',
    of: 'equal-priorities',
    text: 'names what makes the template harmful: one priority on every node. The password is never shown, so that it is the template’s is not told.',
  },
  'unicast-arp-cold-cache': {
    kind: 'unseen',
    text: 'The neighbour entry is only missing in the moment of the election; a check that comes later finds it again.',
  },
  'advert-jitter-margin-too-small': {
    kind: 'unseen',
    text: 'Needs the spacing of hundreds of adverts; a check listens for a few. `vipdoctor replay` shows the spacing of a long capture.',
  },
  'established-sessions-reset': {
    kind: 'unseen',
    text: 'Expected of every failover without connection tracking in step; no state of the cluster is wrong.',
  },
  'vip-moved-between-instances-on-reload': {
    kind: 'part',
    of: 'vip-on-no-node',
    text: 'says that the VIP is missing although both are MASTER; the earlier configuration is not kept, so that it moved is not told.',
  },
  'notify-script-race': {
    kind: 'unseen',
    text: 'Shows in what scripts did, in which order, long ago; their effects are not known to keepalived.',
  },
};

/**
 * Rules that were tried on texts and recordings made after the source of the kernel or of keepalived only: no machine
 * with IPVS, a VMAC, keepalived 2.4 or in a cloud was at hand.
 */
const onTextsOnly: readonly string[] = [
  'kernel-module-missing',
  'virtual-server-missing',
  'real-server-down',
  'lvs-dr-realserver-arp',
  'kube-proxy-ipvs-steals-vip',
  'ipvs-sync-daemon-mismatch',
  'vmac-sysctl-wrong',
  'auth-hmac-mismatch-or-clock-skew',
  'cloud-fabric-no-multicast-or-garp',
  'vip-removed-by-network-manager',
];

const linkTo = (id: string): string => `[\`${id}\`](rules/${id}.md)`;

const words = { part: 'told by', missing: 'not yet', unseen: 'not visible' } as const;

const tell = (id: string, rules: ReadonlySet<string>): string => {
  if (rules.has(id)) return `| ${linkTo(id)} | a rule of its own |`;
  const other = others[id];
  if (other === undefined) throw new Error(`nothing is said about ${id}`);
  return other.kind === 'part'
    ? `| \`${id}\` | ${words.part} ${linkTo(other.of)}, which ${other.text} |`
    : `| \`${id}\` | ${words[other.kind]}: ${other.text} |`;
};

/** docs/coverage.md. */
export const renderCoverage = (rules: ReadonlySet<string>): string => {
  const grades = Object.entries(catalogue);
  const all = grades.flatMap(([, ids]) => ids);
  return [
    '<!-- Generated by `npm run generate` from scripts/coverage.ts. Do not edit. -->',
    '# Coverage',
    '',
    `Of the ${all.length} faults of keepalived and VRRP this project knows of, ${all.filter((id) => rules.has(id)).length} have a rule of their own. For the others it says here which rule names them in part, or why a check cannot see them.`,
    ...grades.flatMap(([grade, ids]) => [
      '',
      `## ${grade}`,
      '',
      '| fault | how it is found |',
      '| --- | --- |',
      ...ids.map((id) => tell(id, rules)),
    ]),
    '',
    '## Not yet seen on a real machine',
    '',
    `These rules were tried on texts written after the source of the kernel and of keepalived only; no machine with IPVS, a VMAC, keepalived 2.4, systemd-networkd or in a cloud was at hand: ${onTextsOnly
      .filter((id) => rules.has(id))
      .map(linkTo)
      .join(', ')}.`,
    '',
  ].join('\n');
};
