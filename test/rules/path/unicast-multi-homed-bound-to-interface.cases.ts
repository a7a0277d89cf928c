import { unknown } from '../../../src/evidence/reading.ts';
import { unicastMultiHomedBoundToInterface } from '../../../src/rules/path/unicast-multi-homed-bound-to-interface.ts';
import { addressOf, type Change, changeHost, situation, unicast } from '../model-builder.ts';

const through =
  (node: string, peer: string, via: string): Change =>
  (model) => ({
    ...model,
    hosts: model.hosts.map((host) =>
      host.node === node && host.reversePath.kind === 'known'
        ? {
            ...host,
            reversePath: {
              kind: 'known',
              value: host.reversePath.value.map((facts) =>
                facts.peer === peer
                  ? {
                      ...facts,
                      answersVia: via,
                      route: { node, source: 'ip route get', quote: `${addressOf(peer)} dev ${via}` },
                    }
                  : facts,
              ),
            },
          }
        : host,
    ),
  });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: unicastMultiHomedBoundToInterface,
  fires: [
    {
      name: 'n3 through eth2',
      model: situation(unicast, through('n2', 'n3', 'eth2')),
      nodes: [['n2']],
      evidence: /dev eth2/,
      severity: 'high',
    },
    {
      name: 'n1 through a tunnel',
      model: situation(unicast, through('n3', 'n1', 'wg0')),
      nodes: [['n3']],
      evidence: /wg0/,
    },
  ],
  silent: [
    { name: 'the same interface', model: situation(unicast) },
    { name: 'multicast is no matter of routes', model: situation(through('n2', 'n3', 'eth2')) },
    { name: 'unroutable is another fault', model: situation(unicast, through('n2', 'n3', 'none')) },
  ],
  unjudged: [
    {
      name: 'routes unread',
      model: situation(unicast, changeHost('n2', { reversePath: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
