import { known } from '../../../src/evidence/reading.ts';
import { vipListMismatch } from '../../../src/rules/disagreement/vip-list-mismatch.ts';
import { alsoMaster, changeNode, configures, healthy, names, says, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const recent = names.map((name) =>
  changeNode(name, { version: known({ text: '2.3.4', major: 2, minor: 3, patch: 4 }) }),
);
const two = ['10.77.0.5/32', '10.77.0.6/32'];

export const cases: RuleCases = {
  rule: vipListMismatch,
  fires: [
    {
      name: 'n2 has one VIP more, keepalived 2.2.7 drops',
      model: situation(configures('n2', { vips: two }), alsoMaster('n2')),
      nodes: [['n2']],
      evidence: /virtual_ipaddress \{ 10\.77\.0\.5, 10\.77\.0\.6 \}/,
      severity: 'critical',
      says: /up to 2\.3\.2/,
    },
    {
      name: 'the same with keepalived 2.3.4, which accepts',
      model: situation(...recent, configures('n2', { vips: two })),
      nodes: [['n2']],
      evidence: /10\.77\.0\.6/,
      severity: 'medium',
    },
    {
      name: 'the lists have nothing in common',
      model: situation(configures('n3', { vips: ['10.77.0.9/32'] }), alsoMaster('n3')),
      nodes: [['n3']],
      evidence: /10\.77\.0\.9/,
      says: /two clusters/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'another order',
      model: situation(
        configures('n1', { vips: two }),
        configures(['n2', 'n3'], { vips: [...two].reverse() }),
        says('n1', { addresses: ['10.77.0.5', '10.77.0.6'] }),
      ),
    },
    {
      name: 'another prefix length, which adverts do not carry',
      model: situation(configures('n2', { vips: ['10.77.0.5/24'] })),
    },
    {
      name: 'another spelling of an IPv6 address',
      model: situation(
        configures('n1', { vips: ['fd77:0:0::5/64'] }),
        configures(['n2', 'n3'], { vips: ['FD77::5/64'] }),
        says('n1', { addresses: ['fd77::5'] }),
      ),
    },
  ],
};
