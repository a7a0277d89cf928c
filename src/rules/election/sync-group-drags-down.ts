// Root cause: one member of a sync group has a fault of its own, and takes healthy instances into FAULT with it. Also
// a sync group that can never be master together.
import type { ClusterModel, Instance, SyncGroupConfig } from '../../cluster/model.ts';
import { configuredMembers, configuredNeeds, draftFor, judgeConfigured, quoteAt } from '../configured.ts';
import { hostOf, listing, stateOf } from '../members.ts';
import { quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

type Needs = Pick<ClusterModel, 'groups' | 'instances' | 'configurations' | 'hosts'>;

interface SyncedNode {
  readonly node: string;
  readonly sync: SyncGroupConfig;
  readonly instances: readonly Instance[];
}

const syncedNodes = (facets: Needs): readonly SyncedNode[] =>
  facets.configurations.flatMap(({ node, config }) =>
    config.kind === 'unknown'
      ? []
      : config.value.syncGroups.map((sync) => ({
          node,
          sync,
          instances: facets.instances.filter(
            (instance) => instance.node === node && sync.members.includes(instance.name),
          ),
        })),
  );

/** A fault that is its own: its interface is down, has no carrier, or is not there. */
const ownFault = (instance: Instance, facets: Needs): string | undefined => {
  const links = hostOf(facets.hosts, instance.node)?.links;
  if (links?.kind !== 'known') return undefined;
  const link = links.value.find((one) => one.name === instance.interface);
  if (link === undefined) return `${instance.interface} does not exist`;
  if (link.up === 'no') return `${instance.interface} is down`;
  return link.carrier === 'no' ? `${instance.interface} has no carrier` : undefined;
};

const dragged = ({ node, sync, instances }: SyncedNode, facets: Needs): readonly FindingDraft[] => {
  const inFault = instances.filter((instance) => stateOf(instance) === 'FAULT');
  const faulty = inFault.flatMap((instance) => {
    const why = ownFault(instance, facets);
    return why === undefined ? [] : [{ instance, why }];
  });
  const [cause] = faulty;
  const victims = inFault.filter((instance) => !faulty.some((one) => one.instance === instance));
  const [victim] = victims;
  const group = facets.groups.find(({ id }) => id === victim?.group);
  if (cause === undefined || victim === undefined || group === undefined) return [];
  const member = configuredMembers(group, facets).find((one) => one.node === node);
  if (member === undefined) return [];
  return [
    draftFor(group, [member], {
      title: `${cause.instance.name} on ${node} takes ${listing(victims.map(({ name }) => name))} into FAULT with it (sync group ${sync.name})`,
      summary: `${cause.why}, so ${cause.instance.name} is in FAULT; the sync group keeps ${listing(victims.map(({ name }) => name))} in FAULT too, although nothing is wrong there.`,
      evidence: [
        quoteState(cause.instance),
        ...victims.map(quoteState),
        { node, source: 'ip link', quote: cause.why },
        quoteAt(member, sync.source, `vrrp_sync_group ${sync.name} { ${sync.members.join(' ')} }`),
      ],
      fix: `Mend ${cause.instance.interface} of ${cause.instance.name}. If the instances need not move together, take them out of the sync group.`,
      keyword: 'vrrp_sync_group',
    }),
  ];
};

/** An address owner wants to be master at once, its mates wait for the others: keepalived says this cannot work. */
const mixedOwners = ({ node, sync, instances }: SyncedNode, facets: Needs): readonly FindingDraft[] => {
  const members = facets.groups.flatMap((group) =>
    configuredMembers(group, facets)
      .filter((member) => member.node === node && instances.includes(member.instance))
      .map((member) => ({ group, member })),
  );
  const owner = members.find(({ member }) => member.settings.priority.value === 255);
  const mate = members.find(({ member }) => member.settings.priority.value !== 255);
  if (owner === undefined || mate === undefined) return [];
  return [
    draftFor(owner.group, [owner.member], {
      title: `Sync group ${sync.name} on ${node} mixes an address owner with others`,
      summary: `${owner.member.settings.name} has priority 255 and ${mate.member.settings.name} has ${mate.member.settings.priority.value}: the group cannot be master together from the start, and what weights do to one they do not do to the other.`,
      evidence: [
        quoteAt(
          owner.member,
          owner.member.settings.priority.source,
          `${owner.member.settings.name}: priority 255`,
        ),
        quoteAt(
          mate.member,
          mate.member.settings.priority.source,
          `${mate.member.settings.name}: priority ${mate.member.settings.priority.value}`,
        ),
        quoteAt(owner.member, sync.source, `vrrp_sync_group ${sync.name}`),
      ],
      fix: 'Give every member of the sync group a priority of 254 or less.',
      keyword: 'priority',
    }),
  ];
};

export const syncGroupDragsDown = defineRule({
  id: 'sync-group-drags-down',
  severity: 'high',
  needs: [...configuredNeeds, 'hosts'],
  title: 'A sync group takes healthy instances down with a faulty one',
  why: 'Members of a sync group are master together or not at all. A fault of one of them puts all of them into FAULT on that node, and one that sits on every node leaves healthy VIPs without a master.',
  proof:
    'Two instances of one sync group in FAULT, one with its interface down or gone, the other with a link that is well. Or an address owner beside others in one sync group.',
  remedy: 'Mend the member with the fault of its own; keep in one sync group only what must move together.',
  sources: ['keepalived vrrp_sync.c vrrp_sync_fault', 'keepalived.conf(5) vrrp_sync_group'],
  explains: [],
  check: (facets) =>
    judgeConfigured(
      syncedNodes(facets).flatMap((synced) => [...dragged(synced, facets), ...mixedOwners(synced, facets)]),
      facets,
    ),
});
