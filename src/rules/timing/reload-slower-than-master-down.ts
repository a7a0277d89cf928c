// Time fault: a reload takes longer than peers wait for an advert.
import { weightOfFlaw } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const finished = /Reload finished in (\d+) usec/;

const durationMs = (text: string): number => Number(finished.exec(text)?.[1] ?? 0) / 1000;

export const reloadSlowerThanMasterDown = defineRule({
  id: 'reload-slower-than-master-down',
  severity: 'high',
  needs: [...logNeeds, 'instances'],
  title: 'A reload takes longer than the peers wait',
  why: 'While keepalived reads a large configuration it sends no adverts. When that takes longer than three intervals, every reload of the MASTER makes a backup take over.',
  proof:
    'The duration keepalived logs after a reload against three intervals of its shortest instance; it counts in full for an hour.',
  remedy: 'Raise advert_int or `down_timer_adverts`, or split the configuration.',
  sources: ['keepalived issue 2159', 'keepalived vrrp_daemon.c (Reload finished in … usec)'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', (log) => {
      const limits = facets.instances.flatMap(({ node, configured }) =>
        node === log.node.name && configured.kind === 'known'
          ? [configured.value.advertIntervalMs * configured.value.downTimerAdverts]
          : [],
      );
      if (limits.length === 0) return [];
      const limitMs = Math.min(...limits);
      const hits = log.entries.filter(({ text }) => durationMs(text) >= limitMs);
      const longestMs = Math.max(0, ...hits.map(({ text }) => durationMs(text)));
      return draftFromLog(log, hits, {
        title: `A reload on ${log.node.name} took ${(longestMs / 1000).toFixed(1)} s (${whenOf(hits.at(-1))}); peers wait ${(limitMs / 1000).toFixed(1)} s`,
        summary: 'No advert is sent during a reload: done on the MASTER, a backup takes over.',
        fix: 'Raise advert_int or down_timer_adverts on all members, or split the configuration; reload backups first.',
        ...weightOfFlaw(hits, 'high'),
      });
    }),
});
