// The report as a schema: what scripts may check a document against. Its JSON Schema is published in docs/schema;
// objects stay open there, since fields may be added but are never renamed.
import { z } from 'zod';
import type { CheckReport } from './report.ts';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const severity = z.enum(['critical', 'high', 'medium', 'low']);

const member = z.object({
  node: z.string(),
  state: z.enum(['MASTER', 'BACKUP', 'FAULT', 'INIT', 'STOPPED', 'UNKNOWN']),
  priority: z.int().min(0).max(255).nullable(),
  effectivePriority: z.int().min(0).max(255).nullable(),
  advertIntervalMs: milliseconds.nullable(),
  interface: z.string(),
});

const cluster = z.object({
  id: z.string(),
  vrid: z.int().min(0).max(255),
  family: z.enum(['ipv4', 'ipv6']),
  version: z.union([z.literal(2), z.literal(3)]),
  mode: z.enum(['multicast', 'unicast']),
  vips: z.array(z.string()).describe('addresses with their prefix, e.g. 10.0.0.5/24'),
  masters: z.array(z.string()).describe('node names'),
  holders: z.array(z.string()).describe('names of the nodes that carry the VIP'),
  members: z.array(member),
});

const node = z.object({
  name: z.string().describe('what the user called it'),
  address: z.string(),
  reachable: z.boolean(),
  problem: z.string().exactOptional(),
  nextStep: z.string().exactOptional(),
  keepalived: z.object({
    version: z.string().nullable(),
    running: z.boolean().nullable(),
    managedBy: z.enum(['systemd', 'docker', 'podman', 'containerd', 'openrc', 'sysv', 'none', 'unknown']),
  }),
});

const reach = z.object({
  vrid: z.int().min(0).max(255),
  from: z.string(),
  to: z.string(),
  sent: count.nullable(),
  arrived: count.nullable(),
  delivered: count.nullable(),
  accepted: z.enum(['yes', 'refused-lower-priority', 'no']).nullable(),
  lostAt: z.enum(['sender', 'network', 'receiver-kernel', 'daemon', 'unknown']).nullable(),
  detail: z.string(),
});

export const findingSchema = z.object({
  rule: z.string(),
  severity,
  cause: z.enum(['root', 'consequence']),
  causedBy: z.array(z.string()).describe('ids of findings'),
  id: z.string(),
  subject: z.object({
    nodes: z.array(z.string()),
    vrid: z.int().min(0).max(255).exactOptional(),
    vip: z.string().exactOptional(),
  }),
  title: z.string(),
  summary: z.string(),
  evidence: z.array(z.object({ node: z.string(), source: z.string(), quote: z.string() })).min(1),
  remedy: z.object({
    text: z.string(),
    commands: z.array(z.object({ node: z.string(), command: z.string() })),
  }),
});

export const waiverSchema = z.object({
  reason: z.string(),
  expires: z.string().describe('last day it holds, UTC'),
  file: z.string(),
  line: z.int().min(1),
  through: z.string().exactOptional().describe('id of the accepted root this is a consequence of'),
});

const acceptedFinding = findingSchema.extend({ acceptance: waiverSchema });

export const acceptedSchema = z
  .array(acceptedFinding)
  .describe('found, and not counted because vipdoctor.yaml accepts it');

export const acceptancesSchema = z
  .array(
    z.object({
      rule: z.string(),
      nodes: z.array(z.string()).exactOptional(),
      vrid: z.int().exactOptional(),
      vip: z.string().exactOptional(),
      reason: z.string(),
      expires: z.string(),
      file: z.string(),
      line: z.int().min(1),
      state: z
        .enum(['applied', 'expired', 'stale', 'open'])
        .describe('stale: it matches nothing; open: its rule could not be evaluated'),
      findings: z.array(z.string()).describe('ids of what it matches; of an expired one what came back'),
    }),
  )
  .describe('every acceptance and what became of it');

const entry = z.object({
  id: z.string(),
  rule: z.string(),
  severity,
  subject: findingSchema.shape.subject,
  title: z.string(),
  file: z.string().exactOptional().describe('of a problem of a configuration file'),
  line: z.int().exactOptional(),
});

export const comparisonSchema = z
  .object({
    file: z.string(),
    startedAt: z.string().exactOptional().describe('of the earlier check'),
    new: z
      .array(entry.extend({ was: severity.exactOptional().describe('there before, and less grave') }))
      .describe('not there before, or graver than before; what --fail-on counts'),
    gone: z.array(entry),
    unchanged: z.array(entry),
    unjudged: z.array(entry).describe('there before; whether it still is could not be judged'),
  })
  .describe('with --baseline');

const verdict = z.object({
  rule: z.string(),
  result: z.enum(['clear', 'found', 'not-evaluated']),
  reason: z.string().exactOptional(),
});

const sinceZeroMs = z.number().describe('ms after the first thing heard at that place');
const marks = z.object({ count, atMs: z.array(sinceZeroMs) });

const listener = z.object({
  at: z.string().describe('node name, or observer'),
  source: z.string(),
  listenedMs: milliseconds.nullable(),
  zeroAt: z.string().nullable().describe('ISO 8601 on the clock of that place; null when nothing was heard'),
  adverts: z.array(
    z.object({
      vrid: z.int().min(0).max(255),
      family: z.enum(['ipv4', 'ipv6']),
      from: z.string(),
      address: z.string().nullable(),
      direction: z.enum(['in', 'out']),
      to: z.string().exactOptional(),
      priorities: z.array(z.int().min(0).max(255)),
      heard: marks.nullable(),
      delivered: marks.nullable(),
    }),
  ),
  addresses: z.array(
    z.object({
      kind: z.enum(['announcement', 'answer']),
      vip: z.string(),
      by: z.string(),
      mac: z.string().nullable(),
      atMs: z.array(sinceZeroMs),
    }),
  ),
  logged: z.array(z.object({ atMs: sinceZeroMs, text: z.string() })),
  lanesLeftOut: count,
});

const logLine = z.object({ node: z.string(), at: z.string().nullable(), text: z.string() });

export const checkReportSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('check'),
  tool: z.object({ name: z.string(), version: z.string() }),
  startedAt: z.iso.datetime({ offset: true }),
  durationMs: milliseconds,
  listening: z.object({ ms: milliseconds, endedBecause: z.string() }),
  verdict: z.enum(['healthy', 'degraded', 'critical', 'unknown']),
  headline: z.string().describe('one sentence a person can act on'),
  clusters: z.array(cluster),
  nodes: z.array(node),
  reachability: z.array(reach),
  findings: z.array(findingSchema),
  accepted: acceptedSchema,
  acceptances: acceptancesSchema.exactOptional(),
  baseline: comparisonSchema.exactOptional(),
  verdicts: z.array(verdict),
  gaps: z.array(z.string()).describe('what could not be judged and why; empty when everything could'),
  timeline: z.array(listener).describe('what each place heard; every place on its own clock'),
  history: z.array(logLine).describe('what each keepalived logged last, oldest first'),
});

/** Without `readonly`, which a schema does not know. */
export type Unlocked<T> = T extends readonly (infer Item)[]
  ? Unlocked<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Unlocked<T[Key]> }
    : T;
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? 'same' : never;
/** Fails to compile when schema and types drift apart. */
const inStep: Same<Unlocked<CheckReport>, Unlocked<z.infer<typeof checkReportSchema>>> = 'same';

/** JSON Schema (draft 2020-12) of `check --format json`. */
export const checkJsonSchema = (): object => ({
  ...z.toJSONSchema(checkReportSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor check',
  $comment: `schema and types: ${inStep}`,
});

/** One line of `check --format ndjson`: the check first, then its parts, each line saying what it is. */
const checkLineSchema = z.union([
  checkReportSchema.omit({
    clusters: true,
    nodes: true,
    reachability: true,
    findings: true,
    accepted: true,
    verdicts: true,
    timeline: true,
    history: true,
  }),
  cluster.extend({ kind: z.literal('cluster') }),
  node.extend({ kind: z.literal('node') }),
  reach.extend({ kind: z.literal('reachability') }),
  findingSchema.extend({ kind: z.literal('finding') }),
  acceptedFinding.extend({ kind: z.literal('accepted') }),
  verdict.extend({ kind: z.literal('verdict') }),
  listener.extend({ kind: z.literal('heard') }),
  logLine.extend({ kind: z.literal('logged') }),
]);

/** JSON Schema (draft 2020-12) of each line of `check --format ndjson`. */
export const checkLineJsonSchema = (): object => ({
  ...z.toJSONSchema(checkLineSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor check, one line of ndjson',
});
