// Writes the JSON Schema of `check --format json` to docs/schema/check.json.
import { mkdir, writeFile } from 'node:fs/promises';
import { checkJsonSchema } from '../src/report/schema.ts';

const folder = new URL('../docs/schema/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('check.json', folder), `${JSON.stringify(checkJsonSchema(), null, 2)}\n`);
