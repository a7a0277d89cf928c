// Root cause: a node kept the VIP after keepalived died there or stopped being MASTER. Told from a second master by
// silence on the wire. It does not ask who killed keepalived.
import type { Instance } from '../../cluster/model.ts';
import { answeringHolders, prefixLengthOf } from '../holding.ts';
import { stateOf, streamsOf } from '../members.ts';
import { asEvidence, quoteLog, quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const isLeftBehind = (member: Instance): boolean =>
  member.process === 'stopped' || ['BACKUP', 'FAULT', 'INIT'].includes(stateOf(member));

export const vipOrphanedAfterUncleanStop = defineRule({
  id: 'vip-orphaned-after-unclean-stop',
  severity: 'critical',
  needs: ['groups', 'instances', 'holders', 'adverts', 'nodes'],
  title: 'A node keeps the VIP although keepalived there is not MASTER',
  why: 'keepalived removes its addresses only when it stops in good order. Killed outright (SIGKILL, out of memory, `docker rm -f`), it leaves the VIP behind: the node goes on answering ARP for an address it no longer serves, beside the new MASTER.',
  proof:
    'The address is on an interface, keepalived does not run there (or runs as BACKUP or FAULT), and the node sends no adverts. The silence tells it from a second MASTER.',
  remedy:
    'Remove the address from the node that is not MASTER, or start keepalived there (it clears what its configuration still names), and announce the address anew from the MASTER.',
  sources: ['keepalived issues 2361, 672 and 2201', 'keepalived vrrp_ipaddress.c'],
  explains: ['vip-held-twice', 'duplicate-arp-answers', 'keepalived-disabled-or-stopped'],
  check: ({ groups, instances, holders, adverts, nodes }) => {
    if (holders.length === 0) return notEvaluated('no VIP is known');
    const drafts = holders.flatMap((holding) =>
      answeringHolders(holding).flatMap((holder): readonly FindingDraft[] => {
        const group = groups.find((candidate) => candidate.id === holding.group);
        const own = instances.filter(
          (member) => member.node === holder.node && member.group === holding.group,
        );
        const [member] = own;
        if (group === undefined || member === undefined || !own.every(isLeftBehind)) return [];
        if (own.some((one) => streamsOf(one, adverts.streams).length > 0)) return [];
        const dead = member.process === 'stopped';
        const node = nodes.find((candidate) => candidate.name === holder.node);
        return [
          {
            subject: { nodes: [holder.node], vrid: group.vrid, vip: holding.vip },
            group: group.id,
            about: `addresses of ${member.id}`,
            title: dead
              ? `${holder.node} kept VIP ${holding.vip} after keepalived died there`
              : `${holder.node} holds VIP ${holding.vip} although it is ${stateOf(member)}`,
            summary: `${holding.vip} is on ${holder.interface} of ${holder.node}, where keepalived ${dead ? 'does not run' : `is ${stateOf(member)}`} and sends no adverts: ${dead ? 'it was killed without a chance to remove the address' : 'the address was left behind or is configured by something else'}.`,
            evidence: asEvidence(holder.quote, [
              dead
                ? { node: holder.node, source: 'processes', quote: 'no keepalived process runs' }
                : quoteState(member),
              {
                node: holder.node,
                source: 'adverts',
                quote: `no advert of VRID ${member.vrid} came from ${holder.node}`,
              },
              ...quoteLog(
                node,
                /status=9\/KILL|code=killed|oom|SIGKILL|SIGSEGV|Failed with result|exited due to/i,
              ),
            ]),
            remedy: {
              text: `Remove the address from ${holder.node}, then have the MASTER announce it; or start keepalived on ${holder.node}, which removes it as well.`,
              commands: [
                {
                  node: holder.node,
                  command: `ip addr del ${holding.vip}/${prefixLengthOf(group.vips, holding.vip)} dev ${holder.interface}`,
                },
              ],
            },
          },
        ];
      }),
    );
    return foundOrClear(drafts);
  },
});
