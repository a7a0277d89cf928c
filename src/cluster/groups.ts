// Which instances stand in for each other: those that share a VIP, or a VRID on one segment, or name each other
// as unicast peers. Instances with a wrong VRID still belong to the group whose VIPs they carry; that is what
// makes the mismatch visible.
import type { Group, Instance } from './model.ts';

/** An instance before it is known to which group it belongs. */
export type UngroupedInstance = Omit<Instance, 'group'> & {
  /** Connected prefixes of its interface, without link-local ones, e.g. `10.77.0.0/24`. */
  readonly segments: readonly string[];
};

const vipsOf = (instance: UngroupedInstance): readonly string[] =>
  instance.configured.kind === 'known'
    ? instance.configured.value.vips.map((vip) => vip.replace(/\/\d+$/, ''))
    : [];

const overlap = (a: readonly string[], b: readonly string[]): boolean => a.some((one) => b.includes(one));

const sameSegment = (a: UngroupedInstance, b: UngroupedInstance): boolean =>
  a.segments.length > 0 && b.segments.length > 0
    ? overlap(a.segments, b.segments)
    : a.interface === b.interface;

const peersOf = (instance: UngroupedInstance): readonly string[] =>
  instance.configured.kind === 'known' ? instance.configured.value.unicastPeers : [];

const namesAsPeer = (a: UngroupedInstance, b: UngroupedInstance): boolean =>
  b.sourceAddress.kind === 'known' && peersOf(a).includes(b.sourceAddress.value);

const belongTogether = (a: UngroupedInstance, b: UngroupedInstance): boolean => {
  if (a.node === b.node || a.family !== b.family) return false;
  if (overlap(vipsOf(a), vipsOf(b))) return true;
  if (a.vrid !== b.vrid) return false;
  return sameSegment(a, b) || namesAsPeer(a, b) || namesAsPeer(b, a);
};

/** The value most have; on a tie the one that comes first. */
export const majority = <T>(values: readonly T[], keyOf: (value: T) => string = String): T | undefined => {
  const counts = new Map<string, { value: T; count: number }>();
  for (const value of values) {
    const key = keyOf(value);
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { value, count: 1 });
    else entry.count += 1;
  }
  let best: { value: T; count: number } | undefined;
  for (const entry of counts.values()) if (best === undefined || entry.count > best.count) best = entry;
  return best?.value;
};

const configuredOf = <T>(
  members: readonly UngroupedInstance[],
  pick: (configured: Extract<Instance['configured'], { kind: 'known' }>['value']) => T,
): readonly T[] =>
  members.flatMap((member) => (member.configured.kind === 'known' ? [pick(member.configured.value)] : []));

const describeGroup = (members: readonly UngroupedInstance[]): Omit<Group, 'id'> | undefined => {
  const [first] = members;
  if (first === undefined) return undefined;
  const intervals = configuredOf(members, (configured) => configured.advertIntervalMs);
  return {
    vrid: majority(members.map((member) => member.vrid)) ?? first.vrid,
    family: first.family,
    version: majority(configuredOf(members, (configured) => configured.version)) ?? 2,
    mode: majority(configuredOf(members, (configured) => configured.mode)) ?? 'multicast',
    vips:
      majority(
        configuredOf(members, (configured) => configured.vips),
        (vips) => [...vips].sort().join(' '),
      ) ?? [],
    members: members.map((member) => member.id),
    advertIntervalMs: intervals.length === 0 ? 1000 : Math.max(...intervals),
    masters: members
      .filter((member) => member.running.kind === 'known' && member.running.value.state === 'MASTER')
      .map((member) => member.node),
  };
};

/** Groups in the order in which their first member appears. */
export const formGroups = (
  instances: readonly UngroupedInstance[],
): { readonly groups: readonly Group[]; readonly groupOf: ReadonlyMap<string, string> } => {
  const sets: UngroupedInstance[][] = [];
  for (const instance of instances) {
    const joined = sets.filter((set) => set.some((member) => belongTogether(member, instance)));
    const [home, ...others] = joined;
    if (home === undefined) {
      sets.push([instance]);
      continue;
    }
    for (const other of others) {
      home.push(...other);
      sets.splice(sets.indexOf(other), 1);
    }
    home.push(instance);
  }
  const groups: Group[] = [];
  const groupOf = new Map<string, string>();
  const taken = new Set<string>();
  for (const set of sets) {
    const described = describeGroup(set);
    if (described === undefined) continue;
    const where = set.find((member) => member.segments.length > 0)?.segments[0] ?? set[0]?.interface ?? '?';
    let id = `${described.vrid}/${described.family}/${where}`;
    for (let again = 2; taken.has(id); again += 1)
      id = `${described.vrid}/${described.family}/${where}#${again}`;
    taken.add(id);
    groups.push({ id, ...described });
    for (const member of set) groupOf.set(member.id, id);
  }
  return { groups, groupOf };
};
