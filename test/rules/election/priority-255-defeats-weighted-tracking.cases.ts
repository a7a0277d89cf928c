import { priority255DefeatsWeightedTracking } from '../../../src/rules/election/priority-255-defeats-weighted-tracking.ts';
import { scriptText, trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const tracked = ['track_script {', '    chk', '}'];

export const cases: RuleCases = {
  rule: priority255DefeatsWeightedTracking,
  fires: [
    {
      name: 'n1 is the owner and has a weighted check',
      model: trio({ before: scriptText('chk'), lines: tracked, own: { n1: { priority: 255 } } }),
      nodes: [['n1']],
      evidence: /script chk, weight -20/,
      says: /chk is without effect on n1/,
      severity: 'high',
    },
    {
      name: 'state MASTER without a priority is 255 too',
      model: trio({
        before: scriptText('chk'),
        lines: tracked,
        own: { n1: { priority: 'unset', state: 'MASTER' } },
      }),
      nodes: [['n1']],
      evidence: /state MASTER without a priority: 255/,
    },
  ],
  silent: [
    { name: 'weights below 255', model: trio({ before: scriptText('chk'), lines: tracked }) },
    {
      name: 'the owner with a check that makes FAULT',
      model: trio({ before: scriptText('chk', []), lines: tracked, own: { n1: { priority: 255 } } }),
    },
  ],
};
