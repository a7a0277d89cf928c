import { trackWeightTooSmall } from '../../../src/rules/election/track-weight-too-small.ts';
import { scriptText, trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const tracked = ['track_script {', '    chk', '}'];
const spread = { n1: { priority: 150 }, n2: { priority: 100 }, n3: { priority: 50 } } as const;

export const cases: RuleCases = {
  rule: trackWeightTooSmall,
  fires: [
    {
      name: 'a weight of -20 against a distance of 50',
      model: trio({ before: scriptText('chk'), lines: tracked, own: spread }),
      nodes: [['n1']],
      evidence: /script chk: when it fails, priority 150 becomes 130/,
      says: /chk may fail on n1 and the VIP stays there/,
      severity: 'high',
    },
    {
      name: 'a positive weight on every node, smaller than the distance',
      model: trio({ before: scriptText('chk', ['weight 10']), lines: tracked, own: spread }),
      nodes: [['n1']],
      evidence: /priority 160 becomes 150/,
    },
    {
      name: 'a weight that only makes equal: a backup obeys an equal priority',
      model: trio({ before: scriptText('chk', ['weight -1']), lines: tracked }),
      nodes: [['n1']],
      evidence: /priority 100 becomes 99/,
      says: /n2, has 99 and does not take over/,
    },
    {
      name: 'a second interface with a small weight',
      model: trio({ lines: ['track_interface {', '    eth2 weight -10', '}'], own: spread }),
      nodes: [['n1']],
      evidence: /interface eth2: when it fails, priority 150 becomes 140/,
    },
  ],
  silent: [
    { name: 'the usual distance of one', model: trio({ before: scriptText('chk'), lines: tracked }) },
    {
      name: 'no weight: a failure is FAULT',
      model: trio({ before: scriptText('chk', []), lines: tracked, own: spread }),
    },
    {
      name: 'a positive weight larger than the distance',
      model: trio({ before: scriptText('chk', ['weight 2']), lines: tracked }),
    },
    {
      name: 'a script that is not defined is not tracked',
      model: trio({ lines: tracked, own: spread }),
    },
  ],
};
