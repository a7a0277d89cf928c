// Symptom as clients feel it: two nodes of ours answer for one VIP. It does not ask why both hold it.
import { quietHolders } from '../holding.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const duplicateArpAnswers = defineRule({
  id: 'duplicate-arp-answers',
  severity: 'critical',
  needs: ['holders'],
  title: 'Two nodes answer for one VIP',
  why: 'This is what clients meet: whichever answer comes last wins, so traffic moves between nodes at random.',
  proof:
    'One ARP probe (or neighbour solicitation, for IPv6) for the VIP was answered with the MACs of two checked nodes.',
  remedy: 'Leave the address on the MASTER only; the finding that caused this one says how.',
  sources: [
    'RFC 5227 §2.1.1',
    'RFC 826',
    'RFC 4861 §7.2',
    'Linux Documentation/networking/ip-sysctl.rst arp_ignore',
  ],
  explains: [],
  check: ({ holders }) => {
    const reasons: string[] = [];
    const drafts = holders.flatMap((holding): readonly FindingDraft[] => {
      if (holding.arp.kind === 'unknown') {
        reasons.push(`${holding.vip}: ${holding.arp.reason}`);
        return [];
      }
      // Probes are spread over the window: before a hand-over the one answers, after it the other.
      const answers = holding.arp.value.filter(
        (answer) => answer.owner !== 'foreign' && !(holding.gaveUp ?? []).includes(answer.owner),
      );
      const nodes = [...new Set(answers.map((answer) => answer.owner))];
      const [first, ...others] = answers;
      if (nodes.length < 2 || first === undefined || new Set(answers.map((answer) => answer.mac)).size < 2)
        return [];
      // Linux answers for every address of the host on every interface unless told otherwise (ip-sysctl arp_ignore).
      const hidden = quietHolders(holding).filter((holder) => nodes.includes(holder.node));
      return [
        {
          subject: { nodes, vrid: holding.vrid, vip: holding.vip },
          group: holding.group,
          title: `${listing(nodes)} both answer ${holding.vip.includes(':') ? 'neighbour solicitations' : 'ARP'} for VIP ${holding.vip}`,
          summary: `A probe for ${holding.vip} drew answers from ${listing(answers.map((answer) => `${answer.owner} (${answer.mac})`))}.${hidden.length === 0 ? '' : ` ${listing(hidden.map((holder) => `${holder.node} has it on ${holder.interface}`))} and should keep quiet about it.`}`,
          evidence: asEvidence(first.quote, [
            ...others.map((answer) => answer.quote),
            ...hidden.map((holder) => holder.quote),
          ]),
          remedy:
            hidden.length === 0
              ? {
                  text: 'Only the MASTER may hold the address; see who else does.',
                  commands: nodes.map((node) => ({ node, command: `ip addr show to ${holding.vip}` })),
                }
              : {
                  text: `Let ${listing(hidden.map((holder) => holder.node))} answer ARP only for addresses of the interface asked (arp_ignore 1, arp_announce 2), and keep that in /etc/sysctl.d; or remove the address there.`,
                  commands: hidden.map((holder) => ({
                    node: holder.node,
                    command: 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
                  })),
                },
        },
      ];
    });
    if (holders.length === 0) return notEvaluated('no VIP is known');
    return drafts.length === 0 && reasons.length > 0
      ? notEvaluated([...new Set(reasons)].join('; '))
      : foundOrClear(drafts);
  },
});
