// The plan of a failover test as a document: what would be done, by which commands, and what stands against it. It
// has types of its own; how the plan was made is not known here.
import { z } from 'zod';

const names = z.string().describe('node name');
const milliseconds = z.number().min(0);

const failoverPlanSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('failover-plan'),
  tool: z.object({ name: z.string(), version: z.string() }),
  vip: z.string(),
  vrid: z.int().min(0).max(255),
  master: names.nullable(),
  observer: z
    .object({ where: z.string(), interface: z.string(), note: z.string().nullable() })
    .nullable()
    .describe('where the wire would be listened to; null when there is no place for it'),
  faults: z.array(
    z.object({
      fault: z.string(),
      node: names,
      inject: z.string().describe('shell text run on the node'),
      heal: z.string().describe('shell text run on the node; armed there before anything is injected'),
      expectedClass: z.enum(['graceful', 'crash', 'hang', 'link', 'mute', 'service']),
      newMaster: names,
      takeoverMs: z.object({ min: milliseconds, max: milliseconds }),
      masterAfter: names,
      risks: z.array(z.string()),
    }),
  ),
  objections: z.array(z.object({ name: z.string(), why: z.string(), overridable: z.enum(['yes', 'no']) })),
});

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

export type FailoverPlan = Frozen<z.infer<typeof failoverPlanSchema>>;

/** JSON Schema (draft 2020-12) of `failover --format json` without --measure. */
export const failoverPlanJsonSchema = (): object => ({
  ...z.toJSONSchema(failoverPlanSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor failover plan',
});
