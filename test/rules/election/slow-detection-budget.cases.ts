import { slowDetectionBudget } from '../../../src/rules/election/slow-detection-budget.ts';
import { scriptText, trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const tracked = ['track_script {', '    chk', '}'];

export const cases: RuleCases = {
  rule: slowDetectionBudget,
  fires: [
    {
      name: 'a check every ten seconds that must fail three times',
      model: trio({
        before: scriptText('chk', ['interval 10', 'fall 3']),
        own: { n1: { lines: tracked } },
      }),
      nodes: [['n1']],
      evidence: /script chk: up to 40 s until it counts as failed/,
      says: /may last 40 s/,
      severity: 'low',
    },
    {
      name: 'an advert every ten seconds',
      model: trio({ interval: 10 }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /advert_int 10, down_timer_adverts 3/,
      says: /30 s/,
    },
  ],
  silent: [
    { name: 'no checks, adverts every second', model: trio() },
    {
      name: 'a check every two seconds',
      model: trio({ before: scriptText('chk', ['interval 2', 'fall 2', 'weight -20']), lines: tracked }),
    },
  ],
};
