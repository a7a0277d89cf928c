// The cluster a failover test is about, out of the model: members with their timers, who is master, who should take
// over and when. Pure.
import type { ClusterModel, Group, Instance, NodeFacet } from '../cluster/model.ts';
import type { InstanceConfig } from '../keepalived/instance-config.ts';
import {
  type Loss,
  predictTakeover,
  rankBackups,
  skewTimeMs,
  startDelayMs,
  type TimeRange,
  type TimerInput,
} from '../keepalived/timers.ts';
import type { FaultClass, Subject } from '../timeline/trial.ts';
import type { MemberFacts } from './site.ts';

export interface Member extends MemberFacts {
  readonly sourceAddress: string;
  readonly macs: readonly string[];
  readonly timers: TimerInput;
  readonly preempt: 'on' | 'off';
  readonly preemptDelayMs: number;
  /** When the second burst of gratuitous ARPs comes, after becoming master, ms (garp_master_delay). */
  readonly secondBurstMs: number;
  /** Configuration files and scripts: their modes are part of the snapshot. */
  readonly files: readonly string[];
  /** The script whose failure is noticed first, as the timers count it. */
  readonly scriptLoss?: Loss;
}

export interface Arena {
  readonly group: Group;
  readonly members: readonly Member[];
  /** The one master; undefined when it is not clear. */
  readonly master: Member | undefined;
  /** Without prefix lengths. */
  readonly vips: readonly string[];
  /** The VIP the test is about. */
  readonly vip: string;
}

const withoutPrefix = (address: string): string => address.replace(/\/\d+$/, '');

const configOf = (model: ClusterModel, instance: Instance): InstanceConfig | undefined =>
  model.configurations
    .filter((one) => one.node === instance.node)
    .flatMap(({ config }) => (config.kind === 'known' ? config.value.instances : []))
    .find((one) => one.name === instance.name);

const scriptsOf = (model: ClusterModel, instance: Instance, settings: InstanceConfig | undefined) =>
  model.configurations
    .filter((one) => one.node === instance.node)
    .flatMap(({ config }) => {
      if (config.kind !== 'known') return [];
      const { scripts, syncGroups } = config.value;
      const tracks = [
        ...(settings?.tracks ?? []),
        ...syncGroups
          .filter((group) => group.members.includes(instance.name))
          .flatMap((group) => group.tracks),
      ].filter((track) => track.kind === 'script');
      return scripts.flatMap((script) => {
        const track = tracks.find((one) => one.name === script.name);
        return track === undefined ? [] : [{ script, weight: track.weight ?? script.weight.value }];
      });
    });

const filesOf = (node: NodeFacet | undefined): readonly string[] =>
  node?.configuration.kind === 'known'
    ? [...new Set([node.configuration.value.path, ...node.configuration.value.files])]
    : [];

const memberOf = (model: ClusterModel, instance: Instance, vips: readonly string[]): Member | undefined => {
  const { configured, running, sourceAddress } = instance;
  if (configured.kind === 'unknown' || sourceAddress.kind === 'unknown') return undefined;
  const settings = configOf(model, instance);
  const scripts = scriptsOf(model, instance, settings);
  const facts = running.kind === 'known' ? running.value : undefined;
  const links = model.hosts.find((host) => host.node === instance.node)?.links;
  const priority = facts?.effectivePriority ?? facts?.basePriority ?? configured.value.priority;
  const [first] = scripts;
  return {
    node: instance.node,
    instance: instance.name,
    interface: instance.interface,
    vrid: instance.vrid,
    family: instance.family,
    vips,
    authentication: configured.value.auth.type,
    trackedScripts: scripts.map(({ script }) => script.name),
    sourceAddress: sourceAddress.value,
    macs:
      links?.kind === 'known'
        ? links.value.filter((link) => link.name === instance.interface).map((link) => link.mac)
        : [],
    timers: {
      version: configured.value.version,
      priority,
      advertIntervalMs: configured.value.advertIntervalMs,
      downTimerAdverts: configured.value.downTimerAdverts,
    },
    preempt: configured.value.nopreempt ? 'off' : 'on',
    preemptDelayMs: settings?.preemptDelayMs.value ?? 0,
    secondBurstMs: settings?.garp.masterDelayMs.value ?? 5000,
    files: [
      ...filesOf(model.nodes.find((node) => node.name === instance.node)),
      ...scripts.flatMap(({ script }) =>
        script.command?.value[0]?.startsWith('/') === true ? [script.command.value[0]] : [],
      ),
    ],
    ...(first === undefined
      ? {}
      : {
          scriptLoss: {
            kind: first.weight === 0 ? ('script-fault' as const) : ('script-weight' as const),
            scriptIntervalMs: first.script.intervalMs.value,
            fall: first.script.fall.value,
            scriptTimeoutMs: first.script.timeoutMs.value,
          },
        }),
  };
};

/** Group ids or VIPs to choose from, when the wish does not name one. */
export type Choice =
  | { readonly kind: 'chosen'; readonly arena: Arena }
  | { readonly kind: 'unclear'; readonly why: string };

export interface ArenaWish {
  readonly vip?: string;
  readonly vrid?: number;
}

export const chooseArena = (model: ClusterModel, wish: ArenaWish): Choice => {
  const vip = wish.vip === undefined ? undefined : withoutPrefix(wish.vip);
  const fitting = model.groups.filter(
    (group) =>
      (vip === undefined || group.vips.some((one) => withoutPrefix(one) === vip)) &&
      (wish.vrid === undefined || group.vrid === wish.vrid),
  );
  const [group, ...more] = fitting;
  const all = model.groups
    .map((one) => `VRID ${one.vrid} (${one.vips.map(withoutPrefix).join(', ')})`)
    .join('; ');
  if (group === undefined)
    return {
      kind: 'unclear',
      why: all === '' ? 'no VRRP instance was found' : `there is no such cluster: there are ${all}`,
    };
  if (more.length > 0)
    return { kind: 'unclear', why: `there are several clusters: say which with --vip or --vrid: ${all}` };
  const vips = group.vips.map(withoutPrefix);
  const chosen = vip ?? vips[0];
  if (chosen === undefined) return { kind: 'unclear', why: `VRID ${group.vrid} has no VIP` };
  const members = model.instances
    .filter((instance) => instance.group === group.id)
    .flatMap((instance) => memberOf(model, instance, vips) ?? []);
  const [masterName, ...others] = group.masters;
  return {
    kind: 'chosen',
    arena: {
      group,
      members,
      vips,
      vip: chosen,
      master: others.length > 0 ? undefined : members.find((member) => member.node === masterName),
    },
  };
};

/** As the backup counts it: a v3 backup waits by the interval its master advertises. */
export const inputOf = (backup: Member, master: Member): TimerInput => ({
  ...backup.timers,
  masterAdvertIntervalMs: master.timers.advertIntervalMs,
});

export const lossOf = (faultClass: FaultClass, master: Member): Loss => {
  if (faultClass === 'graceful') return { kind: 'graceful' };
  // keepalived says goodbye for a failed script, and a downed link leaves it no way to.
  if (faultClass === 'service') return master.scriptLoss ?? { kind: 'graceful' };
  return { kind: 'silent' };
};

export interface Prediction {
  readonly winner: Member;
  readonly takeoverMs: TimeRange;
  /** Of the winner, ms. */
  readonly skewMs: number;
  /** Who is master when all is healed, and why it is not the one before. */
  readonly masterAfter: Member;
  readonly why: string;
  readonly failbackMs: number;
}

/** Undefined without a master and a backup to speak of. */
export const predict = (arena: Arena, faultClass: FaultClass): Prediction | undefined => {
  const { master, members } = arena;
  if (master === undefined) return undefined;
  const loss = lossOf(faultClass, master);
  const backups = members.filter((member) => member !== master);
  const [first] = rankBackups(
    backups.map((member) => ({ member, ...inputOf(member, master) })),
    loss,
  );
  if (first === undefined) return undefined;
  const winner = first.member;
  // One that hung or was not heard never stopped being master, so preemption is not asked.
  const neverLeft = faultClass === 'hang' || faultClass === 'mute';
  const comesBack = master.timers.priority > winner.timers.priority && (neverLeft || master.preempt === 'on');
  return {
    winner,
    takeoverMs: predictTakeover(inputOf(winner, master), loss),
    skewMs: skewTimeMs(inputOf(winner, master)),
    masterAfter: comesBack ? master : winner,
    why: comesBack
      ? `${master.node} has the higher priority and ${neverLeft ? 'never left' : 'preempts'}`
      : master.preempt === 'off'
        ? `${master.node} has nopreempt`
        : `the priority of ${master.node} is not higher`,
    failbackMs: neverLeft
      ? master.timers.advertIntervalMs
      : Math.max(startDelayMs(master.timers, 'BACKUP'), master.preemptDelayMs),
  };
};

/** What measuring needs; the observer is known only once it listens. */
export const subjectOf = (arena: Arena, observer: Subject['observer']): Subject => ({
  vrid: arena.group.vrid,
  family: arena.group.family,
  version: arena.group.version,
  vip: arena.vip,
  advertIntervalMs: arena.master?.timers.advertIntervalMs ?? arena.group.advertIntervalMs,
  downTimerAdverts: Math.max(...arena.members.map((member) => member.timers.downTimerAdverts ?? 3)),
  members: arena.members.map((member) => ({
    node: member.node,
    sourceAddress: member.sourceAddress,
    macs: member.macs,
    effectivePriority: member.timers.priority,
    preempt: member.preempt,
    preemptDelayMs: member.preemptDelayMs,
  })),
  observer,
});
