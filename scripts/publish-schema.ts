// Writes the JSON Schemas of the documents to docs/schema.
import { mkdir, writeFile } from 'node:fs/promises';
import { failoverLineJsonSchema } from '../src/chaos/event-schema.ts';
import { explainJsonSchema, selfCheckJsonSchema } from '../src/cli/document-schemas.ts';
import { lintJsonSchema } from '../src/lint/schema.ts';
import { replayJsonSchema } from '../src/replay/schema.ts';
import { failoverPlanJsonSchema } from '../src/report/failover-plan.ts';
import { failoverJsonSchema } from '../src/report/failover-schema.ts';
import { checkJsonSchema, checkLineJsonSchema } from '../src/report/schema.ts';
import { tabletopJsonSchema } from '../src/report/tabletop.ts';
import { watchJsonSchema } from '../src/report/watch-schema.ts';

const schemas = {
  check: checkJsonSchema,
  'check-line': checkLineJsonSchema,
  explain: explainJsonSchema,
  failover: failoverJsonSchema,
  'failover-line': failoverLineJsonSchema,
  'failover-plan': failoverPlanJsonSchema,
  lint: lintJsonSchema,
  replay: replayJsonSchema,
  'self-check': selfCheckJsonSchema,
  tabletop: tabletopJsonSchema,
  watch: watchJsonSchema,
} as const;
const folder = new URL('../docs/schema/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, schemaOf] of Object.entries(schemas))
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(schemaOf(), null, 2)}\n`);
