// Root cause: something else than keepalived took the VIP off its interface, most often a network manager.
import type { HostFacet, Instance, NodeFacet } from '../../cluster/model.ts';
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { bareAddress, hostOf, listing } from '../members.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

/** keepalived says so only with -D; what it removes itself it does not report (keepalived_netlink.c). */
const removed = /Netlink reflector reports IP (\S+) removed from (\S+)/;

const managersOf = (host: HostFacet | undefined): readonly string[] =>
  host?.networkConfig.kind === 'known' ? host.networkConfig.value.managers : [];

const own = (node: NodeFacet, instances: readonly Instance[]): readonly Instance[] =>
  instances.filter((instance) => instance.node === node.name);

const vipsOf = (instances: readonly Instance[]): ReadonlySet<string> =>
  new Set(
    instances.flatMap(({ configured }) =>
      configured.kind === 'known'
        ? [...configured.value.vips, ...configured.value.excludedVips].map(bareAddress)
        : [],
    ),
  );

/** systemd-networkd takes away what it did not set whenever it configures an interface again. */
const strippedBy = (
  node: NodeFacet,
  host: HostFacet | undefined,
  instances: readonly Instance[],
): readonly FindingDraft[] => {
  if (host?.networkConfig.kind !== 'known' || host.links.kind !== 'known') return [];
  const { networkd, keeping, managers } = host.networkConfig.value;
  if (!managers.includes('systemd-networkd')) return [];
  const { value: links } = host.links;
  const names = [...new Set(own(node, instances).map((one) => one.interface))];
  return names.flatMap((name): readonly FindingDraft[] => {
    const link = links.find((one) => one.name === name);
    const managed = networkd.find(({ index }) => index === link?.index);
    if (managed === undefined || keeping.includes(managed.file)) return [];
    return [
      {
        subject: { nodes: [node.name] },
        about: `networkd ${name}`,
        title: `a restart of systemd-networkd on ${node.name} takes the VIP off ${name}`,
        summary: `It manages ${name} by ${managed.file}, which does not tell it to keep addresses of others.`,
        evidence: [
          {
            node: node.name,
            source: `/run/systemd/netif/links/${managed.index}`,
            quote: `NETWORK_FILE=${managed.file}, without KeepConfiguration`,
          },
        ],
        remedy: {
          text: 'Set KeepConfiguration=static in the [Network] section of that file (or of a drop-in for it).',
          commands: [{ node: node.name, command: `networkctl cat ${name}` }],
        },
        severity: 'low',
      },
    ];
  });
};

export const vipRemovedByNetworkManager = defineRule({
  id: 'vip-removed-by-network-manager',
  severity: 'high',
  needs: [...logNeeds, 'instances'],
  title: 'Something else than keepalived took the VIP away',
  why: 'Network managers remove addresses they did not set: on a package upgrade, `netplan apply`, a restart of systemd-networkd or `nmcli connection up`. keepalived gives the VIP up and takes it again an election later, and clients lose it meanwhile.',
  proof:
    'keepalived’s own line that a VIP was removed (with -D only); what is over is a remark, unless it keeps coming back or the VIP is still missing. An interface that systemd-networkd manages without KeepConfiguration is a remark as well.',
  remedy:
    '`KeepConfiguration=static` (and `ManageForeignRoutes=no`) for systemd-networkd; let NetworkManager leave the interface or the VMAC alone.',
  sources: [
    'keepalived issues 1385, 836, 2479',
    'systemd.network(5) KeepConfiguration',
    'systemd/systemd issue 19287',
  ],
  explains: ['vip-on-no-node', 'virtual-routes-or-rules-removed'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const { node } = log;
      const host = hostOf(facets.hosts, node.name);
      const vips = vipsOf(own(node, facets.instances));
      const hits = log.entries.filter(({ text }) => vips.has(bareAddress(removed.exec(text)?.[1] ?? '')));
      const managers = managersOf(host);
      const found = draftFromLog(log, hits, {
        title: `Something took the VIP off ${removed.exec(hits.at(-1)?.text ?? '')?.[2] ?? 'its interface'} of ${node.name} (${whenOf(hits.at(-1))})`,
        summary: `It was not keepalived.${managers.length === 0 ? '' : ` ${listing(managers)} ${managers.length === 1 ? 'runs' : 'run'} on ${node.name}.`}`,
        fix: 'See what was restarted or applied at that time, and let it keep addresses it did not set.',
        commands: ['journalctl --since -1h -u systemd-networkd -u NetworkManager --no-pager'],
        ...weightOfHistory(hits, 'high'),
      });
      return found.length > 0 ? found : strippedBy(node, host, facets.instances);
    }),
});
