// Which elections hang together, and how each of them begins: members of a group, groups that sync groups tie, and
// the states they are in where that is known. It knows the model; the course of an election is the machine's.
import type { ClusterModel, Instance } from '../model.ts';
import { type Contender, standForElection } from './contender.ts';
import { hearingOf, type Listener } from './hearing.ts';
import type { Opening, Standing } from './machine.ts';

/** Instances whose elections hang together: one group, or groups that sync groups tie. */
export interface Arena {
  readonly contenders: readonly Contender[];
  readonly listeners: ReadonlyMap<string, Listener>;
  readonly hears: (from: string, to: string) => boolean;
}

const toleranceOf = (node: string, model: ClusterModel): Listener['toleratesVipMismatch'] => {
  const version = model.nodes.find((one) => one.name === node)?.version;
  if (version?.kind !== 'known') return 'unknown';
  const { major, minor, patch } = version.value;
  return major * 1_000_000 + minor * 1000 + patch >= 2_003_003 ? 'yes' : 'no';
};

export const arenasOf = (model: ClusterModel): readonly Arena[] => {
  const listeners = model.instances.flatMap((instance): readonly Listener[] => {
    const contender = standForElection(instance, model.configurations, model.nodes);
    return contender === undefined
      ? []
      : [{ contender, instance, toleratesVipMismatch: toleranceOf(instance.node, model) }];
  });
  const sets: Listener[][] = [];
  const tied = (one: Contender, other: Contender): boolean =>
    one.group === other.group || (one.syncGroup !== undefined && one.syncGroup === other.syncGroup);
  for (const listener of listeners) {
    const joined = sets.filter((set) => set.some((one) => tied(one.contender, listener.contender)));
    const merged = [...joined.flat(), listener];
    for (const set of joined) sets.splice(sets.indexOf(set), 1);
    sets.push(merged);
  }
  return sets.map((set) => {
    const byId = new Map(set.map((one) => [one.contender.id, one]));
    const audible = new Set<string>();
    for (const from of set)
      for (const to of set)
        if (
          from !== to &&
          from.contender.group === to.contender.group &&
          hearingOf(
            from,
            to,
            set.filter((one) => one.contender.group === to.contender.group),
          ).kind === 'hears'
        )
          audible.add(`${from.contender.id} ${to.contender.id}`);
    return {
      // In the order of the inventory, whatever joined first.
      contenders: listeners.map((one) => one.contender).filter(({ id }) => byId.has(id)),
      listeners: byId,
      hears: (from, to) => audible.has(`${from} ${to}`),
    };
  });
};

const standingNow = (instance: Instance): Standing | undefined => {
  if (instance.process === 'stopped') return 'gone';
  if (instance.running.kind === 'unknown') return undefined;
  const { state } = instance.running.value;
  return state === 'MASTER' ? 'master' : state === 'FAULT' ? 'fault' : 'backup';
};

/** As the cluster runs, where that is known; else from a start of all nodes together. */
export const openingOf = ({ contenders, listeners, hears }: Arena): Opening => {
  const seen = new Map<string, Standing>();
  const priorities = new Map<string, number>();
  for (const [id, { instance }] of listeners) {
    const standing = standingNow(instance);
    if (standing !== undefined) seen.set(id, standing);
    if (instance.running.kind === 'known' && instance.running.value.effectivePriority !== undefined)
      priorities.set(id, instance.running.value.effectivePriority);
  }
  const someMaster = [...seen.values()].includes('master');
  const standings = new Map(
    contenders.map(({ id }): [string, Standing] => {
      const standing = seen.get(id) ?? 'backup';
      return [id, someMaster || standing === 'gone' || standing === 'fault' ? standing : 'backup'];
    }),
  );
  return { contenders, hears, priorities, ...(seen.size === 0 ? {} : { standings }) };
};
