// The documents of `replay` as schemas: what scripts may check a line of ndjson or the whole JSON document against.
// The JSON Schema is published in docs/schema/replay.json; objects stay open, since fields may be added.
import { z } from 'zod';
import { findingSchema } from '../report/schema.ts';

const count = z.int().min(0);
const ms = z.number().min(0);
const byte = z.int().min(0).max(255);
const family = z.enum(['ipv4', 'ipv6']);
const instant = z.string().describe('ISO 8601, UTC, microseconds');

const frameProblem = z.object({ layer: z.string(), code: z.string(), text: z.string() });

const everyLine = {
  frame: z.int().min(1).describe('number in the capture, from 1, as tshark counts'),
  atNs: z.number().describe('nanoseconds since 1970; all digits are written, read them as a 64-bit integer'),
  src: z.string(),
  dst: z.string(),
  srcMac: z.string().exactOptional(),
  vlan: z.int().exactOptional().describe('innermost tag'),
  vlans: z.array(z.int()).exactOptional().describe('outermost first; only with stacked tags'),
  problems: z.array(frameProblem),
};

const checksum = z.enum([
  'good',
  'good-without-pseudo-header',
  'good-multicast-pseudo-header',
  'bad',
  'unverified',
]);

const auth = z.union([
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('PASS'), fingerprint: z.string().describe('comparable within one run only') }),
  z.object({ type: z.literal('AH'), spi: z.number(), sequence: z.number() }),
  z.object({
    type: z.literal('hmac'),
    scheme: byte,
    keyId: byte,
    sentAtMs: z.number(),
    counter: z.number(),
  }),
  z.object({ type: z.literal('unknown'), value: byte }),
]);

export const replayLineSchema = z.discriminatedUnion('kind', [
  z.object({
    ...everyLine,
    kind: z.literal('advert'),
    ttl: byte,
    version: z.int(),
    type: z.int(),
    vrid: byte,
    priority: byte,
    intervalMs: ms,
    addressCount: byte.describe('the count byte'),
    addresses: z.array(z.string()).describe('as many as the message has room for'),
    auth,
    checksum,
  }),
  z.object({
    ...everyLine,
    kind: z.literal('carp'),
    ttl: byte,
    version: z.literal(2),
    vhid: byte,
    advBaseSeconds: byte,
    advSkew: byte,
    intervalMs: ms,
    demotion: byte,
    counter: z.string().regex(/^\d+$/),
    checksum,
  }),
  z.object({
    ...everyLine,
    kind: z.literal('arp'),
    operation: z.int(),
    senderMac: z.string(),
    senderIp: z.string(),
    targetMac: z.string(),
    targetIp: z.string(),
    gratuitous: z.enum(['request', 'reply', 'probe', 'no']),
    vip: z.string().describe('the VIP it concerns'),
  }),
  z.object({
    ...everyLine,
    kind: z.literal('nd'),
    ttl: byte,
    message: z.enum(['solicitation', 'advertisement']),
    target: z.string(),
    flags: z.object({ router: z.boolean(), solicited: z.boolean(), override: z.boolean() }),
    sourceMac: z.string().exactOptional(),
    targetMac: z.string().exactOptional(),
    gratuitous: z.enum(['unsolicited', 'probe', 'no']),
    vip: z.string(),
  }),
  z.object({
    ...everyLine,
    kind: z.literal('unknown'),
    ttl: byte,
    protocol: byte,
    version: z.int().exactOptional().describe('this and the next: as far as the header was captured'),
    type: z.int().exactOptional(),
    vrid: byte.exactOptional(),
    priority: byte.exactOptional(),
    intervalMs: ms.exactOptional(),
    addressCount: byte.exactOptional(),
    auth: auth.exactOptional().describe('an authentication header in front of what could not be read'),
  }),
]);

const sender = z.object({
  name: z.string(),
  src: z.string(),
  srcMac: z.string().nullable(),
  relation: z.enum(['member', 'foreign']),
  adverts: count,
  farewells: count.describe('adverts with priority 0'),
  firstAt: instant,
  lastAt: instant,
  priorities: z.array(byte),
  versions: z.array(z.int()),
  ttls: z.array(byte),
  auth: z.array(z.string()),
  checksums: z.record(z.string(), count),
  advertisedIntervalMs: ms,
  interval: z
    .object({ count, minMs: ms, meanMs: ms, maxMs: ms, jitterMs: ms.describe('standard deviation') })
    .nullable(),
});

const transition = z.object({
  at: instant,
  atNs: z.string(),
  frame: count,
  from: z.string().nullable(),
  to: z.string().nullable().describe('null: the capture ends with nobody'),
  priority: byte,
  reason: z.enum(['first-heard', 'priority-0', 'timeout', 'higher-priority', 'yielded', 'returned']),
  takeoverMs: z.number().nullable(),
  announcedAfterMs: z.number().nullable(),
});

const router = z.object({
  vrid: byte,
  family,
  vlan: z.int().exactOptional(),
  interfaceId: count,
  vips: z.array(z.string()),
  master: z.string().nullable(),
  senders: z.array(sender),
  transitions: z.array(transition),
  overlaps: z.array(
    z.object({
      from: instant,
      to: instant,
      durationMs: z.number(),
      senders: z.array(z.string()),
      adverts: z.array(count),
      state: z.enum(['ongoing', 'over']),
    }),
  ),
  furtherTransitions: count,
  furtherOverlaps: count,
});

const cluster = z.object({
  id: z.string(),
  vrid: byte,
  family,
  version: z.union([z.literal(2), z.literal(3)]),
  mode: z.enum(['multicast', 'unicast']),
  vips: z.array(z.string()),
  masters: z.array(z.string()),
  holders: z.array(z.string()),
  members: z.array(
    z.object({
      node: z.string().describe('the sender’s address'),
      state: z.enum(['MASTER', 'UNKNOWN']),
      priority: byte.nullable(),
      effectivePriority: byte.nullable(),
      advertIntervalMs: ms.nullable(),
      interface: z.string(),
    }),
  ),
});

export const replayDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('replay'),
  frames: z.array(replayLineSchema).describe('the values of --format ndjson'),
  tool: z.object({ name: z.string(), version: z.string() }),
  capture: z.object({
    source: z.string(),
    format: z.enum(['pcap', 'pcapng', 'unknown']),
    linkTypes: z.array(count),
    firstAt: instant.nullable(),
    lastAt: instant.nullable(),
    durationMs: ms,
    frames: count,
    adverts: count,
    carp: count,
    arp: count,
    nd: count,
    unknown: count,
    problems: z.array(z.object({ code: z.string(), text: z.string() })),
  }),
  verdict: z.enum(['healthy', 'degraded', 'critical', 'unknown']),
  headline: z.string(),
  routers: z.array(router),
  carp: z.array(
    z.object({
      vhid: byte,
      src: z.string(),
      srcMac: z.string().nullable(),
      advBaseSeconds: byte,
      advSkew: byte,
      count,
      firstAt: instant,
      lastAt: instant,
    }),
  ),
  neighbours: z.array(
    z.object({
      vip: z.string(),
      mac: z.string(),
      sender: z.string().nullable(),
      announcements: count,
      answers: count,
      firstAt: instant,
      lastAt: instant,
    }),
  ),
  problems: z.array(
    z.object({ layer: z.string(), code: z.string(), count, firstFrame: count, text: z.string() }),
  ),
  verdicts: z.array(
    z.object({
      rule: z.string(),
      result: z.enum(['clear', 'found', 'not-evaluated']),
      reason: z.string().exactOptional(),
    }),
  ),
  gaps: z.array(z.string()),
  clusters: z.array(cluster),
  findings: z.array(findingSchema),
});

/** JSON Schema (draft 2020-12) of `replay --format json`; `#/properties/frames/items` is that of an ndjson line. */
export const replayJsonSchema = (): object => ({
  ...z.toJSONSchema(replayDocumentSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor replay',
});
