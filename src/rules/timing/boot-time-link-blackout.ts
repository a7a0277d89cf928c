// Time fault: after a boot the node took over before its link carried traffic.

import { weightOfFlaw } from '../history.ts';
import { bootedAtMs, followedBy } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const bootTimeLinkBlackout = defineRule({
  id: 'boot-time-link-blackout',
  severity: 'high',
  needs: logNeeds,
  title: 'After a boot the node takes over before its link works',
  why: 'A link can be up long before frames pass: bonds, LACP and spanning tree take seconds to forward. keepalived hears nobody, becomes MASTER, and yields as soon as it hears the real one. Scripts run, sessions break, at every boot.',
  proof:
    'Within three minutes of the boot: keepalived started, entered MASTER, and yielded to a higher priority within ten seconds of that.',
  remedy: 'Set `vrrp_startup_delay` (2.0.14) or `vrrp_delay_after_boot` (2.4.0), and portfast on the switch.',
  sources: ['keepalived issues 1143, 2231, 2209, 2158'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', (log) => {
      const bootMs = bootedAtMs(log.node.name, facets.hosts);
      if (bootMs === undefined) return [];
      const hits = log.entries.filter(
        (entry) =>
          entry.event?.kind === 'state' &&
          entry.event.state === 'MASTER' &&
          entry.atMs !== undefined &&
          entry.atMs >= bootMs &&
          entry.atMs <= bootMs + 180_000 &&
          followedBy(log, entry, ({ event }) => event?.kind === 'yielded', 10_000) === 'yes',
      );
      return draftFromLog(log, hits, {
        title: `${log.node.name} became MASTER for a moment after its last boot (${whenOf(hits.at(-1))})`,
        summary: 'It heard nobody at first and yielded seconds later: its link did not carry traffic yet.',
        fix: 'Set vrrp_startup_delay in global_defs to longer than the link needs, and portfast on the switch port.',
        commands: ['grep -n vrrp_startup_delay /etc/keepalived/keepalived.conf'],
        ...weightOfFlaw(hits, 'high'),
      });
    }),
});
