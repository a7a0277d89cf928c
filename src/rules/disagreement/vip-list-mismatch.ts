// Root cause up to keepalived 2.3.2, lesser fault after it: members advertise different lists of VIPs.
import type { ClusterModel } from '../../cluster/model.ts';
import { type Disagreement, draftDisagreement, outcomeOf, vipListDisagreements } from '../disagreement.ts';
import { addressSet, membersOf, overlap } from '../members.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

/** keepalived logs and accepts a different list from 2.3.3 on (vrrp.c vrrp_check_packet); older ones drop it. */
const toleratesLists = (nodes: ClusterModel['nodes'], name: string): 'yes' | 'no' | 'unknown' => {
  const version = nodes.find((node) => node.name === name)?.version;
  if (version?.kind !== 'known') return 'unknown';
  const { major, minor, patch } = version.value;
  return major * 1_000_000 + minor * 1000 + patch >= 2_003_003 ? 'yes' : 'no';
};

/** Lists that differ but share an address belong to one router; without any they may be two with one VRID. */
const isOneRouter = ({ odd, rest }: Disagreement): boolean => {
  const lists = [...new Set([...odd, ...rest].map((one) => one.key))].map((key) =>
    addressSet(key.split(' ').filter((address) => address !== '')),
  );
  return lists.some((a, index) => lists.slice(index + 1).some((b) => overlap(a, b)));
};

export const vipListMismatch = defineRule({
  id: 'vip-list-mismatch',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a group advertise different VIPs',
  why: 'Up to keepalived 2.3.2 an advert with another list is dropped and both nodes become MASTER. Later versions accept it, but after a failover other addresses are up than before.',
  proof:
    'The address lists in the adverts on the wire and in the `virtual_ipaddress` blocks, compared as sets; the keepalived version of the receivers tells what happens.',
  remedy:
    'Use the same `virtual_ipaddress` list on every member; addresses of one node only belong in `virtual_ipaddress_excluded`.',
  sources: ['keepalived vrrp.c vrrp_check_packet in 2.3.2 and 2.3.3', 'keepalived issue 1603'],
  explains: [
    'multiple-masters',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'vip-on-no-node',
  ],
  check: (facets) =>
    outcomeOf(
      vipListDisagreements(facets).map((disagreement): FindingDraft => {
        const members = membersOf(disagreement.group, facets.instances);
        const tolerant = members.every((member) => toleratesLists(facets.nodes, member.node) === 'yes');
        const draft = draftDisagreement(
          disagreement,
          {
            subject: 'the list of VIPs',
            effect: tolerant
              ? 'These keepalived versions (2.3.3 and later) accept adverts with another list, but each node brings up its own set of addresses.'
              : 'keepalived up to 2.3.2 drops adverts with another list, so the members do not hear each other.',
            fix: 'Use the same virtual_ipaddress list on every member and reload them together.',
            commandFor: () => 'grep -n -A8 virtual_ipaddress /etc/keepalived/keepalived.conf',
            log: /not present in (MASTER )?advert|unexpected ip number count|expected \d+ VIPs but received/i,
            ...(tolerant ? { severity: 'medium' as const } : {}),
          },
          facets.nodes,
        );
        return isOneRouter(disagreement)
          ? draft
          : {
              ...draft,
              summary: `${draft.summary} The lists have nothing in common: these may be two clusters that use VRID ${disagreement.group.vrid} on one segment, and one of them needs another VRID.`,
            };
      }),
      facets,
    ),
});
