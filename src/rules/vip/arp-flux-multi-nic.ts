// Root cause: a VIP is answered for with the MAC of another interface of its node.
import { answeringHolders } from '../holding.ts';
import { hostOf } from '../members.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

export const arpFluxMultiNic = defineRule({
  id: 'arp-flux-multi-nic',
  severity: 'high',
  needs: ['holders', 'hosts'],
  title: 'A VIP is answered for by another interface of its node',
  why: 'With two interfaces in one segment Linux answers ARP for any address of the host on each of them. Traffic for the VIP then comes in by an interface it does not stand on, where firewall and reverse-path filter expect others.',
  proof:
    'One ARP probe is answered twice by the holder: with the MAC of the interface the VIP stands on, and with that of another.',
  remedy: 'Set `net.ipv4.conf.all.arp_ignore=1` and `arp_announce=2` on the node.',
  sources: ['Linux Documentation/networking/ip-sysctl.rst arp_ignore'],
  explains: [],
  check: ({ holders, hosts }) => {
    const unread: string[] = [];
    // Neighbour discovery answers on the interface of the address only.
    const drafts = holders.flatMap((holding): readonly FindingDraft[] => {
      if (holding.vip.includes(':')) return [];
      if (holding.arp.kind === 'unknown') {
        unread.push(`${holding.vip}: ${holding.arp.reason}`);
        return [];
      }
      const { value: answers } = holding.arp;
      return answeringHolders(holding).flatMap((holder): readonly FindingDraft[] => {
        const links = hostOf(hosts, holder.node)?.links;
        if (links?.kind !== 'known') return [];
        const own = links.value.find(({ name }) => name === holder.interface);
        // Bridges, bonds and VLANs share the MAC of what is below them, and are no second interface.
        const answer = answers.find(
          ({ owner, mac }) => owner === holder.node && own !== undefined && mac !== own.mac,
        );
        const other = links.value.find(
          ({ name, mac, up }) => mac === answer?.mac && name !== holder.interface && up === 'yes',
        );
        // Where its own interface keeps silent, the probe was sent in the segment of the other one only.
        const both = answers.some(({ owner, mac }) => owner === holder.node && mac === own?.mac);
        if (answer === undefined || other === undefined || own === undefined || !both) return [];
        return [
          {
            subject: { nodes: [holder.node], vrid: holding.vrid, vip: holding.vip },
            group: holding.group,
            title: `${other.name} of ${holder.node} answers for ${holding.vip}, which stands on ${holder.interface}`,
            summary: 'Both are on one segment, and the kernel answers on each for every address it has.',
            evidence: [
              answer.quote,
              holder.quote,
              {
                node: holder.node,
                source: 'ip link',
                quote: `${other.name} ${other.mac}, ${own.name} ${own.mac}`,
              },
            ],
            remedy: {
              text: 'Let each interface answer for its own addresses only.',
              commands: [
                { node: holder.node, command: 'sysctl -w net.ipv4.conf.all.arp_ignore=1' },
                { node: holder.node, command: 'sysctl -w net.ipv4.conf.all.arp_announce=2' },
              ],
            },
          },
        ];
      });
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
