// Any report a broken or hostile node could bring about: every text is arbitrary, every shape is allowed.
import fc from 'fast-check';
import type { AcceptedFinding } from '../../src/report/acceptance.ts';
import type {
  CheckReport,
  Finding,
  ReportCluster,
  ReportListener,
  ReportNode,
  ReportReach,
} from '../../src/report/report.ts';

const nasty = fc.constantFrom(
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07',
  '\r\n\t\0\x7f\x9b',
  '\u202eevil\u2066',
  'zero\u200bwidth\ufeff',
  '<script>alert(1)</script>',
  ']]>&amp;"\'',
  '| a ` b ``` c | **d** [e](http://f)',
  '\ud800',
  '日本語のノード名',
  '👩‍👩‍👧',
);
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  nasty,
  fc.string({ maxLength: 120 }),
);
const count = fc.option(fc.nat(1000), { nil: null });
const vrid = fc.integer({ min: 0, max: 255 });
const name = fc.oneof(fc.constantFrom('n1', 'n2', 'n3'), anyText);
const names = fc.array(name, { maxLength: 4 });

const member: fc.Arbitrary<ReportCluster['members'][number]> = fc.record({
  node: name,
  state: fc.constantFrom('MASTER', 'BACKUP', 'FAULT', 'INIT', 'STOPPED', 'UNKNOWN'),
  priority: fc.option(vrid, { nil: null }),
  effectivePriority: fc.option(vrid, { nil: null }),
  advertIntervalMs: count,
  interface: anyText,
});

const cluster: fc.Arbitrary<ReportCluster> = fc.record({
  id: anyText,
  vrid,
  family: fc.constantFrom('ipv4', 'ipv6'),
  version: fc.constantFrom(2, 3),
  mode: fc.constantFrom('multicast', 'unicast'),
  vips: fc.array(anyText, { maxLength: 3 }),
  masters: names,
  holders: names,
  members: fc.array(member, { maxLength: 6 }),
});

const node: fc.Arbitrary<ReportNode> = fc.record(
  {
    name,
    address: anyText,
    reachable: fc.boolean(),
    problem: anyText,
    nextStep: anyText,
    keepalived: fc.record({
      version: fc.option(anyText, { nil: null }),
      running: fc.option(fc.boolean(), { nil: null }),
      managedBy: fc.constantFrom('systemd', 'docker', 'none', 'unknown'),
    }),
  },
  { requiredKeys: ['name', 'address', 'reachable', 'keepalived'] },
);

const reach: fc.Arbitrary<ReportReach> = fc.record({
  vrid,
  from: name,
  to: name,
  sent: count,
  arrived: count,
  delivered: count,
  accepted: fc.constantFrom('yes', 'refused-lower-priority', 'no', null),
  lostAt: fc.constantFrom('sender', 'network', 'receiver-kernel', 'daemon', 'unknown', null),
  detail: anyText,
});

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const finding: fc.Arbitrary<Finding> = fc.record({
  rule: fc.oneof(fc.constantFrom('host-firewall-input-drop', 'multiple-masters'), anyText),
  severity: fc.constantFrom('critical', 'high', 'medium', 'low'),
  cause: fc.constantFrom('root', 'consequence'),
  causedBy: fc.array(ids, { maxLength: 3 }),
  id: ids,
  subject: fc.record({ nodes: names }),
  title: anyText,
  summary: anyText,
  evidence: fc.array(fc.record({ node: name, source: anyText, quote: anyText }), {
    minLength: 1,
    maxLength: 8,
  }),
  remedy: fc.record({
    text: anyText,
    commands: fc.array(fc.record({ node: name, command: anyText }), { maxLength: 3 }),
  }),
});

const times = fc.array(fc.float({ min: 0, max: 60_000, noNaN: true }), { maxLength: 5 });
const marks = fc.option(fc.record({ count: fc.nat(1000), atMs: times }), { nil: null });

const listener: fc.Arbitrary<ReportListener> = fc.record({
  at: name,
  source: anyText,
  listenedMs: fc.option(fc.nat(60_000), { nil: null }),
  zeroAt: fc.option(anyText, { nil: null }),
  adverts: fc.array(
    fc.record(
      {
        vrid,
        family: fc.constantFrom('ipv4', 'ipv6'),
        from: name,
        address: fc.option(anyText, { nil: null }),
        direction: fc.constantFrom('in', 'out'),
        to: anyText,
        priorities: fc.array(vrid, { maxLength: 3 }),
        heard: marks,
        delivered: marks,
      },
      {
        requiredKeys: ['vrid', 'family', 'from', 'address', 'direction', 'priorities', 'heard', 'delivered'],
      },
    ),
    { maxLength: 4 },
  ),
  addresses: fc.array(
    fc.record({
      kind: fc.constantFrom('announcement', 'answer'),
      vip: anyText,
      by: name,
      mac: fc.option(anyText, { nil: null }),
      atMs: times,
    }),
    { maxLength: 3 },
  ),
  logged: fc.array(fc.record({ atMs: fc.nat(60_000), text: anyText }), { maxLength: 3 }),
  lanesLeftOut: fc.nat(9),
});

const accepted: fc.Arbitrary<AcceptedFinding> = fc
  .tuple(
    finding,
    fc.record(
      { reason: anyText, expires: anyText, file: anyText, line: fc.integer({ min: 1 }), through: ids },
      { requiredKeys: ['reason', 'expires', 'file', 'line'] },
    ),
  )
  .map(([one, acceptance]) => ({ ...one, acceptance }));

const entry = fc.record(
  {
    id: ids,
    rule: anyText,
    severity: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
    subject: fc.record({ nodes: names }),
    title: anyText,
    file: anyText,
    line: fc.integer({ min: 1 }),
  },
  { requiredKeys: ['id', 'rule', 'severity', 'subject', 'title'] },
);
const entries = fc.array(entry, { maxLength: 3 });

const anyBareReport: fc.Arbitrary<CheckReport> = fc.record({
  schemaVersion: fc.constant(1),
  kind: fc.constant('check'),
  tool: fc.record({ name: anyText, version: anyText }),
  startedAt: anyText,
  durationMs: fc.nat(),
  listening: fc.record({ ms: fc.nat(), endedBecause: anyText }),
  verdict: fc.constantFrom('healthy', 'degraded', 'critical', 'unknown'),
  headline: anyText,
  clusters: fc.array(cluster, { maxLength: 3 }),
  nodes: fc.array(node, { maxLength: 6 }),
  reachability: fc.array(reach, { maxLength: 8 }),
  findings: fc.array(finding, { maxLength: 6 }),
  accepted: fc.array(accepted, { maxLength: 3 }),
  verdicts: fc.array(
    fc.record(
      { rule: anyText, result: fc.constantFrom('clear', 'found', 'not-evaluated'), reason: anyText },
      { requiredKeys: ['rule', 'result'] },
    ),
    { maxLength: 6 },
  ),
  gaps: fc.array(anyText, { maxLength: 3 }),
  timeline: fc.array(listener, { maxLength: 3 }),
  history: fc.array(fc.record({ node: name, at: fc.option(anyText, { nil: null }), text: anyText }), {
    maxLength: 3,
  }),
});

const comparison = fc.record(
  { file: anyText, startedAt: anyText, new: entries, gone: entries, unchanged: entries, unjudged: entries },
  { requiredKeys: ['file', 'new', 'gone', 'unchanged', 'unjudged'] },
);

export const anyReport: fc.Arbitrary<CheckReport> = fc
  .tuple(anyBareReport, fc.option(comparison, { nil: undefined }))
  .map(([report, baseline]) => (baseline === undefined ? report : { ...report, baseline }));
