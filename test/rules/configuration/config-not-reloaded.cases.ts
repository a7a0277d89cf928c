import { unknown } from '../../../src/evidence/reading.ts';
import { configNotReloaded } from '../../../src/rules/configuration/config-not-reloaded.ts';
import { confFile } from '../healthy-model.ts';
import { changeInstance, configures, healthy, runs, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: configNotReloaded,
  fires: [
    {
      name: 'priority raised in the file',
      model: situation(
        configures('n2', { priority: 150, priorityAt: { file: confFile, line: 12 } }),
        runs('n2', { basePriority: 99 }),
      ),
      nodes: [['n2']],
      evidence: /keepalived\.conf:12: priority 150/,
      says: /runs with priority 99/,
      severity: 'high',
    },
    {
      name: 'another interval',
      model: situation(runs('n3', { advertIntervalMs: 5000 })),
      nodes: [['n3']],
      evidence: /advert_int \(ms\) 5000/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'the same',
      model: situation(
        configures('n2', { priority: 99, priorityAt: { file: confFile, line: 12 } }),
        runs('n2', { basePriority: 99, advertIntervalMs: 1000 }),
      ),
    },
    { name: 'priority lowered by a script', model: situation(runs('n2', { effectivePriority: 50 })) },
  ],
  unjudged: [
    {
      name: 'configuration unread',
      model: situation(changeInstance('n2', { configured: unknown('permission denied') })),
      reason: /permission denied/,
    },
  ],
};
