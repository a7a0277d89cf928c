// Root cause: an interface an instance runs on or tracks is down.
import { downLinks } from '../link-state.ts';
import { listing, stateOf } from '../members.ts';
import { asEvidence, quoteLog, quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const interfaceDownFault = defineRule({
  id: 'interface-down-fault',
  severity: 'high',
  needs: ['hosts', 'instances', 'groups', 'nodes'],
  title: 'The interface of an instance is down',
  why: 'keepalived puts the instance into FAULT and the node cannot take over. With `dont_track_primary` it stays MASTER on a dead link, unseen by the others.',
  proof:
    'The link is administratively down or without carrier, and keepalived reports FAULT for the instance.',
  remedy: 'Bring the link back: cable, switch port, bond or `ip link set … up`.',
  sources: ['ip-link(8)', 'RFC 2863 §3.1.14', 'keepalived vrrp_if.c'],
  explains: [
    'no-master',
    'vip-on-no-node',
    'multiple-masters',
    'vip-held-twice',
    'multicast-blocked-by-fabric',
    'one-way-reachability',
    'adverts-lost-unexplained',
    'multicast-membership-lost-after-link-bounce',
  ],
  check: ({ hosts, instances, groups, nodes }) => {
    const down = downLinks({ hosts, instances });
    const drafts = [...new Set(down.map((one) => `${one.instance.node} ${one.link.name}`))].flatMap(
      (key): readonly FindingDraft[] => {
        const own = down.filter((one) => `${one.instance.node} ${one.link.name}` === key);
        const [first] = own;
        if (first === undefined) return [];
        const { instance, link } = first;
        const node = instance.node;
        const affected = own.map((one) => one.instance);
        const served = groups.filter((group) => affected.some((one) => one.group === group.id));
        // Two masters, or none: then this is no loss of redundancy any more.
        const grave = served.some((group) => group.masters.length !== 1);
        const why =
          link.up === 'no'
            ? 'administratively down'
            : link.carrier === 'no'
              ? 'without carrier'
              : link.operState;
        return [
          {
            subject: { nodes: [node], vrid: instance.vrid },
            title: `${link.name} on ${node} is ${why}`,
            summary: `${listing(affected.map((one) => `${one.name} (${stateOf(one)})`))} on ${node} ${first.role === 'own' ? 'runs on' : 'tracks'} ${link.name}, which is ${why}.`,
            evidence: asEvidence(
              {
                node,
                source: 'ip link',
                quote: `${link.name}: ${link.up === 'yes' ? 'UP' : 'not UP'}, state ${link.operState}, carrier ${link.carrier}`,
              },
              [
                ...affected.map(quoteState),
                ...quoteLog(
                  nodes.find((candidate) => candidate.name === node),
                  /entering FAULT STATE|Netlink reports .* down/i,
                ),
              ],
            ),
            severity: grave ? 'critical' : 'high',
            remedy: {
              text:
                link.up === 'no'
                  ? `Bring ${link.name} up again on ${node}.`
                  : `${link.name} on ${node} has no carrier: check cable, switch port, or what it is attached to.`,
              commands: [
                {
                  node,
                  command:
                    link.up === 'no' ? `ip link set dev ${link.name} up` : `ip -d link show dev ${link.name}`,
                },
              ],
            },
          },
        ];
      },
    );
    const unread = hosts.flatMap((host) =>
      host.links.kind === 'unknown' ? [`${host.node}: ${host.links.reason}`] : [],
    );
    return drafts.length === 0 && (hosts.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read')
      : foundOrClear(drafts);
  },
});
