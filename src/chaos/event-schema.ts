// A line of `failover --measure --format ndjson` as a schema: an event of the run, or the document as the last line.
// Its JSON Schema is published in docs/schema/failover-line.json.
import { z } from 'zod';
import { failoverReportSchema, failoverTrialSchema } from '../report/failover-schema.ts';
import { type FailoverEvent, runPhases } from './events.ts';
import { faultNames } from './faults/fault.ts';

const ms = z.number();
const count = z.int().min(0);
const number = z.int().min(1);
const told = { atMs: ms.describe('when it was told, ms since the epoch, on the clock of vipdoctor') };
const trialMs = ms.describe('ms on the clock of the observer, since the first frame of the trial');
const onTrial = { ...told, trial: number, node: z.string() };
const mac = z.object({
  node: z.string().exactOptional().describe('absent for a stranger'),
  mac: z.string(),
  count,
});

const sighting = z.union([
  z.object({
    what: z.literal('slice'),
    fromMs: trialMs,
    toMs: trialMs,
    adverts: z.array(
      z.object({
        node: z.string().exactOptional(),
        source: z.string(),
        priority: z.int().min(0).max(255).describe('of the last one'),
        count,
      }),
    ),
    announcements: z.array(mac).describe('gratuitous ARPs, unsolicited neighbour advertisements'),
    probes: z.array(z.object({ probe: z.enum(['icmp', 'arp', 'nd']), asked: count, answered: z.array(mac) })),
  }),
  z.object({ what: z.literal('goodbye'), atMs: trialMs, node: z.string() }),
  z.object({ what: z.literal('advertises'), atMs: trialMs, node: z.string(), priority: count }),
  z.object({ what: z.literal('announces'), atMs: trialMs, node: z.string(), mac: z.string() }),
  z.object({
    what: z.enum(['vip-appeared', 'vip-vanished']),
    atMs: trialMs,
    node: z.string(),
    address: z.string(),
  }),
]);

const checking = z.union([
  z.object({
    kind: z.literal('node'),
    node: z.string(),
    phase: z.enum(['connecting', 'asking', 'listening', 'asking-again', 'done', 'failed']),
    detail: z.string(),
  }),
  z.object({
    kind: z.literal('listening'),
    elapsedMs: ms,
    limitMs: ms,
    openQuestions: z.array(z.string()),
    adverts: count,
    senders: z.array(z.object({ vrid: count, from: z.string(), priority: count, adverts: count })),
  }),
]);

export const failoverEventSchema = z.union([
  z.object({
    kind: z.literal('phase'),
    ...told,
    phase: z.enum(runPhases),
    step: z.enum(['begun', 'ended']),
    trial: number.exactOptional(),
  }),
  z.object({ kind: z.literal('checking'), ...told, progress: checking }),
  z.object({
    kind: z.literal('lock'),
    ...told,
    state: z.enum(['held', 'refused', 'released']),
    nodes: z.array(z.string()),
    why: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('snapshot'), ...told, nodes: z.array(z.string()) }),
  z.object({
    kind: z.literal('ledger'),
    ...told,
    state: z.enum(['opened', 'not-written', 'closed', 'left-open']),
    run: z.string(),
    why: z.string().exactOptional(),
  }),
  z.object({
    kind: z.literal('trial'),
    ...onTrial,
    of: number,
    fault: z.enum(faultNames),
    classAsked: failoverTrialSchema.shape.fault.shape.classAsked,
    oldMaster: z.string(),
    winner: z.string().describe('who should take over'),
    masterAfter: z.string().describe('who should be master when all is healed'),
    predictedMs: z.object({ min: ms, max: ms }),
    advertIntervalMs: ms,
    quietMs: ms,
    stop: z.object({ maxOutageMs: ms, secondSender: z.enum(['expected', 'not-expected']) }),
  }),
  z.object({
    kind: z.literal('rescue'),
    ...told,
    state: z.enum(['armed', 'read-back', 'refused', 'disarmed', 'had-fired', 'not-proven']),
    node: z.string(),
    firesAtMs: ms.describe('when the node heals itself at the latest, ms since the epoch'),
    afterSeconds: ms,
    why: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('injecting'), ...onTrial, atTrialMs: trialMs }),
  z.object({ kind: z.literal('injected'), ...onTrial, atTrialMs: trialMs }),
  z.object({ kind: z.literal('not-injected'), ...onTrial, why: z.string() }),
  z.object({ kind: z.literal('stop'), ...told, trial: number, why: z.string(), atTrialMs: trialMs }),
  z.object({ kind: z.literal('cut-off'), ...onTrial, firesAtMs: ms }),
  z.object({ kind: z.literal('healing'), ...onTrial, atTrialMs: trialMs }),
  z.object({ kind: z.literal('healed'), ...onTrial, atTrialMs: trialMs }),
  z.object({ kind: z.literal('not-healed'), ...onTrial, why: z.string() }),
  z.object({ kind: z.literal('failback-late'), ...told, trial: number, expected: z.string() }),
  z.object({
    kind: z.literal('restored-check'),
    ...told,
    trial: number,
    state: z.enum(['restored', 'not-restored']),
    differences: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('trial-finished'),
    ...told,
    trial: number,
    ended: z.enum(['complete', 'stopped', 'interrupted', 'not-begun']),
    why: z.string().exactOptional(),
    result: failoverTrialSchema.nullable().describe('null when nothing was injected'),
  }),
  z.object({ kind: z.literal('sighting'), ...told, trial: number, sighting }),
]);

type Unlocked<T> = T extends readonly (infer Item)[]
  ? Unlocked<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Unlocked<T[Key]> }
    : T;
type Fits<A, B> = [A] extends [B] ? ([B] extends [A] ? 'same' : never) : never;
/** Fails to compile when schema and types drift apart. */
const inStep: Fits<Unlocked<FailoverEvent>, z.infer<typeof failoverEventSchema>> = 'same';

/** JSON Schema (draft 2020-12) of one line. */
export const failoverLineJsonSchema = (): object => ({
  ...z.toJSONSchema(z.union([failoverEventSchema, failoverReportSchema]), {
    io: 'input',
    target: 'draft-2020-12',
    reused: 'ref',
  }),
  title: 'vipdoctor failover, a line of NDJSON',
  $comment: `schema and types: ${inStep}`,
});
