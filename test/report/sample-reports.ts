// Reports written by hand, one for each situation a renderer must be able to tell. Values are those a real cluster
// would show; nothing here was computed.
import type {
  CheckReport,
  Finding,
  ReportCluster,
  ReportNode,
  ReportReach,
  RuleVerdict,
} from '../../src/report/report.ts';

const node = (name: string, host: number, more: Partial<ReportNode> = {}): ReportNode => ({
  name,
  address: `10.77.9.${host}`,
  reachable: true,
  keepalived: { version: '2.2.7', running: true, managedBy: 'systemd' },
  ...more,
});

const reach = (
  [from, to]: readonly [string, string],
  [sent, arrived, delivered]: readonly [number | null, number | null, number | null],
  more: Partial<ReportReach> = {},
): ReportReach => ({
  vrid: 101,
  from,
  to,
  sent,
  arrived,
  delivered,
  accepted: delivered !== null && delivered > 0 ? 'yes' : null,
  lostAt: null,
  detail: '',
  ...more,
});

type Member = ReportCluster['members'][number];
const member = (
  name: string,
  state: Member['state'],
  priority: number,
  more: Partial<Member> = {},
): Member => ({
  node: name,
  state,
  priority,
  effectivePriority: priority,
  advertIntervalMs: 1000,
  interface: 'eth1',
  ...more,
});

const cluster = (members: readonly Member[], more: Partial<ReportCluster> = {}): ReportCluster => {
  const masters = members.filter((one) => one.state === 'MASTER').map((one) => one.node);
  return {
    id: 'ipv4/101',
    vrid: 101,
    family: 'ipv4',
    version: 2,
    mode: 'multicast',
    vips: ['10.77.0.5/32'],
    masters,
    holders: masters,
    members,
    ...more,
  };
};

const clear = (rule: string, reason?: string): RuleVerdict =>
  reason === undefined ? { rule, result: 'clear' } : { rule, result: 'clear', reason };
const found = (rule: string): RuleVerdict => ({ rule, result: 'found' });
const notEvaluated = (rule: string, reason: string): RuleVerdict => ({
  rule,
  result: 'not-evaluated',
  reason,
});

const innocents: readonly RuleVerdict[] = [
  clear(
    'icmp-echo-ignore-broadcasts',
    'set to 1 on n1, n2, n3, as on every Linux: it concerns echo requests only',
  ),
  clear(
    'multicast-route-missing',
    'no route for 224.0.0.0/4, and none is needed: keepalived names its interface',
  ),
  clear('udp-ignored-multi', 'counts datagrams of UDP; VRRP is a protocol of its own'),
];

const base = {
  schemaVersion: 1,
  kind: 'check',
  tool: { name: 'vipdoctor', version: '0.1.0' },
  startedAt: '2026-03-01T03:12:45.000Z',
  durationMs: 4180,
  listening: { ms: 3120, endedBecause: 'settled' },
  gaps: [],
  accepted: [],
  timeline: [],
  history: [],
} as const;

const threeHealthy = [member('n1', 'MASTER', 100), member('n2', 'BACKUP', 99), member('n3', 'BACKUP', 98)];

export const healthy: CheckReport = {
  ...base,
  verdict: 'healthy',
  headline: 'VRID 101: n1 is MASTER and holds 10.77.0.5; n2 and n3 hear it',
  clusters: [cluster(threeHealthy)],
  nodes: [node('n1', 11), node('n2', 12), node('n3', 13)],
  reachability: [
    reach(['n1', 'n2'], [4, 4, 4]),
    reach(['n1', 'n3'], [4, 4, 4]),
    reach(['n2', 'n1'], [0, 0, 0]),
    reach(['n3', 'n1'], [0, 0, 0]),
  ],
  findings: [],
  verdicts: [
    clear('multiple-masters'),
    clear('no-master'),
    clear('host-firewall-input-drop'),
    clear('rp-filter-drop'),
    clear('auth-password-mismatch'),
    ...innocents,
  ],
};

const firewall: Finding = {
  rule: 'host-firewall-input-drop',
  severity: 'critical',
  cause: 'root',
  causedBy: [],
  id: 'host-firewall-input-drop/n2/101',
  subject: { nodes: ['n2'], vrid: 101 },
  title: 'The firewall of n2 drops VRRP',
  summary:
    'nft table inet filter, chain input, handle 7: 12 adverts of n1 arrived on eth1 and none was delivered, so n2 took over.',
  evidence: [
    {
      node: 'n2',
      source: 'nft -j list ruleset',
      quote: 'table inet filter, chain input: ip protocol vrrp counter packets 15 bytes 600 drop # handle 7',
    },
    {
      node: 'n2',
      source: 'counter of handle 7, before and after listening',
      quote: 'packets 3 -> 15 (12 adverts arrived)',
    },
  ],
  remedy: {
    text: 'Delete the rule, then make the change permanent in /etc/nftables.conf.',
    commands: [{ node: 'n2', command: 'nft delete rule inet filter input handle 7' }],
  },
};

const twoMasters = (causedBy: readonly string[]): Finding => ({
  rule: 'multiple-masters',
  severity: 'critical',
  cause: causedBy.length > 0 ? 'consequence' : 'root',
  causedBy,
  id: 'multiple-masters/n1+n2/101',
  subject: { nodes: ['n1', 'n2'], vrid: 101, vip: '10.77.0.5' },
  title: 'n1 and n2 are both MASTER',
  summary: 'Both sent adverts until the end of the listening window.',
  evidence: [
    { node: 'n1', source: 'tcpdump', quote: '12 adverts, priority 100, from 10.77.0.11' },
    { node: 'n2', source: 'tcpdump', quote: '12 adverts, priority 99, from 10.77.0.12' },
  ],
  remedy: { text: 'Find out why they do not hear each other.', commands: [] },
});

const heldTwice: Finding = {
  rule: 'vip-held-twice',
  severity: 'critical',
  cause: 'consequence',
  causedBy: ['multiple-masters/n1+n2/101'],
  id: 'vip-held-twice/n1+n2/101',
  subject: { nodes: ['n1', 'n2'], vrid: 101, vip: '10.77.0.5' },
  title: 'n1 and n2 both hold 10.77.0.5',
  summary: 'The address is on eth1 of both.',
  evidence: [{ node: 'n2', source: 'ip -j address', quote: '10.77.0.5/32 dev eth1' }],
  remedy: { text: 'End the second MASTER.', commands: [] },
};

const splitReachability: readonly ReportReach[] = [
  reach(['n1', 'n2'], [12, 12, 0], {
    lostAt: 'receiver-kernel',
    accepted: 'no',
    detail: 'the raw socket on n2 saw none of them',
  }),
  reach(['n1', 'n3'], [12, 12, 12]),
  reach(['n2', 'n1'], [12, 12, 12], { accepted: 'refused-lower-priority' }),
  reach(['n2', 'n3'], [12, 12, 12], { accepted: 'refused-lower-priority' }),
  reach(['n3', 'n1'], [0, 0, 0]),
  reach(['n3', 'n2'], [0, 0, 0]),
];

export const oneRoot: CheckReport = {
  ...base,
  verdict: 'critical',
  headline: 'VIP 10.77.0.5 has two masters, n1 and n2: the firewall of n2 drops VRRP',
  clusters: [cluster([member('n1', 'MASTER', 100), member('n2', 'MASTER', 99), member('n3', 'BACKUP', 98)])],
  nodes: [node('n1', 11), node('n2', 12), node('n3', 13)],
  reachability: splitReachability,
  findings: [firewall, twoMasters([firewall.id]), heldTwice],
  verdicts: [
    found('host-firewall-input-drop'),
    found('multiple-masters'),
    found('vip-held-twice'),
    clear('rp-filter-drop', 'rp_filter is 0 on n2'),
    clear('multicast-membership-lost-after-link-bounce'),
    clear('auth-password-mismatch'),
    ...innocents,
  ],
  timeline: [
    {
      at: 'n2',
      source: 'tcpdump -p -i any',
      listenedMs: 3120,
      zeroAt: '2026-03-01T03:12:46.100Z',
      adverts: [
        {
          vrid: 101,
          family: 'ipv4',
          from: 'n1',
          address: '10.77.9.11',
          direction: 'in',
          priorities: [100],
          heard: { count: 3, atMs: [0, 1000.2, 2000.4] },
          delivered: { count: 0, atMs: [] },
        },
        {
          vrid: 101,
          family: 'ipv4',
          from: 'n2',
          address: '10.77.9.12',
          direction: 'out',
          priorities: [99],
          heard: { count: 3, atMs: [200, 1200.1, 2200.3] },
          delivered: null,
        },
      ],
      addresses: [
        {
          kind: 'announcement',
          vip: '10.77.0.5',
          by: 'n1',
          mac: '02:76:64:00:00:01',
          atMs: [1.5],
        },
      ],
      logged: [{ atMs: 199, text: '(VI_1) Entering MASTER STATE' }],
      lanesLeftOut: 0,
    },
  ],
  history: [{ node: 'n2', at: '2026-03-01T03:12:46.299Z', text: '(VI_1) Entering MASTER STATE' }],
};

const password: Finding = {
  rule: 'auth-password-mismatch',
  severity: 'critical',
  cause: 'root',
  causedBy: [],
  id: 'auth-password-mismatch/n3/101',
  subject: { nodes: ['n3'], vrid: 101 },
  title: 'n3 has another auth_pass than n1 and n2',
  summary: 'keepalived on n3 refuses adverts whose password differs from its own.',
  evidence: [
    { node: 'n3', source: '/etc/keepalived/keepalived.conf:14', quote: 'auth_pass (fingerprint 8d21)' },
    { node: 'n1', source: '/etc/keepalived/keepalived.conf:14', quote: 'auth_pass (fingerprint 41c0)' },
  ],
  remedy: {
    text: 'Give n3 the password of the others and reload.',
    commands: [
      { node: 'n3', command: 'sudoedit /etc/keepalived/keepalived.conf' },
      { node: 'n3', command: 'systemctl reload keepalived' },
    ],
  },
};

const versionSkew: Finding = {
  rule: 'keepalived-version-skew',
  severity: 'low',
  cause: 'root',
  causedBy: [],
  id: 'keepalived-version-skew/n3',
  subject: { nodes: ['n3'] },
  title: 'n3 runs keepalived 2.0.20, the others 2.2.7',
  summary: 'Defaults differ between the two.',
  evidence: [{ node: 'n3', source: 'keepalived --version', quote: 'Keepalived v2.0.20 (01/22,2020)' }],
  remedy: { text: 'Upgrade n3.', commands: [{ node: 'n3', command: 'apt-get install keepalived' }] },
};

export const twoRoots: CheckReport = {
  ...base,
  verdict: 'critical',
  headline: 'VIP 10.77.0.5 has three masters: the firewall of n2 drops VRRP, and n3 has another auth_pass',
  clusters: [cluster([member('n1', 'MASTER', 100), member('n2', 'MASTER', 99), member('n3', 'MASTER', 98)])],
  nodes: [
    node('n1', 11),
    node('n2', 12),
    node('n3', 13, { keepalived: { version: '2.0.20', running: true, managedBy: 'systemd' } }),
  ],
  reachability: [
    ...splitReachability.filter((one) => one.to !== 'n3' && one.from !== 'n3'),
    reach(['n1', 'n3'], [12, 12, 12], { accepted: 'no', lostAt: 'daemon', detail: 'the password differs' }),
    reach(['n3', 'n1'], [12, 12, 12], { accepted: 'no', lostAt: 'daemon', detail: 'the password differs' }),
    reach(['n3', 'n2'], [12, 12, 0], { accepted: 'no', lostAt: 'receiver-kernel', detail: '' }),
  ],
  findings: [
    versionSkew,
    password,
    firewall,
    { ...twoMasters([firewall.id, password.id]), title: 'n1, n2 and n3 are MASTER' },
  ],
  verdicts: [
    found('host-firewall-input-drop'),
    found('auth-password-mismatch'),
    found('multiple-masters'),
    found('keepalived-version-skew'),
    clear('rp-filter-drop'),
    ...innocents,
  ],
};

export const incomplete: CheckReport = {
  ...base,
  durationMs: 10_950,
  listening: { ms: 4010, endedBecause: 'settled' },
  verdict: 'unknown',
  headline: 'n1 is MASTER and n2 hears it, but n3 could not be reached',
  clusters: [
    cluster([
      member('n1', 'MASTER', 100),
      member('n2', 'BACKUP', 99, { effectivePriority: 79 }),
      member('n3', 'UNKNOWN', 0, {
        priority: null,
        effectivePriority: null,
        advertIntervalMs: null,
        interface: '?',
      }),
    ]),
  ],
  nodes: [
    node('n1', 11),
    node('n2', 12),
    node('n3', 13, {
      reachable: false,
      problem: 'connect: no answer from 10.77.9.13 port 22 within 10 s',
      nextStep: 'see whether "ssh root@10.77.9.13" works from here, or raise --timeout',
      keepalived: { version: null, running: null, managedBy: 'unknown' },
    }),
  ],
  reachability: [
    reach(['n1', 'n2'], [4, 4, null], { accepted: 'yes' }),
    reach(['n1', 'n3'], [4, null, null], { lostAt: null, detail: 'n3 was not reached' }),
  ],
  findings: [],
  verdicts: [
    clear('no-master'),
    notEvaluated('host-firewall-input-drop', 'n3 was not reached'),
    notEvaluated('rp-filter-drop', 'n3 was not reached'),
    notEvaluated('vip-used-by-other-host', 'nobody listens on the segment (no observer)'),
    ...innocents,
  ],
  gaps: [
    'n3 was not reached, so whether it is a second MASTER is known only from the wire: it sent nothing',
    'n2 has neither python3 nor perl: what its kernel delivers was not witnessed',
  ],
};

export const latent: CheckReport = {
  ...base,
  verdict: 'degraded',
  headline: 'n1 will not hear a new master: its firewall drops VRRP, which shows at the next failover',
  clusters: [cluster(threeHealthy)],
  nodes: [node('n1', 11), node('n2', 12), node('n3', 13)],
  reachability: [reach(['n1', 'n2'], [4, 4, 4]), reach(['n1', 'n3'], [4, 4, 4])],
  findings: [
    {
      ...firewall,
      severity: 'high',
      id: 'host-firewall-input-drop/n1/101',
      subject: { nodes: ['n1'], vrid: 101 },
      title: 'The firewall of n1 will drop VRRP',
      summary:
        'iptables policy of INPUT is DROP and no rule lets protocol 112 in. n1 is MASTER, so nothing is lost yet.',
      evidence: [{ node: 'n1', source: 'iptables-save', quote: ':INPUT DROP [41:2460]' }],
      remedy: {
        text: 'Let VRRP in.',
        commands: [{ node: 'n1', command: 'iptables -I INPUT 1 -i eth1 -p vrrp -d 224.0.0.18 -j ACCEPT' }],
      },
    },
  ],
  verdicts: [found('host-firewall-input-drop'), clear('multiple-masters'), ...innocents],
};

export const ipv6: CheckReport = {
  ...base,
  verdict: 'degraded',
  headline:
    'VRID 66: a and b disagree about the advert interval; failover takes 0.4 s longer than configured',
  clusters: [
    cluster(
      [
        member('a', 'MASTER', 150, { advertIntervalMs: 100 }),
        member('b', 'BACKUP', 100, { advertIntervalMs: 200 }),
      ],
      {
        id: 'ipv6/66',
        vrid: 66,
        family: 'ipv6',
        version: 3,
        mode: 'unicast',
        vips: ['fe80::66/64', '2001:db8:0:1::66/64'],
      },
    ),
  ],
  nodes: [
    node('a', 1, { address: '2001:db8::1' }),
    node('b', 2, {
      address: '2001:db8::2',
      keepalived: { version: '2.3.3', running: true, managedBy: 'podman' },
    }),
  ],
  reachability: [reach(['a', 'b'], [31, 31, 31], { vrid: 66 })],
  findings: [
    {
      rule: 'advert-interval-mismatch-v3',
      severity: 'medium',
      cause: 'root',
      causedBy: [],
      id: 'advert-interval-mismatch-v3/b/66',
      subject: { nodes: ['a', 'b'], vrid: 66 },
      title: 'a sends every 100 ms, b is configured for 200 ms',
      summary:
        'In version 3 the backup learns the interval of the master, so nothing breaks until b is master.',
      evidence: [{ node: 'b', source: '/etc/keepalived/keepalived.conf:9', quote: 'advert_int 0.2' }],
      remedy: { text: 'Use one interval on both.', commands: [] },
    },
  ],
  verdicts: [found('advert-interval-mismatch-v3'), clear('multiple-masters')],
};

const [waiting] = latent.findings;
if (waiting === undefined) throw new Error('the latent sample has a finding');

export const settled: CheckReport = {
  ...latent,
  verdict: 'healthy',
  headline: 'Nothing is wrong but what is accepted until 2026-06-30: the firewall of n1 will drop VRRP.',
  findings: [],
  accepted: [
    {
      ...waiting,
      acceptance: {
        reason: 'n1 leaves the cluster in June.',
        expires: '2026-06-30',
        file: 'vipdoctor.yaml',
        line: 4,
      },
    },
  ],
  acceptances: [
    {
      rule: 'host-firewall-input-drop',
      nodes: ['n1'],
      reason: 'n1 leaves the cluster in June.',
      expires: '2026-06-30',
      file: 'vipdoctor.yaml',
      line: 4,
      state: 'applied',
      findings: [waiting.id],
    },
  ],
  baseline: {
    file: 'last.json',
    startedAt: '2026-02-28T03:12:45.000Z',
    new: [],
    gone: [
      {
        id: 'rp-filter-drop/n2/101',
        rule: 'rp-filter-drop',
        severity: 'critical',
        subject: { nodes: ['n2'], vrid: 101 },
        title: 'The reverse path filter of n2 drops adverts',
      },
    ],
    unchanged: [],
    unjudged: [
      {
        id: 'selinux-denial/n3/101',
        rule: 'selinux-denial',
        severity: 'high',
        subject: { nodes: ['n3'], vrid: 101 },
        title: 'SELinux of n3 denies keepalived its script',
      },
    ],
  },
};

export const sampleReports = { healthy, oneRoot, twoRoots, incomplete, latent, ipv6, settled } as const;
