// What a recorded bundle looks like on disk: its manifest and the lines of its files, checked when they are read. It
// knows no files.
import { z } from 'zod';

const exit = z.union([z.number().int(), z.enum(['missing', 'timeout', 'lost'])]);
export const answerSchema = z.object({
  probe: z.string(),
  part: z.string(),
  about: z.string().optional(),
  round: z.enum(['before', 'after']),
  exit,
  text: z.string(),
  truncated: z.enum(['no', 'yes']),
});
export const deliverySchema = z.object({
  atNs: z.string().regex(/^\d+$/),
  family: z.enum(['ipv4', 'ipv6']),
  protocol: z.union([z.literal(112), z.literal(51)]),
  interface: z.string(),
  src: z.string(),
  dst: z.string(),
  ttl: z.union([z.number(), z.literal('unknown')]),
  header: z.string().regex(/^[0-9a-f]*$/),
});
export const earMeta = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('listened'),
    source: z.string(),
    method: z.enum(['tcpdump', 'packet-socket', 'cap']),
    listenedMs: z.number().optional(),
    linkType: z.number().int(),
    dropped: z.union([z.number(), z.literal('unknown')]),
    problems: z.array(z.string()),
  }),
  z.object({ kind: z.literal('deaf'), reason: z.string() }),
]);
export const witnessMeta = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('listened'),
    source: z.string(),
    listenedMs: z.number().optional(),
    problems: z.array(z.string()),
  }),
  z.object({ kind: z.literal('absent'), reason: z.string() }),
]);
const contactSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('reached'),
    rights: z.enum(['root', 'sudo', 'none']),
    connectedAfterMs: z.number(),
  }),
  z.object({
    kind: z.literal('unreachable'),
    stage: z.string(),
    message: z.string(),
    nextStep: z.string(),
  }),
  z.object({ kind: z.literal('lost'), message: z.string(), rights: z.enum(['root', 'sudo', 'none']) }),
]);
export const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('check'),
  tool: z.object({ name: z.string(), version: z.string() }),
  startedAt: z.string(),
  durationMs: z.number(),
  window: z.object({
    listenedMs: z.number(),
    limitMs: z.number(),
    endedBecause: z.enum(['settled', 'limit', 'proof-complete', 'nothing-to-hear', 'interrupted']),
    detail: z.string(),
  }),
  observer: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none'), reason: z.string() }),
    z.object({
      kind: z.literal('present'),
      where: z.string(),
      interface: z.string(),
      ear: earMeta,
      arp: z.array(
        z.object({
          address: z.string(),
          sent: z.number(),
          replies: z.array(z.object({ mac: z.string(), atNs: z.string().regex(/^\d+$/) })),
        }),
      ),
      problems: z.array(z.string()),
    }),
  ]),
  nodes: z.array(
    z.object({
      folder: z.string().regex(/^\d+-[A-Za-z0-9._-]+$/),
      node: z.string(),
      address: z.string(),
      contact: contactSchema,
      problems: z.array(z.string()),
      ear: earMeta,
      witness: witnessMeta,
    }),
  ),
  /** Checksum of every other file, by its path in the folder; absent in recordings of older versions. */
  files: z.record(z.string(), z.string()).optional(),
  /** Checksum of the manifest without this value. */
  seal: z.string().optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;
