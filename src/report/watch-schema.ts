// The lines of `watch --format ndjson` as a schema: what scripts may check each line against. Its JSON Schema is
// published in docs/schema; objects stay open there, since fields and kinds may be added but are never renamed.
import { z } from 'zod';
import type { WatchEvent } from './watch.ts';

const at = z.iso.datetime({ offset: true }).describe('on the clock of the machine vipdoctor runs on');
const count = z.int().min(0);
const milliseconds = z.number().min(0);
const family = z.enum(['ipv4', 'ipv6']);
const vrid = z.int().min(0).max(255);
const origin = z.enum(['ours', 'unknown', 'unidentified']);
const sourceName = z.enum(['adverts', 'log', 'addresses']);
const about = { router: z.string().describe('VRID/family/segment, as in check'), vrid, family };

const clue = z.object({
  node: z.string(),
  source: z.enum(['log', 'link', 'process', 'connection']),
  text: z.string(),
  quote: z.string().exactOptional(),
});

const ear = z.object({
  heardAt: z.string().describe('node name or observer'),
  sender: z.string(),
  dst: z.string(),
  adverts: count,
  missed: count,
  missedLastHour: count,
  ratePerSecond: z.number().min(0).nullable(),
  jitterMs: milliseconds.nullable(),
});

const router = z.object({
  id: z.string(),
  vrid,
  family,
  origin,
  version: z.int(),
  mode: z.enum(['multicast', 'unicast']),
  vips: z.array(z.string()),
  masters: z.array(z.string()),
  hearing: z.enum(['heard', 'silent', 'unheard']),
  since: at.nullable(),
  sinceIs: z.enum(['seen', 'logged', 'at-least']).nullable(),
  priority: z.int().min(0).max(255).nullable(),
  advertIntervalMs: milliseconds.nullable(),
  ratePerSecond: z.number().min(0).nullable(),
  jitterMs: milliseconds.nullable(),
  missed: count,
  missedLastHour: count,
  transitions: count,
  flapsLastHour: count,
  holders: z.array(z.object({ vip: z.string(), nodes: z.array(z.string()) })),
  members: z.array(
    z.object({
      node: z.string(),
      instance: z.string(),
      interface: z.string(),
      priority: z.int().min(0).max(255).nullable(),
      state: z.enum(['MASTER', 'BACKUP', 'FAULT', 'STOPPED', 'FROZEN', 'UNKNOWN']),
    }),
  ),
  strangers: z.array(z.string()),
  ears: z.array(ear),
});

const source = {
  source: sourceName,
  state: z.enum(['starting', 'working', 'down', 'absent']),
  problem: z.string().exactOptional(),
  losses: count,
};

const node = z.object({
  name: z.string().describe('what the user called it'),
  address: z.string(),
  connection: z.enum(['connecting', 'connected', 'lost', 'given-up']),
  since: at,
  problem: z.string().exactOptional(),
  nextStep: z.string().exactOptional(),
  retryAt: at.exactOptional(),
  losses: count,
  keepalived: z.enum(['running', 'stopped', 'frozen', 'unknown']),
  sources: z.array(z.object(source)),
});

const summary = {
  at,
  startedAt: at,
  watchedMs: milliseconds,
  routers: z.array(router),
  nodes: z.array(node),
  observer: z.object({ where: z.string(), interface: z.string().nullable(), ...source }),
  beyond: count,
};

export const watchEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    at,
    schemaVersion: z.literal(1),
    tool: z.object({ name: z.string(), version: z.string() }),
    nodes: z.array(z.object({ name: z.string(), address: z.string() })),
  }),
  z.object({
    kind: z.literal('node'),
    at,
    node: z.string(),
    state: z.enum(['connected', 'lost', 'given-up', 'rebooted']),
    problem: z.string().exactOptional(),
    nextStep: z.string().exactOptional(),
    retryInMs: milliseconds.exactOptional(),
  }),
  z.object({
    kind: z.literal('source'),
    at,
    node: z.string().describe('node name or observer'),
    source: sourceName,
    state: z.enum(['working', 'down']),
    problem: z.string().exactOptional(),
    retryInMs: milliseconds.exactOptional(),
  }),
  z.object({
    kind: z.literal('process'),
    at,
    node: z.string(),
    state: z.enum(['running', 'stopped', 'frozen']),
  }),
  z.object({
    kind: z.literal('link'),
    at,
    node: z.string(),
    interface: z.string(),
    state: z.enum(['up', 'down', 'gone']),
  }),
  z.object({ kind: z.literal('router'), at, origin, text: z.string(), ...about }),
  z.object({
    kind: z.literal('transition'),
    at,
    ...about,
    from: z.string().nullable().describe('node name, or address of a sender that is none of the nodes'),
    to: z.string().nullable(),
    reason: z.enum(['first-heard', 'priority-0', 'silence', 'outranked', 'yielded', 'returned']),
    text: z.string(),
    silentMs: milliseconds.nullable(),
    because: z.array(clue),
  }),
  z.object({
    kind: z.literal('two-masters'),
    at,
    state: z.enum(['begin', 'end']),
    masters: z.array(z.string()),
    ...about,
  }),
  z.object({
    kind: z.literal('missed'),
    at,
    sender: z.string(),
    heardAt: z.string(),
    missed: count,
    gapMs: milliseconds,
    ...about,
  }),
  z.object({
    kind: z.literal('vip'),
    at,
    node: z.string(),
    vip: z.string(),
    state: z.enum(['added', 'removed']),
    interface: z.string(),
  }),
  z.object({
    kind: z.literal('stranger'),
    at,
    state: z.enum(['heard', 'silent']),
    what: z.enum(['vrid', 'sender']),
    sender: z.string(),
    mac: z.string().nullable(),
    addresses: z.array(z.string()),
    text: z.string(),
    ...about,
  }),
  z.object({ kind: z.literal('log'), at, node: z.string(), text: z.string(), quote: z.string() }),
  z.object({ kind: z.literal('dropped'), at, count }),
  z.object({ kind: z.literal('summary'), ...summary }),
  z.object({
    kind: z.literal('ended'),
    at,
    because: z.enum(['duration', 'interrupted', 'quit']),
    durationMs: milliseconds,
  }),
]);

type Unlocked<T> = T extends readonly (infer Item)[]
  ? Unlocked<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Unlocked<T[Key]> }
    : T;
/** Both ways assignable: fails to compile when schema and types drift apart. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? 'same' : never) : never;
const inStep: Same<Unlocked<WatchEvent>, Unlocked<z.infer<typeof watchEventSchema>>> = 'same';

/** JSON Schema (draft 2020-12) of one line of `watch --format ndjson`. */
export const watchJsonSchema = (): object => ({
  ...z.toJSONSchema(watchEventSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor watch, one line',
  $comment: `schema and types: ${inStep}`,
});
