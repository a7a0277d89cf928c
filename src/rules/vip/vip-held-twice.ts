// Symptom: one VIP is configured on two nodes. It does not ask whether they are masters, nor why.
import { answeringHolders, holderNodes } from '../holding.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const vipHeldTwice = defineRule({
  id: 'vip-held-twice',
  severity: 'critical',
  needs: ['holders'],
  title: 'A VIP is configured on more than one node',
  why: 'Two hosts answer ARP for one address. Which of them a client reaches depends on whose answer came last, and changes without notice.',
  proof:
    'The addresses of each node, read from the kernel: the VIP stands on an interface of two nodes. Addresses on lo, dummy and kube-ipvs0 do not count.',
  remedy:
    'Cure what made two nodes take the address. Where only one of them is MASTER, remove the address from the other.',
  sources: ['RFC 5227 §1.1', 'keepalived vrrp_ipaddress.c'],
  explains: ['duplicate-arp-answers'],
  check: ({ holders }) => {
    if (holders.length === 0) return notEvaluated('no VIP is known');
    const drafts = holders.flatMap((holding): readonly FindingDraft[] => {
      const nodes = holderNodes(holding);
      const [first, ...others] = answeringHolders(holding);
      if (nodes.length < 2 || first === undefined) return [];
      return [
        {
          subject: { nodes, vrid: holding.vrid, vip: holding.vip },
          group: holding.group,
          title: `VIP ${holding.vip} is on ${listing(nodes)} at the same time`,
          summary: `${listing([first, ...others].map((holder) => `${holder.node} (${holder.interface})`))} all have ${holding.vip} configured.`,
          evidence: asEvidence(
            first.quote,
            others.map((holder) => holder.quote),
          ),
          remedy: {
            text: 'Decide which node is the rightful MASTER from its adverts; the others must give the address up.',
            commands: nodes.map((node) => ({ node, command: `ip addr show to ${holding.vip}` })),
          },
        },
      ];
    });
    const unread = holders.flatMap((holding) => holding.unread);
    return drafts.length === 0 &&
      holders.every((holding) => holding.holders.length === 0 && holding.unread.length > 0)
      ? notEvaluated(`addresses of ${listing([...new Set(unread)])} could not be read`)
      : foundOrClear(drafts);
  },
});
