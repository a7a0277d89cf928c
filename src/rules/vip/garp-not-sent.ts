// VIP fault, told by keepalived’s own log: keepalived could not send gratuitous ARP.
import { weightOfFlaw, weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /Error (?!1\b|13\b)\d+ .*(sending|registering) gratuitous|Error sending gratuitous/;

export const garpNotSent = defineRule({
  id: 'garp-not-sent',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived could not send gratuitous ARP',
  why: 'Neighbours learn from it where the VIP has gone. Without it they keep sending to the old node until their entries expire, which takes a gateway up to four hours.',
  proof:
    'keepalived’s own error; it counts in full for an hour while the node has not changed its state since, and is a remark after that. Refusals for want of rights belong to other rules.',
  remedy: 'Mend the interface the line names, then announce the VIP again.',
  sources: ['keepalived vrrp_arp.c'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      // Nothing was announced since: whoever did not hear it then still sends to the old node.
      const last = log.entries.findLastIndex(({ event }) => event?.kind === 'state');
      const since = hits.filter((entry) => log.entries.indexOf(entry) > last && last >= 0);
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} could not announce its VIP by gratuitous ARP (${whenOf(hits.at(-1))})`,
        summary: 'Neighbours may still send to the node that held it before.',
        fix: 'Mend the interface named in the line and announce the VIP again from the MASTER.',
        commands: ['ip -d link show'],
        ...(since.length > 0 ? weightOfFlaw(since, 'high') : weightOfHistory(hits, 'high')),
      });
    }),
});
