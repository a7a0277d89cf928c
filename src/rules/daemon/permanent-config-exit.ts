// Daemon fault: keepalived ended for good and is not started again.
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { severityOfAbsence } from '../redundancy.ts';
import { defineRule } from '../rule.ts';

export const permanentConfigExit = defineRule({
  id: 'permanent-config-exit',
  severity: 'critical',
  needs: [...logNeeds, 'groups', 'instances', 'adverts'],
  title: 'keepalived ended with a permanent error',
  why: 'With a configuration it cannot run, or without the rights it needs, keepalived ends and does not start its children again. The node is no member any more, and the cluster looks healthy without it.',
  proof: 'keepalived’s own line since its last start, and no keepalived process on the node.',
  remedy: 'Mend what the lines before it name (`keepalived -t`), then start keepalived again.',
  sources: ['keepalived lib/process.c, main.c (KEEPALIVED_EXIT_CONFIG)'],
  explains: ['keepalived-disabled-or-stopped', 'no-master', 'vip-on-no-node'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const { name, processes } = log.node;
      if (processes.kind === 'known' && processes.value.length > 0) return [];
      const hits = log.entries.filter(
        ({ event }) => event?.kind === 'process-exit' && event.permanentError !== undefined,
      );
      return draftFromLog(log, hits, {
        severity: severityOfAbsence(name, facets),
        title: `keepalived on ${name} ended with a permanent error ${whenOf(hits.at(-1))}`,
        summary: 'It does not try again by itself; until it is mended the node is no member.',
        fix: 'See what keepalived -t complains of, mend it, and start keepalived.',
        commands: ['keepalived -t', 'systemctl restart keepalived'],
      });
    }),
});
