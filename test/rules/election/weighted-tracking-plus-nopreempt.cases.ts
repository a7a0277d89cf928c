import { weightedTrackingPlusNopreempt } from '../../../src/rules/election/weighted-tracking-plus-nopreempt.ts';
import { scriptText, trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const tracked = ['track_script {', '    chk', '}'];
const sync = 'vrrp_sync_group VG {\n    group {\n        VI_1\n    }\n}';

export const cases: RuleCases = {
  rule: weightedTrackingPlusNopreempt,
  fires: [
    {
      name: 'weights and nopreempt on every node',
      model: trio({ before: scriptText('chk'), lines: ['nopreempt', ...tracked] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /script chk lowers the priority to 80/,
      says: /nopreempt keeps the others from taking over/,
      severity: 'high',
    },
    {
      name: 'the weighted check only on n1, nopreempt on the others',
      model: trio({
        before: scriptText('chk'),
        own: { n1: { lines: tracked }, n2: { lines: ['nopreempt'] }, n3: { lines: ['nopreempt'] } },
      }),
      nodes: [['n1']],
      evidence: /nopreempt/,
    },
  ],
  silent: [
    { name: 'weights, and everybody preempts', model: trio({ before: scriptText('chk'), lines: tracked }) },
    {
      name: 'nopreempt with a check that makes FAULT',
      model: trio({ before: scriptText('chk', []), lines: ['nopreempt', ...tracked] }),
    },
    {
      name: 'n2 preempts and is the next best',
      model: trio({
        before: scriptText('chk'),
        own: { n1: { lines: tracked }, n2: { lines: [] }, n3: { lines: ['nopreempt'] } },
      }),
    },
    {
      name: 'in a sync group weights are dropped anyway',
      model: trio({ before: `${scriptText('chk')}\n${sync}`, lines: ['nopreempt', ...tracked] }),
    },
  ],
};
