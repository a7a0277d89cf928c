// Configuration fault: nodes of a cluster do not keep their IPVS connections in step.

import type { Group, KeepalivedConfig, Quote, SyncDaemonConfig } from '../../cluster/model.ts';
import { judgeConfigured } from '../configured.ts';
import type { Facets } from '../members.ts';
import { listing, membersOf, nodesOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

interface Synced {
  readonly node: string;
  readonly config: KeepalivedConfig;
  readonly daemon: SyncDaemonConfig | undefined;
}

const syncedOf = (group: Group, facets: Facets<'instances' | 'configurations'>): readonly Synced[] =>
  nodesOf(membersOf(group, facets.instances)).flatMap((node) =>
    facets.configurations.flatMap(({ node: owner, config }) =>
      owner === node && config.kind === 'known'
        ? [{ node, config: config.value, daemon: config.value.syncDaemon }]
        : [],
    ),
  );

/** Without an id keepalived uses the VRID of the instance (check_daemon.c, vrrp.c). */
const idOf = ({ config, daemon }: Synced): number | undefined =>
  daemon?.syncId ?? config.instances.find(({ name }) => name === daemon?.instance)?.vrid?.value;

const quoteOf = ({ node, config, daemon }: Synced): Quote =>
  daemon === undefined
    ? { node, source: config.path, quote: `${config.path}: no lvs_sync_daemon` }
    : {
        node,
        source: daemon.source.file,
        quote: `${daemon.source.file}:${daemon.source.line}: lvs_sync_daemon ${daemon.interface}${daemon.instance === undefined ? '' : ` inst ${daemon.instance}`}${daemon.syncId === undefined ? '' : ` id ${daemon.syncId}`}${daemon.port === undefined ? '' : ` port ${daemon.port}`}${daemon.group === undefined ? '' : ` group ${daemon.group}`}`,
      };

const whatDiffers = (members: readonly Synced[]): string | undefined => {
  const missing = members.filter(({ daemon }) => daemon === undefined).map(({ node }) => node);
  if (missing.length > 0)
    return `${listing(missing)} ${missing.length === 1 ? 'has' : 'have'} no lvs_sync_daemon while the others do`;
  const differ = (what: string, read: (member: Synced) => string): string | undefined =>
    new Set(members.map(read)).size > 1
      ? `${what} differs: ${members.map((member) => `${member.node} ${read(member)}`).join(', ')}`
      : undefined;
  return (
    differ('the sync id', (member) => String(idOf(member) ?? 'not set')) ??
    differ('the group', ({ daemon }) => daemon?.group ?? '224.0.0.81') ??
    differ('the port', ({ daemon }) => String(daemon?.port ?? 8848))
  );
};

export const ipvsSyncDaemonMismatch = defineRule({
  id: 'ipvs-sync-daemon-mismatch',
  severity: 'low',
  needs: ['groups', 'instances', 'configurations'],
  title: 'Nodes do not keep their IPVS connections in step',
  why: 'The sync daemon tells the other load balancers which connection goes to which real server. With another id, group or port on one node, or none at all, nothing is taken over there, and every connection breaks with a failover.',
  proof: '`lvs_sync_daemon` of the members side by side: id, multicast group and port, and who has none.',
  remedy:
    'Give every node the same `lvs_sync_daemon` id, group and port; the interface may be named differently.',
  sources: [
    'keepalived.conf(5) lvs_sync_daemon',
    'Linux net/netfilter/ipvs/ip_vs_sync.c (group 224.0.0.81, port 8848)',
  ],
  explains: [],
  check: (facets) =>
    judgeConfigured(
      facets.groups.flatMap((group): readonly FindingDraft[] => {
        const members = syncedOf(group, facets);
        if (members.length < 2 || members.every(({ daemon }) => daemon === undefined)) return [];
        const what = whatDiffers(members);
        const [first, ...others] = members;
        if (what === undefined || first === undefined) return [];
        return [
          {
            subject: { nodes: members.map(({ node }) => node), vrid: group.vrid },
            group: group.id,
            about: 'ipvs sync',
            title: `lvs_sync_daemon does not fit together: ${what}`,
            summary:
              'Connections through IPVS are not taken over between these nodes and break with a failover.',
            evidence: asEvidence(quoteOf(first), others.map(quoteOf)),
            remedy: {
              text: 'Write the same id, group and port on every node, then restart keepalived.',
              commands: members.map(({ node, config }) => ({
                node,
                command: `grep -n lvs_sync_daemon ${config.path}`,
              })),
            },
          },
        ];
      }),
      facets,
    ),
});
