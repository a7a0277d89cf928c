// Time fault, told by keepalived’s own log: the kernel killed keepalived for using too much processor time.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /has rlimit_rttime been exceeded|has used too much CPU time/;

export const rlimitRttimeKill = defineRule({
  id: 'rlimit-rttime-kill',
  severity: 'high',
  needs: logNeeds,
  title: 'The kernel killed keepalived for using too much processor time',
  why: 'Under realtime scheduling the kernel limits how long a process may run without sleeping, and kills it beyond that. The VIP stays behind until keepalived is started again, and no advert is sent meanwhile.',
  proof:
    'keepalived’s own line that names rlimit_rttime; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy: 'Raise `vrrp_rlimit_rttime`, or do without realtime scheduling (`vrrp_rt_priority`).',
  sources: [
    'keepalived issue 2312',
    'keepalived lib/signals.c, lib/scheduler.c',
    'setrlimit(2) RLIMIT_RTTIME',
  ],
  explains: ['crash-respawn-loop'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} exceeded its realtime processor limit ${whenOf(hits.at(-1))}`,
        summary:
          'The VRRP process was killed or warned by the kernel; between death and restart the VIP stays configured and no adverts are sent.',
        fix: 'Set a larger vrrp_rlimit_rttime in global_defs and restart keepalived.',
        commands: ['grep -n rttime /etc/keepalived/keepalived.conf'],
        ...weightOfHistory(hits, 'high'),
      });
    }),
});
