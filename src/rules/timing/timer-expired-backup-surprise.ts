// Time remark: a MASTER stepped down because it was late, as it is meant to.

import { followedBy } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const timerExpiredBackupSurprise = defineRule({
  id: 'timer-expired-backup-surprise',
  severity: 'low',
  needs: logNeeds,
  title: 'A MASTER stepped down because its timer was late',
  why: 'With `timer_expired_backup` (2.2.8) a MASTER that was not scheduled in time becomes BACKUP on purpose. It looks like a failover without a reason, and is none of the network.',
  proof: '`VRRP thread timer expired` followed by `Entering BACKUP STATE` within five seconds.',
  remedy: 'Nothing to mend in the cluster; see why the node was late.',
  sources: ['keepalived vrrp.c vrrp_thread_timeout_handler (2.2.8)'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(
        (entry) =>
          /VRRP thread timer expired/.test(entry.text) &&
          followedBy(log, entry, ({ event }) => event?.kind === 'state' && event.state === 'BACKUP') ===
            'yes',
      );
      return draftFromLog(log, hits, {
        title: `The MASTER on ${log.node.name} stepped down of its own accord: it was late (${whenOf(hits.at(-1))})`,
        summary: 'timer_expired_backup did what it is for.',
        fix: 'See why the node got no processor time then; the step itself is intended.',
        commands: ['cat /proc/pressure/cpu'],
      });
    }),
});
