import type { ClusterModel } from '../../../src/cluster/model.ts';
import { carpVsVrrpCollision } from '../../../src/rules/disagreement/carp-vs-vrrp-collision.ts';
import { type Change, healthy, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const carp =
  (vhid: number, at = 'n2'): Change =>
  (model): ClusterModel => ({
    ...model,
    adverts: {
      ...model.adverts,
      carp: [
        ...model.adverts.carp,
        {
          heardAt: at,
          src: '10.77.0.1',
          srcMac: `00:00:5e:00:01:${vhid.toString(16)}`,
          vhid,
          count: 4,
          quote: { node: at, source: 'tcpdump', quote: `10.77.0.1 > 224.0.0.18: CARP, vhid ${vhid}` },
        },
      ],
    },
  });

export const cases: RuleCases = {
  rule: carpVsVrrpCollision,
  fires: [
    {
      name: 'CARP with our number',
      model: situation(carp(101)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /CARP, vhid 101/,
      severity: 'high',
    },
    {
      name: 'heard by the observer only',
      model: situation(carp(101, 'observer')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /CARP/,
      says: /00:00:5e:00:01:65/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'CARP with another number', model: situation(carp(7)), reason: /other numbers/ },
  ],
};
