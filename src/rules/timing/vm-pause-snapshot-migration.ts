// Time fault: a virtual machine was paused longer than its peers wait.

import { weightOfHistory } from '../history.ts';
import { isVirtual, lateEntries, ledToElection } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const vmPauseSnapshotMigration = defineRule({
  id: 'vm-pause-snapshot-migration',
  severity: 'high',
  needs: logNeeds,
  title: 'The virtual machine was paused',
  why: 'During a snapshot or a live migration a virtual machine stands still. Its peers take over; resumed, it goes on as MASTER for a moment, and caches may keep the address of the one that took over in between.',
  proof:
    'A timer at least three seconds late on a machine whose DMI names a hypervisor; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy: 'A longer advert_int, `garp_master_refresh`, and snapshots that do not pause the machine.',
  sources: ['keepalived issues 160, 166, 2238', 'keepalived lib/scheduler.c'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      if (isVirtual(log.node.name, facets.hosts) !== 'yes') return [];
      const late = lateEntries(log).filter(({ lateMs }) => lateMs >= 3000);
      const hits = late.map(({ entry }) => entry);
      const fatal = hits.filter((entry) => ledToElection(log, entry) === 'yes');
      const longestMs = Math.max(0, ...late.map(({ lateMs }) => lateMs));
      return draftFromLog(log, hits, {
        title: `${log.node.name} stood still for ${(longestMs / 1000).toFixed(1)} s (${whenOf(hits.at(-1))}), as a virtual machine does during a snapshot or migration`,
        summary:
          fatal.length > 0
            ? 'An election followed: peers took over while it was away.'
            : 'No election followed on this node.',
        fix: 'Look at the hypervisor’s log for a snapshot or migration at that time; set garp_master_refresh so that caches mend themselves.',
        commands: [
          'journalctl --since -2h --no-pager | grep -iE "clocksource|hung_task|time jumped|suspend"',
        ],
        ...(fatal.length > 0 ? weightOfHistory(fatal, 'high') : { severity: 'low' }),
      });
    }),
});
