// Time fault, told by keepalived’s own log: a check script takes longer than its interval.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /Track script \S+ is already running, expect idle|failed to terminate after kill|VRRP_Script\(.*\) timed[ _]out/;

export const scriptOverrun = defineRule({
  id: 'script-overrun',
  severity: 'medium',
  needs: logNeeds,
  title: 'A check script takes longer than its interval',
  why: 'A script that is still running when it is due again is not run; one that exceeds its timeout is killed and counts as failed. Either way the check says less, or something else, than it was written for.',
  proof:
    'keepalived’s own lines: still running, timed out, or not ended by SIGKILL; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy:
    'Make the script end sooner than its interval (a timeout inside it), or raise `interval` and `timeout`.',
  sources: ['keepalived vrrp_scheduler.c', 'keepalived issue 1987', 'keepalived.conf(5) vrrp_script timeout'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `A check script on ${name} takes longer than it may (${whenOf(hits.at(-1))})`,
        summary: 'keepalived skipped runs of it or killed it; a time-out counts as a failure.',
        fix: 'Give the commands inside the script a timeout shorter than its interval, or raise interval and timeout in the vrrp_script block.',
        commands: ['grep -n -A6 vrrp_script /etc/keepalived/keepalived.conf'],
        ...weightOfHistory(hits, 'medium'),
      });
    }),
});
