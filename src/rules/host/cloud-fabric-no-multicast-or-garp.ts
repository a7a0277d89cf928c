// Root cause to be: in this cloud an address moves by API, or has to be allowed first, and nothing sees to it.
import type { Cloud } from '../../cluster/model.ts';
import { judgeHosts } from '../host-judging.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';

interface Advice {
  readonly does: string;
  readonly fix: string;
}

/** What moves an address where gratuitous ARP does not. */
const advice: Readonly<Record<Cloud, Advice>> = {
  AWS: {
    does: 'A VPC forwards to the addresses it assigned',
    fix: 'Use a network load balancer, or reassign a secondary private or elastic IP in notify_master (and unicast_peer: a VPC carries no VRRP multicast).',
  },
  Azure: {
    does: 'A virtual network forwards to the addresses it assigned',
    fix: 'Use an Azure load balancer with a floating IP rule, or move the IP configuration by its API in notify_master (and unicast_peer).',
  },
  'Google Cloud': {
    does: 'A VPC forwards to the addresses and alias ranges it assigned',
    fix: 'Use an internal load balancer, or move the alias IP or a route by its API in notify_master (and unicast_peer).',
  },
  'Oracle Cloud': {
    does: 'A VCN forwards to the addresses it assigned',
    fix: 'Move the secondary private IP to the other VNIC by its API in notify_master (and unicast_peer).',
  },
  'Alibaba Cloud': {
    does: 'A VPC forwards to the addresses it assigned',
    fix: 'Use an HAVIP or a server load balancer, or move the address by its API in notify_master (and unicast_peer).',
  },
  DigitalOcean: {
    does: 'Its network forwards to the addresses it assigned',
    fix: 'Use a reserved IP and reassign it by its API in notify_master (and unicast_peer).',
  },
  'Hetzner Cloud': {
    does: 'Its network forwards to the addresses it assigned',
    fix: 'Use a floating IP or an alias IP of the private network, and reassign it by its API in notify_master (and unicast_peer).',
  },
  OpenStack: {
    does: 'A port drops what it sends and receives for addresses it was not given',
    fix: 'Add the VIP to the allowed address pairs of every node’s port (openstack port set --allowed-address ip-address=VIP PORT), and let the security group pass protocol 112.',
  },
};

export const cloudFabricNoMulticastOrGarp = defineRule({
  id: 'cloud-fabric-no-multicast-or-garp',
  severity: 'high',
  needs: ['hosts', 'groups', 'configurations'],
  title: 'In this cloud a VIP does not move by itself',
  why: 'The networks of AWS, Azure, Google Cloud and others forward to addresses they assigned, whatever gratuitous ARP says, and carry no multicast. A failover moves the VIP between nodes and not the traffic, unless a script tells the cloud: keepalived alone is the wrong answer there. OpenStack moves it once the address is allowed on every port.',
  proof:
    'DMI or cloud-init names one of these clouds, and no instance or sync group on the node has a notify script that could call its API. For OpenStack, where the allowed addresses are not visible from a guest, it is a remark until VRRP is seen to be blocked.',
  remedy:
    'Put a load balancer in front, or move the address in `notify_master` by the cloud’s API; on OpenStack, allowed address pairs.',
  sources: ['keepalived issues 2145, 25, 1367', 'Neutron allowed-address-pairs extension'],
  explains: ['multicast-blocked-by-fabric'],
  check: ({ hosts, groups, configurations }) => {
    const clouded = hosts.flatMap(({ node, machine }) =>
      machine.kind === 'known' && machine.value.cloud !== undefined
        ? [{ node, cloud: machine.value.cloud.name, quote: machine.value.cloud.quote }]
        : [],
    );
    const scripted = (node: string): boolean => {
      const own = configurations.flatMap(({ node: owner, config }) =>
        owner === node && config.kind === 'known' ? [config.value] : [],
      );
      return (
        own.length === 0 ||
        own.some(({ instances, syncGroups }) =>
          [...instances, ...syncGroups].some(({ notify }) => notify.length > 0),
        )
      );
    };
    const drafts =
      groups.length === 0
        ? []
        : [...new Set(clouded.map(({ cloud }) => cloud))].flatMap((cloud): readonly FindingDraft[] => {
            const allowed = cloud === 'OpenStack';
            const there = clouded.filter((one) => one.cloud === cloud && (allowed || !scripted(one.node)));
            const [first, ...others] = there;
            if (first === undefined) return [];
            const nodes = there.map(({ node }) => node);
            const { does, fix } = advice[cloud];
            const unscripted = {
              node: first.node,
              source: 'keepalived.conf',
              quote: 'no notify script in any instance or sync group',
            };
            return [
              {
                subject: { nodes },
                title: allowed
                  ? `${listing(nodes)} ${nodes.length === 1 ? 'runs' : 'run'} on OpenStack, which lets the VIP through only where its ports allow it`
                  : `Nothing on ${listing(nodes)} tells the cloud (${cloud}) where the VIP is`,
                summary: allowed
                  ? `${does}. Whether the VIP is allowed is not visible from the nodes.`
                  : `${does}, and ignores gratuitous ARP: after a failover traffic still goes to the old node.`,
                evidence: asEvidence(first.quote, [
                  ...others.map(({ quote }) => quote),
                  ...(allowed ? [] : [unscripted]),
                ]),
                remedy: {
                  text: fix,
                  commands: allowed
                    ? []
                    : nodes.map((node) => ({ node, command: 'grep -rn notify /etc/keepalived/' })),
                },
                ...(allowed ? { severity: 'low', whenItExplains: 'critical' } : {}),
              },
            ];
          });
    return drafts.length > 0
      ? foundOrClear(drafts)
      : judgeHosts(
          hosts,
          (host) => host.machine,
          () => [],
        );
  },
});
