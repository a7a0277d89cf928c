// Daemon fault, told by keepalived’s own log: a second keepalived was started.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /daemon is already running|Another process has pid file .* locked/;

export const secondInstanceOrStalePid = defineRule({
  id: 'second-instance-or-stale-pid',
  severity: 'medium',
  needs: logNeeds,
  title: 'A second keepalived was started',
  why: 'Two keepalived with one configuration – on the host and in a container, or by hand beside the service – fight over the VIP. The pid file stops the second one only where both see the same.',
  proof:
    'keepalived’s own line; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy:
    'Let one service manager start it; give wanted second instances their own `instance` and pid files.',
  sources: ['keepalived lib/pidfile.c', 'keepalived.conf(5) use_pid_dir, instance'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `A second keepalived was started on ${name} ${whenOf(hits.at(-1))} and gave up`,
        summary: 'It found the pid file of the one that runs. Whatever started it will do so again.',
        fix: 'Find what started it besides the service.',
        commands: [
          'ps -eo pid,ppid,lstart,cmd | grep [k]eepalived',
          'systemctl status keepalived --no-pager',
        ],
        ...weightOfHistory(hits, 'medium'),
      });
    }),
});
