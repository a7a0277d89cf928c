import type { ClusterModel } from '../../../src/cluster/model.ts';
import { known } from '../../../src/evidence/reading.ts';
import { syncGroupDragsDown } from '../../../src/rules/election/sync-group-drags-down.ts';
import { changeHost, healthy, link } from '../model-builder.ts';
import { instanceText, trioOf } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const sync = 'vrrp_sync_group VG {\n    group {\n        LAN\n        WAN\n    }\n}';
const sides = (wan: number, index: number) =>
  [
    sync,
    instanceText({ name: 'LAN', interface: 'eth1', vrid: 10, priority: 100 - index, vips: ['10.0.1.1'] }),
    instanceText({ name: 'WAN', interface: 'eth2', vrid: 20, priority: wan - index, vips: ['10.0.2.1'] }),
  ].join('\n');

const router = trioOf((_node, index) => sides(100, index));

/** n1 with both instances in FAULT and these links. */
const fallen = (lan: 'up' | 'down', wan: 'up' | 'down'): ClusterModel => ({
  ...router,
  instances: router.instances.map((instance) =>
    instance.node === 'n1' ? { ...instance, running: known({ state: 'FAULT', source: 'json' }) } : instance,
  ),
  hosts: changeHost('n1', {
    links: known([
      link('eth1', { up: lan === 'up' ? 'yes' : 'no' }),
      link('eth2', { up: wan === 'up' ? 'yes' : 'no' }),
    ]),
  })(healthy()).hosts,
});

export const cases: RuleCases = {
  rule: syncGroupDragsDown,
  fires: [
    {
      name: 'eth2 of n1 is down, LAN goes into FAULT with WAN',
      model: fallen('up', 'down'),
      nodes: [['n1']],
      evidence: /eth2 is down/,
      says: /WAN on n1 takes LAN into FAULT/,
      severity: 'high',
    },
    {
      name: 'an address owner beside another',
      model: trioOf((_node, index) => sides(index === 0 ? 255 : 99, index)),
      nodes: [['n1']],
      evidence: /WAN: priority 255/,
      says: /mixes an address owner with others/,
    },
  ],
  silent: [
    { name: 'a sync group in order', model: router },
    { name: 'both links down: each has a fault of its own', model: fallen('down', 'down') },
    { name: 'both in FAULT with links that are well: the cause is elsewhere', model: fallen('up', 'up') },
  ],
};
