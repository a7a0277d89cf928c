// Root cause: multicast adverts carry a TTL or hop limit other than 255. It tells a rewrite on the sender from one
// on the way by comparing what left with what came.
import type { AdvertStream } from '../../cluster/model.ts';
import { isMulticast, listing, membersOf } from '../members.ts';
import { asEvidence, nameRule, quoteLog, quoteRule, quoteStreams } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const ttlNot255 = defineRule({
  id: 'ttl-not-255',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'hosts', 'nodes'],
  title: 'Adverts do not carry TTL 255',
  why: 'VRRP trusts only packets that no router has touched: every receiver drops an advert whose TTL (hop limit) is not 255, and becomes MASTER itself.',
  proof:
    'The TTL of the adverts as captured, on the sender where it left and on the receiver where it came. Unicast groups are left out: keepalived does not check them.',
  remedy:
    'Remove the rule or device that rewrites the TTL (mangle table, NAT, multicast relay), or use unicast_peer across routers.',
  sources: ['RFC 3768 §5.2.3', 'RFC 9568 §5.1.1.3', 'keepalived vrrp.c vrrp_check_packet'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'no-master',
  ],
  check: ({ groups, instances, adverts, hosts, nodes }) => {
    const drafts = groups.flatMap((group): readonly FindingDraft[] =>
      membersOf(group, instances).flatMap((member): readonly FindingDraft[] => {
        const streams = adverts.streams.filter(
          (stream) =>
            stream.sender === member.node &&
            stream.vrid === member.vrid &&
            stream.family === member.family &&
            isMulticast(stream.dst),
        );
        const wrong = streams.filter((stream) => stream.ttl !== 255);
        // The newest advert at a place decides: a rewrite that is gone is no fault any more.
        const current = wrong.filter((stream) =>
          streams.every(
            (other: AdvertStream) => other.heardAt !== stream.heardAt || other.lastAtNs <= stream.lastAtNs,
          ),
        );
        const [first] = current;
        if (first === undefined) return [];
        const left = streams.find((stream) => stream.direction === 'out' && stream.heardAt === member.node);
        const onSender = left === undefined ? 'unknown' : left.ttl === 255 ? 'no' : 'yes';
        const firewall = hosts.find((host) => host.node === member.node)?.firewall;
        const setter =
          firewall?.kind === 'known'
            ? firewall.value.judgements.find(
                (judgement) =>
                  judgement.instance === member.id &&
                  judgement.direction === 'out' &&
                  judgement.ttlSetTo !== undefined,
              )
            : undefined;
        const rule = setter?.decidedBy ?? setter?.candidates[0];
        const where =
          onSender === 'no'
            ? `They left ${member.node} with 255, so something on the way changes them.`
            : rule !== undefined
              ? `A rule on ${member.node} sets it (${nameRule(rule)}).`
              : onSender === 'yes'
                ? `They leave ${member.node} like that already.`
                : '';
        return [
          {
            subject: { nodes: [member.node], vrid: member.vrid },
            group: group.id,
            title: `adverts of ${member.node} carry ${member.family === 'ipv4' ? 'TTL' : 'hop limit'} ${first.ttl} instead of 255`,
            summary:
              `Adverts of ${member.node} were seen with ${first.ttl} at ${listing([...new Set(current.map((stream) => stream.heardAt))])}; receivers drop them. ${where}`.trim(),
            evidence: asEvidence(first.quote, [
              ...(rule === undefined ? [] : [quoteRule(member.node, rule)]),
              ...quoteStreams(current.slice(1)),
              ...(left === undefined ? [] : [left.quote]),
              ...nodes
                .filter((node) => node.name !== member.node)
                .flatMap((node) => quoteLog(node, /invalid (TTL|ttl)/, 1)),
            ]),
            remedy:
              onSender === 'no'
                ? {
                    text: 'Find the device between the nodes that forwards or relays multicast and take it out of the path.',
                    commands: [],
                  }
                : {
                    text: `Remove the rule on ${member.node} that changes the TTL of protocol 112.`,
                    commands: [
                      {
                        node: member.node,
                        command:
                          "nft -a list ruleset | grep -nE 'ttl set|hoplimit set'; iptables -t mangle -S",
                      },
                    ],
                  },
          },
        ];
      }),
    );
    return drafts.length === 0 && adverts.ears.every((ear) => ear.heard === 'no')
      ? notEvaluated('nobody could listen')
      : foundOrClear(drafts);
  },
});
