// Time fault, told by keepalived’s own log: mail alerts cannot be delivered.
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /(SMTP|smtp).*([Tt]ime ?d?[ -]?out|[Tt]imeout)|[Tt]imeout .*SMTP server/;

export const smtpAlertStall = defineRule({
  id: 'smtp-alert-stall',
  severity: 'low',
  needs: logNeeds,
  title: 'Mail alerts cannot be delivered',
  why: 'keepalived sends mail of its own about changes of state. A mail server that does not answer delays only the mail, never a failover: it is no cause of one.',
  proof: 'keepalived’s own line about the mail server, since it was started.',
  remedy: 'Mend `smtp_server`, or take `smtp_alert` out.',
  sources: ['keepalived lib/smtp.c', 'keepalived.conf(5) smtp_connect_timeout'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} could not deliver mail alerts (${whenOf(hits.at(-1))})`,
        summary: 'Alerts about changes of state were lost; failover is not affected.',
        fix: 'Mend smtp_server in global_defs or remove smtp_alert.',
        commands: ['grep -n smtp /etc/keepalived/keepalived.conf'],
      });
    }),
});
