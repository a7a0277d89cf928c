// Ten nodes with three VRIDs, made up: more than any terminal shows at once. n10 hears nobody on VRID 11.
import type { CheckReport, Finding, ReportReach } from '../../../src/report/report.ts';

const nodes = Array.from({ length: 10 }, (_, at) => `lb-${String(at + 1).padStart(2, '0')}`);
const vrids = [11, 12, 13];

const reach = (vrid: number, from: string, to: string): ReportReach => {
  const deaf = vrid === 11 && to === 'lb-10';
  return {
    vrid,
    from,
    to,
    sent: 4,
    arrived: 4,
    delivered: deaf ? 0 : 4,
    accepted: deaf ? 'no' : from === 'lb-10' ? 'refused-lower-priority' : 'yes',
    lostAt: deaf ? 'receiver-kernel' : null,
    detail: deaf ? '4 arrived at lb-10, the kernel delivered 0' : '',
  };
};

const finding = (at: number, more: Partial<Finding> = {}): Finding => ({
  rule: 'config-not-reloaded',
  severity: at % 2 === 0 ? 'medium' : 'low',
  cause: 'root',
  causedBy: [],
  id: `finding-${at}`,
  subject: { nodes: [nodes[at] ?? 'lb-01'] },
  title: `${nodes[at] ?? 'lb-01'} runs an older configuration than its file`,
  summary: 'The file is newer than the last reload.',
  evidence: [{ node: nodes[at] ?? 'lb-01', source: 'stat', quote: 'mtime after the last reload' }],
  remedy: {
    text: 'Reload keepalived.',
    commands: [{ node: nodes[at] ?? 'lb-01', command: 'systemctl reload keepalived' }],
  },
  ...more,
});

export const bigReport: CheckReport = {
  schemaVersion: 1,
  kind: 'check',
  tool: { name: 'vipdoctor', version: '0.1.0' },
  startedAt: '2026-03-01T03:12:45.123Z',
  durationMs: 6400,
  listening: { ms: 4100, endedBecause: 'settled' },
  verdict: 'critical',
  headline: 'VIP 10.0.11.5 has two masters, lb-01 and lb-10: the firewall of lb-10 drops VRRP.',
  clusters: vrids.map((vrid) => ({
    id: `${vrid}`,
    vrid,
    family: 'ipv4',
    version: 2,
    mode: 'multicast',
    vips: [`10.0.${vrid}.5/24`],
    masters: vrid === 11 ? ['lb-01', 'lb-10'] : ['lb-01'],
    holders: vrid === 11 ? ['lb-01', 'lb-10'] : ['lb-01'],
    members: nodes.map((node, at) => ({
      node,
      state: at === 0 || (vrid === 11 && at === 9) ? 'MASTER' : 'BACKUP',
      priority: 200 - at,
      effectivePriority: at === 3 ? 150 : null,
      advertIntervalMs: 1000,
      interface: 'bond0.110',
    })),
  })),
  nodes: nodes.map((name, at) => ({
    name,
    address: `10.0.0.${at + 1}`,
    reachable: true,
    keepalived: { version: '2.2.8', running: true, managedBy: 'systemd' },
  })),
  reachability: vrids.flatMap((vrid) =>
    (vrid === 11 ? ['lb-01', 'lb-10'] : ['lb-01']).flatMap((from) =>
      nodes.filter((to) => to !== from).map((to) => reach(vrid, from, to)),
    ),
  ),
  findings: [
    finding(9, {
      id: 'firewall',
      rule: 'host-firewall-input-drop',
      severity: 'critical',
      title: 'the firewall of lb-10 drops VRRP',
      remedy: {
        text: 'Let VRRP in.',
        commands: [
          { node: 'lb-10', command: 'nft delete rule inet filter input handle 7' },
          { node: 'lb-10', command: 'nft list ruleset > /etc/nftables.conf' },
        ],
      },
    }),
    finding(0, {
      id: 'masters',
      rule: 'multiple-masters',
      severity: 'critical',
      cause: 'consequence',
      causedBy: ['firewall'],
      title: 'lb-01 and lb-10 are MASTER of VRID 11 at the same time',
      remedy: { text: 'Goes away with its cause.', commands: [] },
    }),
    ...nodes.map((_, at) => finding(at)),
  ],
  accepted: [
    {
      ...finding(5, { id: 'accepted', title: 'lb-06 has no track_script', rule: 'track-script-disabled' }),
      acceptance: { reason: 'lab switch', expires: '2027-03-31', file: 'vipdoctor.yaml', line: 4 },
    },
  ],
  verdicts: [
    { rule: 'host-firewall-input-drop', result: 'found' },
    { rule: 'rp-filter-drop', result: 'clear' },
    { rule: 'selinux-denial', result: 'not-evaluated', reason: 'the audit log could not be read' },
  ],
  gaps: ['lb-04: could not listen: tcpdump is not installed'],
  timeline: [],
  history: [],
};
