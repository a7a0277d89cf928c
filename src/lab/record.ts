/**
 * What a lab remembers between two commands: topology, the nodes' processes, the faults injected. One JSON file in
 * the state directory, replaced whole.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LabNames } from './names.ts';

const injectedSchema = z.object({ id: z.string(), node: z.string(), variant: z.string() });
const recordSchema = z.object({
  version: z.literal(1),
  owner: z.string(),
  topology: z.string(),
  phase: z.enum(['raising', 'ready']),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Pid, as this machine numbers it, of each node's PID 1. */
  leaders: z.record(z.string(), z.number()),
  injected: z.array(injectedSchema),
});

export type LabRecord = Readonly<z.infer<typeof recordSchema>>;
export type Injected = Readonly<z.infer<typeof injectedSchema>>;

export const readRecord = async (names: LabNames): Promise<LabRecord | null> => {
  const text = await readFile(names.recordPath, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

export const writeRecord = async (names: LabNames, record: LabRecord): Promise<void> => {
  const aside = `${names.recordPath}.new`;
  await writeFile(aside, `${JSON.stringify(record, null, 2)}\n`);
  await rename(aside, names.recordPath);
};
