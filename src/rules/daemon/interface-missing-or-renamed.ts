// Root cause: the configuration names an interface the host does not have.
import { bareAddress, hostOf, stateOf } from '../members.ts';
import { asEvidence, quoteConfig, quoteLog } from '../quoting.ts';
import { severityOfAbsence } from '../redundancy.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const sharesPrefix = (address: string, other: string): boolean =>
  !address.includes(':') &&
  bareAddress(address).split('.').slice(0, 3).join('.') ===
    bareAddress(other).split('.').slice(0, 3).join('.');

export const interfaceMissingOrRenamed = defineRule({
  id: 'interface-missing-or-renamed',
  severity: 'critical',
  needs: ['groups', 'hosts', 'instances', 'adverts', 'nodes'],
  title: 'The configuration names an interface that does not exist',
  why: 'keepalived ends with a permanent error and is not restarted, or (with dynamic_interfaces) waits in FAULT. Typical after cloning a host, a kernel change, or moving to a bond.',
  proof:
    '`interface` of the instance is none of the links of the host, and keepalived is not in a network namespace of its own.',
  remedy: 'Correct the name, or fix it with a .link file or udev rule.',
  sources: ['keepalived vrrp_parser.c', 'systemd.link(5)', 'keepalived issue 972'],
  explains: [
    'keepalived-disabled-or-stopped',
    'permanent-config-exit',
    'no-master',
    'vip-on-no-node',
    'adverts-lost-unexplained',
  ],
  check: (facets) => {
    const { hosts, instances, nodes } = facets;
    const unread: string[] = [];
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const host = hostOf(hosts, instance.node);
      const node = nodes.find((candidate) => candidate.name === instance.node);
      if (host === undefined || host.links.kind === 'unknown') {
        unread.push(
          `${instance.node}: ${host?.links.kind === 'unknown' ? host.links.reason : 'links could not be read'}`,
        );
        return [];
      }
      const links = host.links.value;
      // Unicast instances may have no interface at all.
      if (instance.interface === '' || links.some((link) => link.name === instance.interface)) return [];
      const elsewhere =
        node?.processes.kind === 'known' &&
        node.processes.value.some((process) => process.networkNamespace === 'own');
      if (elsewhere) {
        unread.push(`${instance.node}: keepalived runs in a network namespace of its own`);
        return [];
      }
      if (instance.process === 'running' && ['MASTER', 'BACKUP'].includes(stateOf(instance))) return [];
      const vips = instance.configured.kind === 'known' ? instance.configured.value.vips : [];
      const others = links.filter((link) => link.name !== 'lo');
      const likely = others.find((link) =>
        link.addresses.some((address) => vips.some((vip) => sharesPrefix(vip, address))),
      );
      return [
        {
          subject: { nodes: [instance.node], vrid: instance.vrid },
          title: `${instance.node} has no interface ${instance.interface}, which ${instance.name} runs on`,
          summary: `The host has ${others.map((link) => link.name).join(', ') || 'no other interface'}${likely === undefined ? '' : `; ${likely.name} is in the network of the VIP`}. keepalived cannot run ${instance.name} without ${instance.interface}.`,
          evidence: asEvidence(
            quoteConfig(
              instance,
              undefined,
              `vrrp_instance ${instance.name} { interface ${instance.interface} }`,
            ),
            [
              {
                node: instance.node,
                source: 'ip link',
                quote: `links: ${links.map((link) => link.name).join(', ')}`,
              },
              ...quoteLog(node, /doesn.t exist|Unknown interface|find interface|permanent error CONFIG/i),
            ],
          ),
          severity: severityOfAbsence(instance.node, facets),
          remedy: {
            text: `Set interface ${likely?.name ?? '(the right name)'} for ${instance.name} on ${instance.node}, then start keepalived.`,
            commands: [
              {
                node: instance.node,
                command: `grep -n interface /etc/keepalived/keepalived.conf; ip -br link`,
              },
            ],
          },
        },
      ];
    });
    return drafts.length === 0 && unread.length > 0
      ? notEvaluated([...new Set(unread)].join('; '))
      : foundOrClear(drafts);
  },
});
