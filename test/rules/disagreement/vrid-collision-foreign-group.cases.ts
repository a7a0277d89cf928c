import { vridCollisionForeignGroup } from '../../../src/rules/disagreement/vrid-collision-foreign-group.ts';
import { healthy, hears, situation, stream, unreachable, withPassword } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const stranger = (at: string, change = {}) =>
  stream('n1', at, {
    sender: 'foreign',
    src: '10.77.0.99',
    srcMac: '52:54:00:00:00:99',
    priority: 150,
    addresses: ['10.77.0.200'],
    direction: 'in',
    ...change,
  });

export const cases: RuleCases = {
  rule: vridCollisionForeignGroup,
  fires: [
    {
      name: 'a stranger with other VIPs uses VRID 101',
      model: situation(hears(stranger('n1'), stranger('n2'))),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.99.*vrid 101.*10\.77\.0\.200/,
      says: /also used by 10\.77\.0\.99/,
      severity: 'critical',
    },
    {
      name: 'a peer that was left out of the list',
      model: situation(hears(stranger('n2', { addresses: ['10.77.0.5'] }))),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.99/,
      says: /was not checked/,
      severity: 'high',
    },
    {
      name: 'the same VIPs with another password',
      model: situation(
        withPassword,
        hears(stranger('n2', { addresses: ['10.77.0.5'], authType: 1, authFingerprint: 'badbad' })),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /authtype 1/,
      severity: 'critical',
    },
    {
      name: 'a collision is a collision even while a node is away',
      model: situation(unreachable('n3'), hears(stranger('n2'))),
      nodes: [['n1', 'n2']],
      evidence: /10\.77\.0\.200/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'a stranger with another VRID', model: situation(hears(stranger('n2', { vrid: 51 }))) },
    { name: 'our VRID on another interface', model: situation(hears(stranger('n2', { interface: 'eth9' }))) },
  ],
  unjudged: [
    {
      name: 'our VIPs from an unknown address while a node could not be reached',
      model: situation(unreachable('n1')),
      reason: /may be n1/,
    },
  ],
};
