import { downTimerAdvertsMismatch } from '../../../src/rules/election/down-timer-adverts-mismatch.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: downTimerAdvertsMismatch,
  fires: [
    {
      name: 'n3 waits for one advert only',
      model: trio({ own: { n3: { lines: ['down_timer_adverts 1'] } } }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /down_timer_adverts 1$/,
      says: /n3: 1/,
      severity: 'medium',
    },
    {
      name: 'set for the whole node',
      model: trio({ own: { n2: { before: 'global_defs {\n    vrrp_down_timer_adverts 5\n}' } } }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /down_timer_adverts 3 \(not written\)/,
    },
  ],
  silent: [
    { name: 'nowhere', model: trio() },
    { name: 'the same everywhere', model: trio({ lines: ['down_timer_adverts 5'] }) },
  ],
};
