// A line of NDJSON: every event of recorded failovers conforms to the schema, which is published as it is.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failoverEventSchema, failoverLineJsonSchema } from '../../src/chaos/event-schema.ts';
import { ndjsonLine } from '../../src/report/ndjson.ts';
import { situations } from '../timeline/recorded-trials.ts';
import { toldTrial } from './told-trials.ts';

describe('events as lines', () => {
  it.each(situations)('of %s conform, and nothing in them is unknown to the schema', (situation) => {
    for (const event of toldTrial(situation)) {
      const line = ndjsonLine(event);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const written: unknown = JSON.parse(line);
      expect(failoverEventSchema.parse(written)).toEqual(written);
    }
  });

  it('refuse an event without its time', () => {
    expect(failoverEventSchema.safeParse({ kind: 'snapshot', nodes: ['n1'] }).success).toBe(false);
  });

  it('are published as they are', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/failover-line.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(failoverLineJsonSchema())));
  });
});
