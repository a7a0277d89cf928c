// Configuration fault, told by keepalived’s own log: adverts fail authentication by HMAC.
import { weightOfOnceLogged } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /missing authentication trailer|unknown authentication key id|invalid authentication HMAC|stale authentication trailer|authentication clock skew .* approaching window|malformed authentication trailer/;

export const authHmacMismatchOrClockSkew = defineRule({
  id: 'auth-hmac-mismatch-or-clock-skew',
  severity: 'critical',
  needs: logNeeds,
  title: 'Adverts fail authentication by HMAC',
  why: 'With `auth_hmac` (2.4.0) keys, mode and clocks must agree: an advert signed with another key, or older than the window by the receiver’s clock, is dropped. A failing time service becomes two masters.',
  proof:
    'keepalived’s own line since it was started: each reason is logged only once, so its age does not matter.',
  remedy:
    'Give all nodes the same keys, synchronise their clocks, and roll changes out as receive-only, permissive, enforce.',
  sources: ['keepalived vrrp.c vrrp_auth_ext_verify', 'keepalived.conf(5) auth_hmac (2.4.0)'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `${name} refuses adverts because of their HMAC`,
        summary: 'Key or clock of the sender does not fit; the refused peer is not heard.',
        fix: 'Compare the auth_hmac blocks of the nodes and their clocks.',
        commands: ['chronyc tracking', 'date --utc +%s.%N'],
        ...weightOfOnceLogged('critical'),
      });
    }),
});
