// The documents that are made by commands alone, as schemas: the pages of `explain` and the abilities of
// `self-check`. Their JSON Schemas are published in docs/schema.
import { z } from 'zod';
import type { Ability } from './abilities.ts';
import type { RulePage } from './explain.ts';

const page = z.object({
  id: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  title: z.string(),
  why: z.string().describe('why it matters'),
  proof: z.string().describe('how it is proven'),
  remedy: z.string(),
  sources: z.array(z.string()),
  explains: z.array(z.string()).describe('ids of rules it brings about'),
});

const ability = z.object({
  name: z.string(),
  state: z.enum(['ready', 'limited', 'missing']),
  detail: z.string(),
  fix: z.string().exactOptional().describe('command that brings what is missing'),
  usedFor: z.string(),
});

type Unlocked<T> = T extends readonly (infer Item)[]
  ? Unlocked<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Unlocked<T[Key]> }
    : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? 'same' : never;
/** Fail to compile when schema and types drift apart. */
const pageInStep: Same<Unlocked<RulePage>, Unlocked<z.infer<typeof page>>> = 'same';
const abilityInStep: Same<Unlocked<Ability>, Unlocked<z.infer<typeof ability>>> = 'same';

const options = { io: 'input', target: 'draft-2020-12' } as const;

/** `explain RULE --format json` is one page, `explain --format json` a list of all. */
export const explainJsonSchema = (): object => ({
  ...z.toJSONSchema(z.union([page, z.array(page)]), options),
  title: 'vipdoctor explain',
  $comment: `schema and types: ${pageInStep}`,
});

export const selfCheckJsonSchema = (): object => ({
  ...z.toJSONSchema(
    z.object({
      schemaVersion: z.literal(1),
      kind: z.literal('self-check'),
      tool: z.object({ name: z.string(), version: z.string() }),
      abilities: z.array(ability),
    }),
    options,
  ),
  title: 'vipdoctor self-check',
  $comment: `schema and types: ${abilityInStep}`,
});
