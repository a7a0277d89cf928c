// From the nodes' answers to the roster: the cluster model of a check, built without having listened, and what a watch
// needs of it. Pure.
import { buildCluster } from '../cluster/build.ts';
import type { ClusterModel, Instance } from '../cluster/model.ts';
import type { Answer, Bundle } from '../evidence/bundle.ts';
import type { Roster, RosterGroup, RosterMember } from './state/roster.ts';
import { mostNames, withoutPrefix } from './state/roster.ts';

export interface AnsweredNode {
  readonly name: string;
  readonly address: string;
  /** Undefined: it has not answered yet. */
  readonly answers: readonly Answer[] | undefined;
}

const notListening = { kind: 'deaf', reason: 'not listened for this' } as const;

const bundleOf = (nodes: readonly AnsweredNode[], tool: Bundle['tool']): Bundle => ({
  schemaVersion: 1,
  kind: 'check',
  tool,
  startedAt: new Date(0).toISOString(),
  durationMs: 0,
  window: { listenedMs: 0, limitMs: 0, endedBecause: 'nothing-to-hear', detail: '' },
  nodes: nodes.map(({ name, address, answers }) => ({
    node: name,
    address,
    contact:
      answers === undefined
        ? { kind: 'unreachable', stage: 'connect', message: 'it has not answered yet', nextStep: '' }
        : { kind: 'reached', rights: 'root', connectedAfterMs: 0 },
    problems: [],
    answers: answers ?? [],
    ear: notListening,
    witness: { kind: 'absent', reason: 'not listened for this' },
  })),
  observer: { kind: 'none', reason: 'not listened for this' },
});

const memberOf = (instance: Instance): RosterMember => ({
  node: instance.node,
  instance: instance.name,
  interface: instance.interface,
  vrid: instance.vrid,
  priority: instance.configured.kind === 'known' ? instance.configured.value.priority : null,
  source: instance.sourceAddress.kind === 'known' ? instance.sourceAddress.value : undefined,
});

const groupsOf = (model: ClusterModel): readonly RosterGroup[] =>
  model.groups.map((group) => ({
    id: group.id,
    vrid: group.vrid,
    family: group.family,
    version: group.version,
    mode: group.mode,
    vips: group.vips,
    advertIntervalMs: group.advertIntervalMs,
    members: group.members.flatMap((id) => {
      const instance = model.instances.find((one) => one.id === id);
      return instance === undefined ? [] : [memberOf(instance)];
    }),
  }));

const namesOf = (model: ClusterModel): Pick<Roster, 'addresses' | 'macs'> => {
  const vips = new Set(
    model.instances.flatMap((instance) =>
      instance.configured.kind === 'known'
        ? [...instance.configured.value.vips, ...instance.configured.value.excludedVips].map(withoutPrefix)
        : [],
    ),
  );
  const addresses = new Map<string, string>();
  const macs = new Map<string, string>();
  for (const host of model.hosts) {
    for (const held of host.heldAddresses.kind === 'known' ? host.heldAddresses.value : [])
      if (!vips.has(held.address) && !/^(?:127\.|::1$)/.test(held.address) && addresses.size < mostNames)
        addresses.set(held.address, host.node);
    for (const link of host.links.kind === 'known' ? host.links.value : [])
      if (link.mac !== '' && !/^(00:){5}00$/.test(link.mac) && macs.size < mostNames)
        macs.set(link.mac, host.node);
  }
  for (const instance of model.instances)
    if (instance.sourceAddress.kind === 'known' && !addresses.has(instance.sourceAddress.value))
      addresses.set(instance.sourceAddress.value, instance.node);
  return { addresses, macs };
};

/** A node whose addresses or configuration could not be read could be the one any advert belongs to. */
const unreadOf = (model: ClusterModel, nodes: readonly AnsweredNode[]): readonly string[] =>
  nodes
    .filter(({ name, answers }) => {
      if (answers === undefined) return true;
      const host = model.hosts.find((one) => one.node === name);
      if (host === undefined || host.heldAddresses.kind === 'unknown') return true;
      const configurations = model.configurations.filter((one) => one.node === name);
      return configurations.length === 0 || configurations.some((one) => one.config.kind === 'unknown');
    })
    .map(({ name }) => name);

export interface BuiltRoster {
  readonly roster: Roster;
  /** Of each node, to tell what it hears from what it sends. */
  readonly links: ReadonlyMap<
    string,
    { readonly macs: ReadonlySet<string>; readonly interfaces: ReadonlyMap<number, string> }
  >;
}

export const buildRoster = (nodes: readonly AnsweredNode[], tool: Bundle['tool']): BuiltRoster => {
  const model = buildCluster(bundleOf(nodes, tool));
  return {
    roster: { groups: groupsOf(model), ...namesOf(model), unread: unreadOf(model, nodes) },
    links: new Map(
      model.hosts.map((host) => {
        const links = host.links.kind === 'known' ? host.links.value : [];
        return [
          host.node,
          {
            macs: new Set(links.map((link) => link.mac)),
            interfaces: new Map(links.map((link) => [link.index, link.name])),
          },
        ] as const;
      }),
    ),
  };
};
