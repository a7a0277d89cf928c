// Root cause to be: unicast lets VRRP work across routers, and the VIP belongs to the subnet of one side only.
import type { ClusterModel, Group, Instance } from '../../cluster/model.ts';
import { type Facets, hostOf, listing, membersOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';
import { liesIn, type Network, networksOf } from '../subnets.ts';

type Needs = 'groups' | 'instances' | 'hosts' | 'configurations';

const bare = (vip: string): string => vip.replace(/\/\d+$/, '');

const vipsOf = (members: readonly Instance[]): ReadonlySet<string> =>
  new Set(
    members.flatMap(({ configured }) =>
      configured.kind === 'known'
        ? [...configured.value.vips, ...configured.value.excludedVips].map(bare)
        : [],
    ),
  );

interface Place {
  readonly member: Instance;
  readonly networks: readonly Network[];
}

/** Whoever has the address moved by a script is not bound to a subnet. */
const announces = (member: Instance, configurations: ClusterModel['configurations']): boolean =>
  configurations.some(
    ({ node, config }) =>
      node === member.node &&
      config.kind === 'known' &&
      (config.value.instances.some(({ name, notify }) => name === member.name && notify.length > 0) ||
        config.value.syncGroups.some(({ notify }) => notify.length > 0)),
  );

const draftFor = (group: Group, facets: Facets<Needs>): readonly FindingDraft[] => {
  const members = membersOf(group, facets.instances);
  const vips = vipsOf(members);
  const places = members.flatMap((member): readonly Place[] => {
    const host = hostOf(facets.hosts, member.node);
    const networks = host === undefined ? [] : networksOf(host, vips);
    return networks.length === 0 ? [] : [{ member, networks }];
  });
  if (places.length < 2 || places.length < members.length) return [];
  if (members.some((member) => announces(member, facets.configurations))) return [];
  return group.vips
    .map(bare)
    .filter((vip) => !vip.includes(':'))
    .flatMap((vip): readonly FindingDraft[] => {
      const at = places.filter(({ networks }) => networks.some((network) => liesIn(vip, network)));
      const away = places.filter((place) => !at.includes(place));
      const [home] = at;
      const [first, ...others] = away;
      if (home === undefined || first === undefined) return [];
      const quote = ({ member, networks }: Place) => ({
        node: member.node,
        source: 'ip addr',
        quote: networks.map((network) => `${network.text} on ${network.interface}`).join(', '),
      });
      const nodes = away.map(({ member }) => member.node);
      return [
        {
          subject: { nodes, vrid: group.vrid, vip },
          group: group.id,
          title: `VIP ${vip} belongs to the subnet of ${listing(at.map(({ member }) => member.node))}, and ${listing(nodes)} ${nodes.length === 1 ? 'does' : 'do'} not stand in it`,
          summary: `Unicast adverts cross the router between them; gratuitous ARP does not. When ${listing(nodes)} ${nodes.length === 1 ? 'takes' : 'take'} over, nobody is routed to the VIP.`,
          evidence: asEvidence(quote(first), [...others.map(quote), ...at.map(quote)]),
          remedy: {
            text: 'Put all members into the subnet of the VIP, or announce the VIP by routing (BGP) or a load balancer instead.',
            commands: nodes.map((node) => ({ node, command: `ip route get ${vip}` })),
          },
        },
      ];
    });
};

export const unicastAcrossSubnetsVipUnroutable = defineRule({
  id: 'unicast-across-subnets-vip-unroutable',
  severity: 'high',
  needs: ['groups', 'instances', 'hosts', 'configurations'],
  title: 'Unicast members stand in other subnets than the VIP',
  why: 'With unicast peers VRRP works between subnets, so failovers look right in every log. The VIP belongs to one subnet: on a node elsewhere nobody is routed to it, and its gratuitous ARP ends at the router.',
  proof:
    'A unicast group whose VIP lies in a connected network of one member and of none on another, by the nodes’ own addresses. Instances with a notify script are left out: it may announce the address.',
  remedy: 'One subnet for all members, or routing that moves the address.',
  sources: ['RFC 9568 §1.2', 'RFC 5227 §3'],
  explains: [],
  check: (facets) => {
    const groups = facets.groups.filter(({ mode, family }) => mode === 'unicast' && family === 'ipv4');
    const drafts = groups.flatMap((group) => draftFor(group, facets));
    const unread = groups
      .flatMap((group) => membersOf(group, facets.instances))
      .flatMap(({ node }) => {
        const held = hostOf(facets.hosts, node)?.heldAddresses;
        return held?.kind === 'known' ? [] : [`${node}: ${held?.reason ?? 'its addresses are not known'}`];
      });
    return drafts.length === 0 && unread.length > 0
      ? notEvaluated([...new Set(unread)].join('; '))
      : foundOrClear(drafts);
  },
});
