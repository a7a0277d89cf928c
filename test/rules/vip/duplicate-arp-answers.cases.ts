import { unknown } from '../../../src/evidence/reading.ts';
import { duplicateArpAnswers } from '../../../src/rules/vip/duplicate-arp-answers.ts';
import { holder } from '../healthy-model.ts';
import { alsoMaster, answered, answeredBy, changeHolding, healthy, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: duplicateArpAnswers,
  fires: [
    {
      name: 'two masters answer',
      model: situation(alsoMaster('n2'), answered('n1', 'n2')),
      nodes: [['n1', 'n2']],
      evidence: /is-at 02:00:00:00:00:02/,
      severity: 'critical',
    },
    {
      name: 'an IPv6 VIP',
      model: situation(answered('n1', 'n2'), changeHolding({ vip: 'fd77::5' })),
      nodes: [['n1', 'n2']],
      evidence: /is-at/,
      says: /both answer neighbour solicitations for VIP fd77::5/,
    },
    {
      name: 'three answer',
      model: situation(answered('n1', 'n2', 'n3')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /is-at/,
    },
    {
      name: 'a real server of a load balancer answers for the address on its loopback',
      model: situation(
        answered('n1', 'n3'),
        changeHolding({ holders: [holder('n1'), { ...holder('n3'), interface: 'lo' }] }),
      ),
      nodes: [['n1', 'n3']],
      evidence: /is-at 02:00:00:00:00:03/,
      says: /n3 has it on lo and should keep quiet/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'a stranger answers beside one node', model: situation(answeredBy('52:54:00:12:34:56')) },
    {
      name: 'n1 answered before it handed the VIP over to n2',
      model: situation(answered('n1', 'n2'), changeHolding({ holders: [holder('n2')], gaveUp: ['n1'] })),
    },
    { name: 'one node answers twice', model: situation(answered('n1', 'n1')) },
  ],
  unjudged: [
    {
      name: 'nobody could probe',
      model: situation(changeHolding({ arp: unknown('no observer') })),
      reason: /no observer/,
    },
  ],
};
