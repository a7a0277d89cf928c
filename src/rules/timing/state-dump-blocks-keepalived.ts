// Time fault: writing a state dump held the VRRP process up.

import { weightOfHistory } from '../history.ts';
import { lateEntries } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const stateDumpBlocksKeepalived = defineRule({
  id: 'state-dump-blocks-keepalived',
  severity: 'medium',
  needs: logNeeds,
  title: 'Writing its state held keepalived up',
  why: 'A dump asked for by signal is written by the VRRP process itself, which sends no adverts meanwhile. On slow or remote storage a monitoring tool causes the outage it watches for.',
  proof:
    '`A thread timer expired` within five seconds after a dump was written; what is over is a remark, unless it keeps coming back.',
  remedy: 'Put `state_dump_file` on a tmpfs, and ask for dumps less often.',
  sources: ['keepalived(8) SIGUSR1', 'keepalived.conf(5) state_dump_file'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const late = lateEntries(log).map(({ entry }) => entry);
      const hits = log.entries.filter(
        ({ event, atMs }) =>
          event?.kind === 'dump-written' &&
          late.some(
            (one) =>
              one.atMs !== undefined && atMs !== undefined && one.atMs >= atMs && one.atMs - atMs <= 5000,
          ),
      );
      return draftFromLog(log, hits, {
        title: `Writing its state held keepalived on ${log.node.name} up (${whenOf(hits.at(-1))})`,
        summary: 'Its timers were late right after a dump: the file is written while nothing else is done.',
        fix: 'Set state_dump_file to a path on a tmpfs, such as /run, and ask for dumps less often.',
        commands: ['df -T /tmp', 'grep -n state_dump_file /etc/keepalived/keepalived.conf'],
        ...weightOfHistory(hits, 'medium'),
      });
    }),
});
