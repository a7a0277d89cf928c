// The recorded failovers of fixtures/trials: real keepalived 2.2.7, trimmed to what happened. expected.json was counted
// by fixtures/trials/count.py, which shares nothing with vipdoctor.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { readTrial } from '../../src/timeline/recording.ts';
import type { Subject, TrialRecord } from '../../src/timeline/trial.ts';

const home = join(import.meta.dirname, '../../fixtures/trials');

export const situations: readonly string[] = readdirSync(home, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export const loadTrial = (situation: string): { readonly subject: Subject; readonly trial: TrialRecord } => {
  const folder = join(home, situation);
  const captures = readdirSync(folder)
    .filter((name) => name.endsWith('.pcap.gz'))
    .map(
      (name) =>
        [name.slice(0, -'.gz'.length), new Uint8Array(gunzipSync(readFileSync(join(folder, name))))] as const,
    );
  const reading = readTrial({
    json: readFileSync(join(folder, 'trial.json'), 'utf8'),
    captures: new Map(captures),
  });
  if (reading.kind === 'unreadable') throw new Error(`${situation}: ${reading.reason}`);
  return reading;
};

const countSchema = z.object({
  firstMaster: z.string(),
  newMaster: z.string(),
  priorityZero: z.boolean(),
  takeoverMs: z.number(),
  outageMs: z.number(),
  convergenceMs: z.number().nullable(),
  failbackMs: z.number(),
});

export const counted: Readonly<Record<string, z.infer<typeof countSchema>>> = z
  .record(z.string(), countSchema)
  .parse(JSON.parse(readFileSync(join(home, 'expected.json'), 'utf8')));
