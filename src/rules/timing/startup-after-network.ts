// Time fault: keepalived started before its interface was ready.

import { bootedAtMs, followedBy } from '../lateness.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

export const startupAfterNetwork = defineRule({
  id: 'startup-after-network',
  severity: 'medium',
  needs: logNeeds,
  title: 'keepalived started before the network was ready',
  why: 'Started before its interface has an address, keepalived enters FAULT and comes out of it by itself, mostly: a node that boots serves later than it could, and some releases stayed in FAULT.',
  proof:
    'A FAULT for want of an address or link within thirty seconds of a start that was within three minutes of the boot.',
  remedy: 'Order the unit after `network-online.target` and want it.',
  sources: ['keepalived issue 972', 'systemd.special(7) network-online.target'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', (log) => {
      const bootMs = bootedAtMs(log.node.name, facets.hosts);
      if (bootMs === undefined) return [];
      const begun = log.entries.filter(
        (entry) =>
          entry.event?.kind === 'started' &&
          entry.atMs !== undefined &&
          entry.atMs >= bootMs &&
          entry.atMs <= bootMs + 180_000 &&
          followedBy(
            log,
            entry,
            ({ event }) =>
              event?.kind === 'fault' &&
              (event.reason.kind === 'no-address' || event.reason.kind === 'interface-down'),
            30_000,
          ) === 'yes',
      );
      const faults = log.entries.filter(({ event }) => event?.kind === 'fault').slice(-1);
      return begun.length === 0
        ? []
        : draftFromLog(log, [...begun, ...faults], {
            title: `keepalived on ${log.node.name} started before its interface was ready, after the last boot (${whenOf(begun.at(-1))})`,
            summary: 'It began in FAULT and had to wait for the network.',
            fix: 'Let the unit want network-online.target and start after it.',
            commands: [
              'systemctl edit keepalived  # [Unit] Wants=network-online.target, After=network-online.target',
            ],
            severity: 'low',
          });
    }),
});
