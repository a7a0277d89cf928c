import { weightedTrackingDroppedInSyncGroup } from '../../../src/rules/election/weighted-tracking-dropped-in-sync-group.ts';
import { scriptText, trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const sync = (...lines: readonly string[]) =>
  ['vrrp_sync_group VG {', '    group {', '        VI_1', '    }', ...lines, '}'].join('\n');
const tracked = ['track_script {', '    chk', '}'];

export const cases: RuleCases = {
  rule: weightedTrackingDroppedInSyncGroup,
  fires: [
    {
      name: 'a weighted script in a sync group',
      model: trio({ before: `${scriptText('chk')}\n${sync()}`, lines: tracked }),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /script chk, weight -20/,
      says: /chk is not tracked on n1/,
      severity: 'high',
    },
    {
      name: 'the weight given where it is tracked, on n2',
      model: trio({
        before: `${scriptText('chk', [])}\n${sync()}`,
        own: { n2: { lines: ['track_script {', '    chk weight 5', '}'] } },
      }),
      nodes: [['n2']],
      evidence: /vrrp_sync_group VG without sync_group_tracking_weight/,
    },
  ],
  silent: [
    { name: 'no sync group', model: trio({ before: scriptText('chk'), lines: tracked }) },
    {
      name: 'weights are to count',
      model: trio({
        before: `${scriptText('chk')}\n${sync('    sync_group_tracking_weight')}`,
        lines: tracked,
      }),
    },
    {
      name: 'no weight',
      model: trio({ before: `${scriptText('chk', [])}\n${sync()}`, lines: tracked }),
    },
    {
      name: 'a weighted interface is tracked all the same, as FAULT',
      model: trio({ before: sync(), lines: ['track_interface {', '    eth2 weight -10', '}'] }),
    },
  ],
};
