// The failover document as a schema. Its JSON Schema is published in docs/schema/failover.json; objects stay open
// there, since fields may be added but are never renamed.
import { z } from 'zod';
import type { FailoverReport } from './failover.ts';
import { checkReportSchema } from './schema.ts';

const count = z.int().min(0);
const ms = z.number();

const figure = {
  value: ms.nullable().describe('ms; null when it could not be measured'),
  plusMinus: ms.min(0).nullable(),
  bound: z.enum(['exact', 'at-least']).describe('at-least: it was not over when the watching ended'),
  reason: z.string().exactOptional(),
};

const prediction = z.object({
  min: ms.min(0),
  max: ms.min(0),
  forThisPhase: ms.nullable().describe('arithmetic for this winner and this moment, without any allowance'),
});

const phaseName = z.enum(['detection', 'addressConfigured', 'announcement', 'neighbour', 'firstService']);
const took = ms.min(0).nullable();

const handover = {
  oldMaster: z.string(),
  newMaster: z.string().nullable(),
  takeoverMs: z
    .object({
      ...figure,
      predicted: prediction.nullable(),
      residual: ms.nullable().describe('measured minus predicted for this phase'),
      residualReason: z.string().exactOptional(),
    })
    .describe('last advert of the old master to the first of a new one, in one capture'),
  fromEventMs: z
    .object({ ...figure, predicted: prediction.nullable() })
    .describe('fault (or healing) to the first advert of the new master'),
  outageMs: z.array(
    z.object({
      probe: z.string(),
      observer: z.string(),
      ...figure,
      sent: count,
      lost: count,
      gaps: z.array(z.object({ fromMs: ms, toMs: ms, lost: count })),
    }),
  ),
  arpConvergenceMs: z.array(
    z.object({
      observer: z.string(),
      how: z.enum(['icmp-replies', 'arp-answers', 'nd-answers', 'neighbour-table']),
      ...figure,
      oldMac: z.string().nullable(),
      newMac: z.string().nullable(),
    }),
  ),
  phases: z
    .object({
      detection: took,
      addressConfigured: took,
      announcement: took,
      neighbour: took,
      firstService: took,
    })
    .describe('ms each phase took beyond the one before it; null where its end was not seen'),
  phaseSpans: z.array(
    z.object({
      name: phaseName,
      fromMs: ms.nullable(),
      toMs: ms.nullable(),
      plusMinus: ms.min(0).nullable(),
      note: z.string(),
    }),
  ),
  dualOwnershipMs: ms.min(0).nullable(),
  dualOwnership: z.object(figure),
  macFlips: count
    .nullable()
    .describe('how often the MAC behind the VIP changed for the observer; 1 is a clean move'),
  moments: z.array(z.object({ name: z.string(), where: z.string(), atMs: ms, plusMinus: ms.min(0) })),
  lanes: z.array(
    z.object({
      probe: z.string(),
      spans: z.array(
        z.object({
          fromMs: ms,
          toMs: ms,
          by: z.enum(['old', 'new', 'both', 'other', 'someone', 'none']),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
};

const faultClass = ['graceful', 'crash', 'hang', 'link', 'mute', 'service'] as const;

/** One trial, as it also stands in the event that ends it. */
export const failoverTrialSchema = z.object({
  index: count,
  fault: z.object({
    name: z.string(),
    node: z.string(),
    injectedFromNs: z.number(),
    injectedToNs: z.number(),
    clock: z.string(),
    classAsked: z.enum(faultClass),
    classObserved: z.enum([...faultClass, 'none']),
    because: z.string(),
  }),
  void: z.string().nullable().describe('why the trial does not count'),
  ...handover,
  failback: z.union([
    z.object({ ...handover, preempt: z.literal(true) }),
    z.object({ preempt: z.literal(false) }),
    z.object({ preempt: z.literal(true), reason: z.string() }),
  ]),
  clocks: z.array(
    z.object({
      clock: z.string(),
      offsetNs: z.number(),
      plusMinus: ms.min(0),
      method: z.enum(['same-clock', 'shared-frames', 'ping-pong']),
      samples: count,
    }),
  ),
  capture: z.object({ frames: count, dropped: count.nullable() }),
  warnings: z.array(z.string()),
});

const spread = z
  .object({
    n: count,
    atLeast: count,
    min: ms,
    median: ms,
    max: ms,
    interval: z
      .object({ low: ms, high: ms, confidence: z.number().min(0).max(1) })
      .describe('order statistics: covers the median with this confidence'),
    values: z.array(ms),
  })
  .nullable();
const spreads = { takeoverMs: spread, outageMs: spread, arpConvergenceMs: spread };

export const failoverReportSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('failover'),
  tool: z.object({ name: z.string(), version: z.string() }),
  startedAt: z.iso.datetime({ offset: true }),
  durationMs: ms.min(0),
  headline: z.string().describe('one sentence a person can act on'),
  cluster: checkReportSchema.shape.clusters.element,
  configuration: z.object({
    vip: z.string(),
    version: z.union([z.literal(2), z.literal(3)]),
    advertIntervalMs: ms.positive(),
    downTimerAdverts: z.int().positive(),
    members: z.array(
      z.object({
        node: z.string(),
        effectivePriority: z.int().min(0).max(255),
        preempt: z.boolean(),
        preemptDelayMs: ms.min(0),
      }),
    ),
  }),
  observer: z.object({
    where: z.string(),
    interface: z.string(),
    clock: z.string(),
    stampErrorMs: ms.min(0),
    probes: z.array(z.object({ name: z.string(), periodMs: ms.positive() })),
  }),
  restored: z.boolean(),
  restoration: z.object({ compared: z.array(z.string()), differences: z.array(z.string()) }),
  rescue: z.object({
    armedOn: z.string(),
    deadlineSeconds: ms.min(0),
    readBack: z.boolean(),
    fired: z.boolean(),
    disarmed: z.boolean(),
  }),
  trials: z.array(failoverTrialSchema),
  summary: z.object({
    ...spreads,
    failback: z.object(spreads),
    byFault: z.array(z.object({ fault: z.string(), ...spreads })),
    voided: count,
  }),
  budgets: z.array(
    z.object({
      name: z.enum(['takeover', 'outage', 'arp']),
      limitMs: ms.min(0),
      worstMs: ms.nullable(),
      kept: z.boolean(),
      phase: phaseName.nullable(),
      reason: z.string().exactOptional(),
    }),
  ),
  gaps: z.array(z.string()).describe('what could not be measured or told'),
});

type Unlocked<T> = T extends readonly (infer Item)[]
  ? Unlocked<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Unlocked<T[Key]> }
    : T;
type Flat<T> = T extends readonly (infer Item)[]
  ? Flat<Item>[]
  : T extends object
    ? { [Key in keyof T]: Flat<T[Key]> }
    : T;
type Fits<A, B> = [A] extends [B] ? ([B] extends [A] ? 'same' : never) : never;
/** Fails to compile when schema and types drift apart. */
const inStep: Fits<Flat<Unlocked<FailoverReport>>, Flat<z.infer<typeof failoverReportSchema>>> = 'same';

/** JSON Schema (draft 2020-12) of `failover --measure --format json`. */
export const failoverJsonSchema = (): object => ({
  ...z.toJSONSchema(failoverReportSchema, { io: 'input', target: 'draft-2020-12', reused: 'ref' }),
  title: 'vipdoctor failover',
  $comment: `schema and types: ${inStep}`,
});
