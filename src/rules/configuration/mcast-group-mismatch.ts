// Root cause: members send to and listen on different multicast groups.
import {
  type DisagreementNeeds,
  disagreementsAbout,
  draftDisagreement,
  outcomeOf,
  type Setting,
} from '../disagreement.ts';
import { type Facets, isMulticast } from '../members.ts';
import { defineRule } from '../rule.ts';

const groupSetting: Setting = {
  onWire: (stream) =>
    isMulticast(stream.dst) ? { key: stream.dst.toLowerCase(), says: stream.dst } : undefined,
  inFile: (configured) =>
    configured.mode === 'multicast'
      ? {
          key: configured.multicastGroup.toLowerCase(),
          says: configured.multicastGroup,
          text: `adverts go to ${configured.multicastGroup}`,
          at: undefined,
        }
      : undefined,
};

const disagreements = (facets: Facets<DisagreementNeeds>) =>
  disagreementsAbout(
    groupSetting,
    facets,
    ({ configured }) => configured.kind === 'unknown' || configured.value.mode === 'multicast',
  );

export const mcastGroupMismatch = defineRule({
  id: 'mcast-group-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members use different multicast groups',
  why: 'A member hears only the group it has joined. Adverts to another group reach the host and stop there; every camp elects a MASTER of its own, and no log says why.',
  proof:
    'The destination of the adverts on the wire, and `vrrp_mcast_group4`, `vrrp_mcast_group6` or `mcast_dst_ip` in the files, differ between members.',
  remedy: 'Set the same group on every member, 224.0.0.18 or ff02::12 unless there is a reason.',
  sources: ['RFC 9568 §5.1.1.2 and §5.1.2.2', 'keepalived global_data.c'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) =>
    outcomeOf(
      disagreements(facets).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'multicast group',
            effect: 'Members that joined different groups do not hear each other.',
            fix: `Set the same multicast group on every member${disagreement.rest[0] === undefined ? '' : ` (${disagreement.rest[0].says})`}, then restart keepalived.`,
            commandFor: () => "grep -nE 'vrrp_mcast_group|mcast_dst_ip' /etc/keepalived/keepalived.conf",
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
