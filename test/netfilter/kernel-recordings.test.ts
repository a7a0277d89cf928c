/** The judge against what the kernel did when these rulesets were recorded (test/lab/netfilter-differential). */
import { describe, expect, it } from 'vitest';
import { judgePacket } from '../../src/netfilter/judge.ts';
import { recordings, rulesetsOf } from './recordings.ts';

const all = recordings('variants.ndjson');

describe('recorded variants', () => {
  it.each(all.map((recording) => [recording.name, recording] as const))('%s', (_name, recording) => {
    const rulesets = rulesetsOf(recording);
    for (const { packet, delivered } of recording.trials ?? []) {
      const judgement = judgePacket(rulesets, packet, { connection: 'new', reversePath: 'ok' });
      const told = `${packet.family} ${packet.direction} ${packet.delivery}: ${judgement.decidedBy?.text ?? ''}`;
      if (judgement.outcome === 'unknown') {
        expect(judgement.candidates.length, told).toBeGreaterThan(0);
        expect(judgement.uncertain.length, told).toBeGreaterThan(0);
      } else expect(judgement.outcome === 'accept' ? 'yes' : 'no', told).toBe(delivered);
    }
  });

  it('are many, and few of them are unknown', () => {
    const trials = all.flatMap((recording) =>
      (recording.trials ?? []).map(({ packet }) =>
        judgePacket(rulesetsOf(recording), packet, { connection: 'new', reversePath: 'ok' }),
      ),
    );
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(
      trials.filter((judgement) => judgement.outcome === 'unknown').length / trials.length,
    ).toBeLessThanOrEqual(0.1);
  });
});
