// The document of `lint` as a schema; its JSON Schema is published in docs/schema. Objects stay open: fields may be
// added but are never renamed.
import { z } from 'zod';
import {
  acceptancesSchema,
  acceptedSchema,
  comparisonSchema,
  findingSchema,
  type Same,
  type Unlocked,
  waiverSchema,
} from '../report/schema.ts';
import type { LintReport } from './document.ts';

const severity = z.enum(['critical', 'high', 'medium', 'low']);

const problem = z.object({
  file: z.string(),
  line: z.int().min(1).describe('counted from 1'),
  column: z.int().min(1).describe('counted from 1'),
  rule: z.string(),
  severity,
  message: z.string(),
  suggestion: z.string().exactOptional().describe('what to write instead'),
});

const instance = z.object({
  name: z.string(),
  interface: z.string().nullable(),
  vrid: z.int().min(1).max(255).nullable(),
  family: z.enum(['ipv4', 'ipv6']),
  version: z.union([z.literal(2), z.literal(3)]),
  priority: z.int().min(1).max(255),
  advertIntervalMs: z.number().min(0),
  vips: z.array(z.string()).describe('with prefix, e.g. 10.0.0.5/24'),
  unicastPeers: z.array(z.string()),
  state: z.enum(['MASTER', 'BACKUP']).describe('state it starts for'),
  nopreempt: z.boolean(),
});

const file = z.object({
  path: z.string().describe('as it was given; - is stdin'),
  node: z.string(),
  result: z
    .enum(['clean', 'adjusted', 'rejected'])
    .describe('taken as it is; runs with something else than what is written; does not run'),
  configTest: z
    .enum(['passes', 'fails'])
    .describe('what keepalived -t of that version says of the file itself'),
  problems: z.array(problem),
  accepted: z
    .array(problem.extend({ acceptance: waiverSchema }))
    .exactOptional()
    .describe('problems that do not count, because vipdoctor.yaml accepts them'),
  instances: z.array(instance),
});

export const lintSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('lint'),
  tool: z.object({ name: z.string(), version: z.string() }),
  keepalivedVersion: z.string(),
  files: z.array(file),
  findings: z.array(findingSchema),
  accepted: acceptedSchema,
  acceptances: acceptancesSchema.exactOptional(),
  baseline: comparisonSchema.exactOptional(),
});

/** Fails to compile when the schema and the types part ways. */
const inStep: Same<Unlocked<LintReport>, Unlocked<z.infer<typeof lintSchema>>> = 'same';

export const lintJsonSchema = (): object => ({
  ...z.toJSONSchema(lintSchema, { target: 'draft-2020-12', io: 'input' }),
  title: 'vipdoctor lint',
  $comment: `schema and types: ${inStep}`,
});
