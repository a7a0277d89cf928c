// Path fault: padding that a driver leaves on short frames is taken for a part of the advert.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /vrrp packet too long, length \d+ and expect \d+/;

export const ethernetPaddingRejected = defineRule({
  id: 'ethernet-padding-rejected',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived takes Ethernet padding for a part of the advert',
  why: 'Adverts are shorter than the shortest Ethernet frame. Some drivers hand the padding on, and releases before 2.3.2 refuse the advert as too long: the node does not hear its peers.',
  proof: 'keepalived’s own `packet too long` since it was started, on a release before 2.3.2.',
  remedy: 'Upgrade to 2.3.2.',
  sources: ['keepalived vrrp.c, commit 03d30c5e (2.3.2)'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const { name, version } = log.node;
      if (version.kind === 'unknown') return [];
      const { major, minor, patch, text } = version.value;
      if (major * 1_000_000 + minor * 1000 + patch >= 2_003_002) return [];
      const hits = log.entries.filter((entry) => said.test(entry.text));
      return draftFromLog(log, hits, {
        title: `keepalived ${text} on ${name} refuses adverts with padding (${whenOf(hits.at(-1))})`,
        summary: 'It counts the padding of short frames to the advert, finds it too long and drops it.',
        fix: 'Upgrade keepalived to 2.3.2 or newer.',
        commands: ['keepalived -v'],
        ...weightOfHistory(hits, 'high'),
      });
    }),
});
