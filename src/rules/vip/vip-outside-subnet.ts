// Root cause to be: the VIP lies in no network the nodes stand in.
import { hostOf, listing, membersOf, nodesOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';
import { liesIn, networksOf, routedNetworks } from '../subnets.ts';

export const vipOutsideSubnet = defineRule({
  id: 'vip-outside-subnet',
  severity: 'medium',
  needs: ['groups', 'instances', 'hosts', 'configurations'],
  title: 'The VIP is in no subnet of its nodes',
  why: 'A VIP without a prefix is a single address. When it lies outside the subnet of its interface, neighbours do not look for it there: they send to their router, and get “no route to host” unless somebody routes the address to this segment.',
  proof:
    'A /32 VIP that lies in no network of any member, by their own addresses and routes, and no notify script that could announce it. A VIP with a prefix of its own brings its network along and is left out.',
  remedy:
    'Take an address of the segment, write the prefix of its subnet, or route the address to the segment.',
  sources: ['keepalived.conf(5) virtual_ipaddress', 'RFC 1122 §3.3.1.1'],
  explains: [],
  check: ({ groups, instances, hosts, configurations }) => {
    const unread: string[] = [];
    const drafts = groups
      .filter(({ family }) => family === 'ipv4')
      .flatMap((group): readonly FindingDraft[] => {
        const nodes = nodesOf(membersOf(group, instances));
        const settings = configurations.flatMap(({ node, config }) =>
          nodes.includes(node) && config.kind === 'known' ? [config.value] : [],
        );
        if (
          settings.some((config) =>
            [...config.instances, ...config.syncGroups].some(({ notify }) => notify.length > 0),
          )
        )
          return [];
        const read = nodes.flatMap((node) => {
          const host = hostOf(hosts, node);
          return host?.heldAddresses.kind === 'known' && host.routes.kind === 'known' ? [host] : [];
        });
        if (read.length < nodes.length || nodes.length === 0) {
          unread.push(
            ...nodes
              .filter((node) => !read.some((host) => host.node === node))
              .map((node) => `${node}: its addresses or routes are not known`),
          );
          return [];
        }
        const everyVip = new Set(
          settings.flatMap((config) =>
            config.instances.flatMap(({ vips, excludedVips }) =>
              [...vips, ...excludedVips].map(({ address }) => address),
            ),
          ),
        );
        const networks = read.flatMap((host) => networksOf(host, everyVip));
        const routed = read.flatMap(routedNetworks);
        // A network that no VIP brought: where no node has one, too little is known of the segment.
        if (networks.length === 0) return [];
        return group.vips
          .filter((vip) => vip.endsWith('/32'))
          .map((vip) => vip.replace(/\/32$/, ''))
          .filter((vip) => ![...networks, ...routed].some((network) => liesIn(vip, network)))
          .map((vip) => ({
            subject: { nodes, vrid: group.vrid, vip },
            group: group.id,
            title: `VIP ${vip} is in none of the subnets of ${listing(nodes)}`,
            summary: `${listing([...new Set(networks.map(({ text }) => text))])} ${networks.length === 1 ? 'is' : 'are'} what the nodes stand in. Whoever wants to reach ${vip} needs a route to this segment.`,
            evidence: asEvidence(
              {
                node: nodes[0] ?? '?',
                source: 'keepalived.conf',
                quote: `VRID ${group.vrid}: virtual_ipaddress ${vip}, without a prefix`,
              },
              read.map((host) => ({
                node: host.node,
                source: 'ip addr',
                quote: networksOf(host, everyVip)
                  .map(({ text, interface: name }) => `${text} on ${name}`)
                  .join(', '),
              })),
            ),
            remedy: {
              text: 'Use an address of the segment, or write the VIP with the prefix of its own subnet, or add the route on the gateway.',
              commands: nodes.slice(0, 1).map((node) => ({ node, command: `ip route get ${vip}` })),
            },
          }));
      });
    return drafts.length === 0 && unread.length > 0
      ? notEvaluated([...new Set(unread)].join('; '))
      : foundOrClear(drafts);
  },
});
