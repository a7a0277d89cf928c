// Daemon fault, told by keepalived’s own log: keepalived’s VRRP process dies and is started again.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /child process\(\d+\) died: Respawning|exited due to segmentation fault|Restart of \S+ process delayed \d+ seconds/;

export const crashRespawnLoop = defineRule({
  id: 'crash-respawn-loop',
  severity: 'critical',
  needs: logNeeds,
  title: 'keepalived’s VRRP process dies and is started again',
  why: 'Between death and restart the VIPs stay configured and no adverts are sent, so a peer becomes MASTER as well. The delay before each further restart grows from one second to a minute.',
  proof:
    'keepalived’s own lines about the death and respawning of a child; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy:
    'Upgrade keepalived; until then look for what the process was doing (core dump, the lines before the death).',
  sources: ['keepalived lib/process.c, vrrp_daemon.c', 'keepalived issues 426, 1291, 1987, 2576'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `A process of keepalived on ${name} died and was started again (${whenOf(hits.at(-1))})`,
        summary: 'While it was gone the node sent no adverts and kept its VIPs.',
        fix: 'Look at what was logged before it died and for a core dump, and upgrade keepalived.',
        commands: ['coredumpctl list keepalived', 'journalctl -u keepalived -n 100 --no-pager'],
        ...weightOfHistory(hits, 'critical'),
      });
    }),
});
