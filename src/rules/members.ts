// Who stands in a group and what each member was heard saying. It knows how adverts belong to a member and how
// addresses are compared; it does not judge anything.
import type {
  AdvertStream,
  ClusterModel,
  Group,
  HostFacet,
  Instance,
  LadderCell,
  VrrpState,
} from '../cluster/model.ts';

export type Facets<N extends keyof ClusterModel> = Pick<ClusterModel, N>;

/** Lists of the model never change, so one way into each serves every rule. */
const keyed = <T extends object>(
  keyOf: (one: T) => string,
): ((list: readonly T[], key: string) => readonly T[]) => {
  const known = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  const indexOf = (list: readonly T[]): ReadonlyMap<string, readonly T[]> => {
    const index = new Map<string, T[]>();
    for (const one of list) {
      const key = keyOf(one);
      const before = index.get(key);
      if (before === undefined) index.set(key, [one]);
      else before.push(one);
    }
    return index;
  };
  return (list, key) => {
    const before = known.get(list);
    if (before !== undefined) return before.get(key) ?? [];
    const index = indexOf(list);
    known.set(list, index);
    return index.get(key) ?? [];
  };
};

const instancesById = keyed<Instance>(({ id }) => id);

export const membersOf = (group: Group, instances: readonly Instance[]): readonly Instance[] =>
  group.members.flatMap((id) => instancesById(instances, id));

export const nodesOf = (members: readonly Instance[]): readonly string[] => [
  ...new Set(members.map((member) => member.node)),
];

export const stateOf = (instance: Instance): VrrpState | 'unknown' =>
  instance.running.kind === 'known' ? instance.running.value.state : 'unknown';

export const hostOf = (hosts: readonly HostFacet[], node: string): HostFacet | undefined =>
  hosts.find((host) => host.node === node);

export const unreachedNodes = (nodes: ClusterModel['nodes']): readonly string[] =>
  nodes.filter((node) => node.contact.kind !== 'reached').map((node) => node.name);

/** VRIDs in use by the members; more than one when they disagree. */
export const vridsOf = (group: Group, instances: readonly Instance[]): readonly number[] => [
  ...new Set([group.vrid, ...membersOf(group, instances).map((member) => member.vrid)]),
];

/** One spelling for each address: no prefix, lower case, IPv6 without its shorthand. */
export const bareAddress = (address: string): string => {
  const bare = (address.split('/')[0] ?? address).split('%')[0]?.toLowerCase() ?? address;
  if (!bare.includes(':') || bare.includes('.')) return bare;
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].map((part) => part.replace(/^0+(?=.)/, '')).join(':');
};

export const addressSet = (addresses: readonly string[]): ReadonlySet<string> =>
  new Set(addresses.map(bareAddress));

export const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((item) => b.has(item));

export const isMulticast = (address: string): boolean =>
  address.includes(':') ? address.toLowerCase().startsWith('ff') : /^2(2[4-9]|3\d)\./.test(address);

/** The same VRID may live on two interfaces of one node; its own tap names the interface, where it can tell. */
const belongs = (stream: AdvertStream, instance: Instance): boolean =>
  stream.sender === instance.node &&
  stream.vrid === instance.vrid &&
  stream.family === instance.family &&
  (stream.instance === undefined || stream.instance === instance.id) &&
  (stream.heardAt !== instance.node ||
    stream.direction === 'in' ||
    stream.interface === '?' ||
    stream.interface === instance.interface);

const streamsBySender = keyed<AdvertStream>(({ sender, vrid }) => `${sender} ${vrid}`);

/** Everything heard from a member, its own egress tap first, then newest first. */
export const streamsOf = (instance: Instance, streams: readonly AdvertStream[]): readonly AdvertStream[] =>
  streamsBySender(streams, `${instance.node} ${instance.vrid}`)
    .filter((stream) => belongs(stream, instance))
    .toSorted((a, b) =>
      a.direction === b.direction ? Number(b.lastAtNs - a.lastAtNs) : a.direction === 'out' ? -1 : 1,
    );

/** What the member says on the wire now: priority 0 is a farewell and says nothing about its settings. */
export const wireOf = (instance: Instance, streams: readonly AdvertStream[]): AdvertStream | undefined =>
  streamsOf(instance, streams).find((stream) => stream.priority > 0);

export const cellBetween = (
  ladder: readonly LadderCell[],
  group: string,
  from: string,
  to: string,
): LadderCell | undefined =>
  ladder.find((cell) => cell.group === group && cell.from === from && cell.to === to);

/** `n1`, `n1 and n2`, `n1, n2 and n3`. */
export const listing = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
