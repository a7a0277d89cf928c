// Time fault: the VRRP process was not given processor time, and the cluster noticed.

import { weightOfHistory } from '../history.ts';
import { isVirtual, lateEntries, ledToElection } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const schedulerStarvation = defineRule({
  id: 'scheduler-starvation',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived was not scheduled in time',
  why: 'A MASTER that gets no processor time sends no adverts; after three intervals a backup takes over, and both are MASTER until the first is scheduled again.',
  proof:
    '`A thread timer expired` within five seconds of a lost or answered election on the same node, on a machine that is not virtual or is late again and again. Without an election, or once it is over, it is only a remark; on three occasions or more within the hour it counts in full.',
  remedy:
    'Set `max_auto_priority` or `vrrp_rt_priority` and `vrrp_no_swap`, raise `advert_int`, or relieve the processor.',
  sources: ['keepalived lib/scheduler.c (2.1.0)', 'keepalived issues 1955, 2066, 2087, 2238'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const late = lateEntries(log);
      if (isVirtual(log.node.name, facets.hosts) === 'yes' && late.some(({ lateMs }) => lateMs >= 3000))
        return [];
      const hits = late.map(({ entry }) => entry);
      const fatal = hits.filter((entry) => ledToElection(log, entry) === 'yes');
      const worstMs = Math.max(0, ...late.map(({ lateMs }) => lateMs));
      return draftFromLog(log, fatal.length > 0 ? fatal : hits, {
        title: `keepalived on ${log.node.name} was scheduled ${(worstMs / 1000).toFixed(1)} s late (${whenOf(hits.at(-1))})`,
        summary:
          fatal.length > 0
            ? 'An election followed within seconds: adverts were not sent or not read in time.'
            : 'No election followed; with a shorter interval or a longer delay one would.',
        fix: 'Give keepalived a realtime priority (max_auto_priority in global_defs), or a longer advert_int.',
        commands: [
          'cat /proc/pressure/cpu',
          'grep -n -E "rt_priority|auto_priority|no_swap" /etc/keepalived/keepalived.conf',
        ],
        ...(fatal.length > 0 ? weightOfHistory(fatal, 'high') : { severity: 'low' as const }),
      });
    }),
});
