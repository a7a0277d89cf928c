// Configuration fault: a node lists its own address as a unicast peer.

import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { bareAddress } from '../members.ts';
import { defineRule } from '../rule.ts';

export const unicastSelfInPeerList = defineRule({
  id: 'unicast-self-in-peer-list',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'A node lists itself as a unicast peer',
  why: 'keepalived then hears its own adverts and warns about an equal priority from its own address once per interval, which hides a real duplicate address in the same words.',
  proof: 'The source address of the instance stands in its own `unicast_peer`.',
  remedy: 'Remove the node’s own address from its list.',
  sources: ['keepalived vrrp.c vrrp_state_master_rx', 'keepalived issues 2216, 2283'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { sourceAddress } = member.instance;
        if (sourceAddress.kind === 'unknown') return [];
        const own = bareAddress(sourceAddress.value);
        const peer = member.settings.unicastPeers.find(({ address }) => bareAddress(address) === own);
        if (peer === undefined) return [];
        return [
          draftFor(group, [member], {
            title: `${member.node} lists itself, ${peer.address}, as a unicast peer`,
            summary: `${member.node} sends its adverts from ${peer.address} and to it.`,
            evidence: [
              quoteAt(member, peer.source, `unicast_peer has ${peer.address}, the node’s own source address`),
            ],
            fix: `Remove ${peer.address} from unicast_peer on ${member.node} and reload.`,
            keyword: 'unicast_peer',
          }),
        ];
      }),
    ),
});
