import type { ClusterModel } from '../../../src/cluster/model.ts';
import { syncGroupAbsentRoutingHalves } from '../../../src/rules/election/sync-group-absent-routing-halves.ts';
import { instanceText, trio, trioOf } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const sync = 'vrrp_sync_group VG {\n    group {\n        LAN\n        WAN\n    }\n}';
const sides = (
  index: number,
  change: {
    readonly before?: string;
    readonly wan?: number;
    readonly lines?: readonly [string, string];
  } = {},
) =>
  [
    change.before ?? '',
    instanceText({
      name: 'LAN',
      interface: 'eth1',
      vrid: 10,
      priority: 100 - index,
      vips: ['10.0.1.1'],
      lines: change.lines === undefined ? [] : [change.lines[0]],
    }),
    instanceText({
      name: 'WAN',
      interface: 'eth2',
      vrid: 20,
      priority: change.wan ?? 100 - index,
      vips: ['10.0.2.1'],
      lines: change.lines === undefined ? [] : [change.lines[1]],
    }),
  ].join('\n');

const ruledBy = (model: ClusterModel, ...masters: readonly string[]): ClusterModel => ({
  ...model,
  groups: model.groups.map((group, index) => ({ ...group, masters: [masters[index] ?? 'n1'] })),
});
const loose = trioOf((_node, index) => sides(index));

export const cases: RuleCases = {
  rule: syncGroupAbsentRoutingHalves,
  fires: [
    {
      name: 'LAN is on n1, WAN on n2',
      model: ruledBy(loose, 'n1', 'n2'),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /vrrp_instance LAN, interface eth1, in no sync group/,
      says: /masters on different nodes, n1 and n2/,
      severity: 'high',
    },
    {
      name: 'both on n1, and nothing keeps them together',
      model: ruledBy(loose, 'n1', 'n1'),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /vrrp_instance WAN/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'a sync group', model: trioOf((_node, index) => sides(index, { before: sync })) },
    { name: 'one instance only', model: trio() },
    {
      name: 'meant to be on different nodes: load is shared',
      model: ruledBy(
        trioOf((_node, index) => sides(index, { wan: [90, 100, 80][index] ?? 1 })),
        'n1',
        'n2',
      ),
    },
    {
      name: 'each tracks the interface of the other',
      model: trioOf((_node, index) =>
        sides(index, {
          lines: ['track_interface {\n        eth2\n    }', 'track_interface {\n        eth1\n    }'],
        }),
      ),
    },
  ],
};
