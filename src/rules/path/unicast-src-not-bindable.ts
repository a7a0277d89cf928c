// Path fault, told by keepalived’s own log: keepalived could not bind its unicast source address.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /bind unicast_src \S+ failed 99\b/;

export const unicastSrcNotBindable = defineRule({
  id: 'unicast-src-not-bindable',
  severity: 'critical',
  needs: logNeeds,
  title: 'keepalived could not bind its unicast source address',
  why: 'When the address was not there yet as keepalived started, its socket was not bound; the instance hears nothing and becomes MASTER beside another.',
  proof: 'keepalived’s own line since it was started.',
  remedy:
    'Start keepalived after the address is there (`network-online.target`, `track_src_ip`), and upgrade: 2.3.3 binds early.',
  sources: ['keepalived issue 1847', 'keepalived ChangeLog 2.3.3 (IP_FREEBIND)'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'one-way-reachability',
  ],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} could not bind unicast_src_ip when it started`,
        summary: 'The instance has no working socket: it hears no adverts.',
        fix: 'Restart keepalived now that the address is there, and order it after network-online.target.',
        commands: ['ip -br addr', 'systemctl restart keepalived'],
      });
    }),
});
