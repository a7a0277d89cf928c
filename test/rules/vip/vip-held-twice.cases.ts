import { vipHeldTwice } from '../../../src/rules/vip/vip-held-twice.ts';
import { alsoMaster, changeHolding, healthy, held, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const on = (node: string, name: string) => ({
  node,
  interface: name,
  quote: { node, source: 'ip addr', quote: `inet 10.77.0.5/32 scope global ${name}` },
});

export const cases: RuleCases = {
  rule: vipHeldTwice,
  fires: [
    {
      name: 'two masters',
      model: situation(alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /inet 10\.77\.0\.5/,
      severity: 'critical',
    },
    {
      name: 'one of them keeps it without being MASTER',
      model: situation(held('n1', 'n3')),
      nodes: [['n1', 'n3']],
      evidence: /eth1/,
    },
    {
      name: 'one address could not be read elsewhere',
      model: situation(held('n1', 'n2'), changeHolding({ unread: ['n3'] })),
      nodes: [['n1', 'n2']],
      evidence: /eth1/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'real servers of direct routing have it on lo',
      model: situation(changeHolding({ holders: [on('n1', 'eth1'), on('n2', 'lo'), on('n3', 'dummy0')] })),
    },
    {
      name: 'twice on one node',
      model: situation(changeHolding({ holders: [on('n1', 'eth1'), on('n1', 'eth2')] })),
    },
  ],
  unjudged: [
    {
      name: 'no address could be read',
      model: situation(changeHolding({ holders: [], unread: ['n1', 'n2', 'n3'] })),
      reason: /could not be read/,
    },
  ],
};
