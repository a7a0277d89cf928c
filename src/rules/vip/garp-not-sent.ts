// VIP fault: keepalived could not send gratuitous ARP, told by its own log; or a firewall drops ARP about the VIP on its
// way out, which nobody is told of.
import type { ArpDrop } from '../../cluster/model.ts';
import { weightOfFlaw, weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import type { Facets } from '../members.ts';
import { nameRule, quoteRule } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';

const said = /Error (?!1\b|13\b)\d+ .*(sending|registering) gratuitous|Error sending gratuitous/;

/** The arp family never sees the announcement itself, which keepalived sends by a packet socket. */
const whatIsLost = ({ rule, vip }: ArpDrop): string =>
  rule.family === 'arp'
    ? `“${rule.text}” in ${nameRule(rule)} drops what the kernel asks and answers by ARP in the name of ${vip}: hosts that ask for it get no answer, and it cannot find hosts to answer them.`
    : `“${rule.text}” in ${nameRule(rule)} drops ARP about ${vip} on ${rule.hook ?? 'its way out'}, the gratuitous ARP of keepalived included: neighbours go on sending to the node that held it before.`;

const deleteCommand = ({ rule }: ArpDrop): string =>
  rule.handle === undefined
    ? `nft list chain ${rule.family} ${rule.table} ${rule.chain}`
    : `nft delete rule ${rule.family} ${rule.table} ${rule.chain} handle ${rule.handle}`;

const droppedIn = (hosts: Facets<'hosts'>['hosts']): readonly FindingDraft[] =>
  hosts.flatMap(({ node, firewall }) =>
    firewall.kind === 'unknown'
      ? []
      : (firewall.value.arpDrops ?? []).map(
          (drop): FindingDraft => ({
            subject: { nodes: [node], vip: drop.vip },
            group: drop.group,
            about: 'ARP out',
            title: `${node}'s firewall drops ARP about ${drop.vip} on its way out`,
            summary: whatIsLost(drop),
            evidence: [quoteRule(node, drop.rule)],
            remedy: {
              text: `Let ARP about ${drop.vip} out on ${node}, then announce the VIP again from the MASTER.`,
              commands: [{ node, command: deleteCommand(drop) }],
            },
          }),
        ),
  );

export const garpNotSent = defineRule({
  id: 'garp-not-sent',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived could not send gratuitous ARP',
  why: 'Neighbours learn from it where the VIP has gone. Without it they keep sending to the old node until their entries expire, which takes a gateway up to four hours.',
  proof:
    'A rule of nft’s arp family on output, or of netdev on egress, that drops ARP about the VIP; or keepalived’s own error; it counts in full for an hour while the node has not changed its state since, and is a remark after that. Refusals for want of rights belong to other rules.',
  remedy: 'Remove the rule, or mend the interface the line names; then announce the VIP again.',
  sources: ['keepalived vrrp_arp.c', 'nft(8), arp and netdev families'],
  explains: [],
  check: (facets) => {
    const logged = judgeLogs(facets, 'run', (log) => {
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
    });
    const dropped = droppedIn(facets.hosts);
    if (dropped.length === 0) return logged;
    return foundOrClear([...dropped, ...(logged.result === 'found' ? logged.findings : [])]);
  },
});
