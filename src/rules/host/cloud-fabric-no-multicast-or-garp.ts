// Root cause to be: in this cloud an address moves by API only, and nothing calls it.
import { judgeHosts } from '../host-judging.ts';
import { defineRule } from '../rule.ts';

/** Vendors whose networks ignore gratuitous ARP; OpenStack moves addresses with allowed address pairs, so it is not among them. */
const clouds = /Amazon EC2|^Google\b|Google Compute Engine/;

export const cloudFabricNoMulticastOrGarp = defineRule({
  id: 'cloud-fabric-no-multicast-or-garp',
  severity: 'high',
  needs: ['hosts', 'groups', 'configurations'],
  title: 'In this cloud a VIP does not move by itself',
  why: 'The network of AWS, Google Cloud and Azure forwards to addresses it assigned, whatever gratuitous ARP says. A failover moves the VIP between nodes and not the traffic, unless a script tells the cloud.',
  proof:
    'DMI names one of these clouds, and no instance on the node has a notify script that could call its API.',
  remedy: 'Put a load balancer in front, or move the address in `notify_master` by the cloud’s API.',
  sources: ['keepalived issues 2145, 25, 1367'],
  explains: ['multicast-blocked-by-fabric'],
  check: ({ hosts, groups, configurations }) =>
    judgeHosts(
      hosts,
      (host) => host.machine,
      ({ node }, { hardware }) => {
        if (groups.length === 0 || hardware === undefined || !clouds.test(hardware)) return [];
        const own = configurations.flatMap(({ node: owner, config }) =>
          owner === node && config.kind === 'known' ? [config.value] : [],
        );
        const silent =
          own.length > 0 &&
          own.every(
            ({ instances, syncGroups }) =>
              instances.every(({ notify }) => notify.length === 0) &&
              syncGroups.every(({ notify }) => notify.length === 0),
          );
        return silent
          ? [
              {
                subject: { nodes: [node] },
                title: `Nothing on ${node} tells the cloud (${hardware}) where the VIP is`,
                summary:
                  'Its network ignores gratuitous ARP: after a failover traffic still goes to the old node.',
                evidence: [
                  { node, source: '/sys/class/dmi/id', quote: hardware },
                  {
                    node,
                    source: own[0]?.path ?? 'keepalived.conf',
                    quote: 'no notify script in any instance or sync group',
                  },
                ],
                remedy: {
                  text: 'Use the load balancer of the cloud, or reassign the address in a notify_master script.',
                  commands: [{ node, command: 'grep -rn notify /etc/keepalived/' }],
                },
              },
            ]
          : [];
      },
    ),
});
