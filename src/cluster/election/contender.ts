// An instance as it stands for election: priority, timers, preemption, and what a tracked thing does to it when it
// fails. It knows which weights keepalived really applies (vrrp.c vrrp_complete_instance, vrrp_sync.c
// sync_group_tracking_init); who hears whom and what happens over time are next door.
import type { SyncGroupConfig } from '../../keepalived/config-model.ts';
import type { InstanceConfig } from '../../keepalived/instance-config.ts';
import type { TrackEntry, TrackKind } from '../../keepalived/tracking-config.ts';
import type { Instance, KeepalivedConfig, NodeConfiguration, NodeFacet } from '../model.ts';

/** 255: the address owner, whose priority no weight changes (RFC 9568 §5.2.4). */
export const ownerPriority = 255;

/** How soon keepalived notices, from the failure to the moment its state or priority changes. */
export interface Detection {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Something an instance watches, and what its failure does. */
export interface Watch {
  readonly kind: TrackKind;
  readonly name: string;
  readonly effect: { readonly kind: 'fault' } | { readonly kind: 'priority'; readonly change: number };
  readonly detection: Detection;
  readonly source?: { readonly file: string; readonly line: number };
}

/** Something listed that keepalived does not apply, and why. */
export interface IgnoredTrack {
  readonly kind: TrackKind;
  readonly name: string;
  readonly weight: number;
  readonly why: 'address-owner' | 'sync-group' | 'own-interface' | 'not-defined';
  readonly source: { readonly file: string; readonly line: number };
}

export interface Contender {
  /** Of the instance: `node/name`. */
  readonly id: string;
  readonly node: string;
  readonly name: string;
  readonly group: string;
  readonly interface: string;
  readonly version: 2 | 3;
  /** As configured, 1 … 255. */
  readonly basePriority: number;
  /** With everything tracked in order: base plus the weights that count then, before it is cut to 1 … 254. */
  readonly totalPriority: number;
  readonly advertIntervalMs: number;
  readonly downTimerAdverts: number;
  readonly preempt: 'on' | 'off';
  readonly preemptDelayMs: number;
  readonly initialState: 'MASTER' | 'BACKUP';
  readonly answersLowerPriority: 'yes' | 'no';
  /** Source address of its adverts; decides between equal priorities. */
  readonly address: string | 'unknown';
  /** `node/name` of its sync group. */
  readonly syncGroup?: string;
  readonly watches: readonly Watch[];
  readonly ignored: readonly IgnoredTrack[];
  /** keepalived before 2.0 counts its skew with the base priority (vrrp.h VRRP_TIMER_SKEW). */
  readonly skewCounts: 'effective' | 'base';
  readonly settings: InstanceConfig;
}

/** What keepalived makes of a total: never the owner's 255, never 0 (vrrp_track.c vrrp_set_effective_priority). */
export const effectiveOf = (contender: Pick<Contender, 'basePriority'>, total: number): number =>
  contender.basePriority === ownerPriority ? ownerPriority : Math.max(1, Math.min(254, total));

const atOnce: Detection = { minMs: 0, maxMs: 0 };

interface Tracked {
  readonly weight: number;
  readonly direction: 'normal' | 'reverse';
  readonly detection: Detection;
}

/** The weight that holds, and how soon a failure shows; undefined where nothing of that name is defined. */
const trackedBy = (entry: TrackEntry, config: KeepalivedConfig): Tracked | undefined => {
  const own = { weight: entry.weight, direction: entry.direction };
  switch (entry.kind) {
    case 'script': {
      const script = config.scripts.find((one) => one.name === entry.name && one.command !== undefined);
      if (script === undefined) return undefined;
      const intervalMs = script.intervalMs.value;
      return {
        weight: own.weight ?? script.weight.value,
        direction: own.direction ?? script.direction,
        detection: {
          minMs: (script.fall.value - 1) * intervalMs,
          maxMs: script.fall.value * intervalMs + script.timeoutMs.value,
        },
      };
    }
    case 'process': {
      const process = config.trackProcesses.find((one) => one.name === entry.name);
      if (process === undefined) return undefined;
      const delayMs = process.terminateDelayMs.value;
      return {
        weight: own.weight ?? process.weight.value,
        direction: own.direction ?? process.direction,
        detection: { minMs: delayMs, maxMs: delayMs },
      };
    }
    case 'file': {
      const file = config.trackFiles.find((one) => one.name === entry.name);
      if (file === undefined) return undefined;
      return {
        weight: own.weight ?? file.weight.value,
        direction: own.direction ?? file.direction,
        detection: atOnce,
      };
    }
    case 'interface':
    case 'bfd':
      return { weight: own.weight ?? 0, direction: own.direction ?? 'normal', detection: atOnce };
  }
};

interface Applied {
  readonly watch?: Watch;
  readonly ignored?: IgnoredTrack;
  /** Added to the priority while the thing is in order. */
  readonly standing: number;
}

const placeOf = ({ source }: TrackEntry): { readonly file: string; readonly line: number } => ({
  file: source.file,
  line: source.line,
});

const apply = (
  entry: TrackEntry,
  settings: InstanceConfig,
  config: KeepalivedConfig,
  sync: SyncGroupConfig | undefined,
): Applied => {
  const tracked = trackedBy(entry, config);
  const common = { kind: entry.kind, name: entry.name, source: placeOf(entry) };
  if (tracked === undefined)
    return { standing: 0, ignored: { ...common, weight: entry.weight ?? 0, why: 'not-defined' } };
  if (entry.kind === 'interface' && entry.name === settings.interface?.value)
    return { standing: 0, ignored: { ...common, weight: tracked.weight, why: 'own-interface' } };
  const fault: Watch = { ...common, effect: { kind: 'fault' }, detection: tracked.detection };
  if (tracked.weight === 0) return { standing: 0, watch: fault };
  if (settings.priority.value === ownerPriority)
    return { standing: 0, ignored: { ...common, weight: tracked.weight, why: 'address-owner' } };
  if (sync !== undefined && sync.trackingWeight === 'fault-only' && entry.kind !== 'process') {
    // Interfaces and files of the default weight lose it and make FAULT; the rest is not tracked at all.
    const unweighted = entry.kind === 'interface' || (entry.kind === 'file' && tracked.weight === 1);
    return {
      standing: 0,
      ignored: { ...common, weight: tracked.weight, why: 'sync-group' },
      ...(unweighted ? { watch: fault } : {}),
    };
  }
  // A file's weight multiplies what stands in it, which nobody can foretell; its failure is not simulated.
  if (entry.kind === 'file') return { standing: 0 };
  const sign = tracked.direction === 'reverse' ? -1 : 1;
  return {
    standing: tracked.weight > 0 ? sign * tracked.weight : 0,
    watch: {
      ...common,
      effect: { kind: 'priority', change: -sign * Math.abs(tracked.weight) },
      detection: tracked.detection,
    },
  };
};

/** Interfaces whose loss makes FAULT without being listed: its own, and those its VIPs stand on. */
const ownInterfaces = (settings: InstanceConfig, own: string): readonly Watch[] => {
  const primary = settings.dontTrackPrimary.value === 'on' ? [] : [own];
  const ofVips = [...settings.vips, ...settings.excludedVips].flatMap((vip) =>
    vip.dev === undefined || vip.dev === own || vip.flags.includes('no_track') ? [] : [vip.dev],
  );
  return [...new Set([...primary, ...ofVips])].map((name) => ({
    kind: 'interface',
    name,
    effect: { kind: 'fault' },
    detection: atOnce,
  }));
};

const settingsOf = (
  instance: Instance,
  configurations: readonly NodeConfiguration[],
): { readonly settings: InstanceConfig; readonly config: KeepalivedConfig } | undefined => {
  for (const { node, config } of configurations) {
    if (node !== instance.node || config.kind === 'unknown') continue;
    const settings = config.value.instances.find(
      (one) => one.name === instance.name && one.family === instance.family,
    );
    if (settings !== undefined) return { settings, config: config.value };
  }
  return undefined;
};

const isBeforeTwo = (node: string, nodes: readonly NodeFacet[]): boolean => {
  const version = nodes.find((one) => one.name === node)?.version;
  return version?.kind === 'known' && version.value.major < 2;
};

/** Undefined where the configuration of the instance could not be read. */
export const standForElection = (
  instance: Instance,
  configurations: readonly NodeConfiguration[],
  nodes: readonly NodeFacet[],
): Contender | undefined => {
  const found = settingsOf(instance, configurations);
  if (found === undefined) return undefined;
  const { settings, config } = found;
  const sync = config.syncGroups.find((group) => group.members.includes(settings.name));
  const applied = [...settings.tracks, ...(sync?.tracks ?? [])].map((entry) =>
    apply(entry, settings, config, sync),
  );
  const watches = [
    ...ownInterfaces(settings, instance.interface),
    ...applied.flatMap(({ watch }) => (watch === undefined ? [] : [watch])),
  ];
  return {
    id: instance.id,
    node: instance.node,
    name: instance.name,
    group: instance.group,
    interface: instance.interface,
    version: settings.version.value,
    basePriority: settings.priority.value,
    totalPriority: settings.priority.value + applied.reduce((sum, { standing }) => sum + standing, 0),
    advertIntervalMs: settings.advertIntervalMs.value,
    downTimerAdverts: settings.downTimerAdverts.value,
    preempt: settings.preempt.value,
    preemptDelayMs: settings.preemptDelayMs.value,
    initialState: settings.state.value,
    answersLowerPriority: settings.lowerPriorityNoAdvert.value === 'on' ? 'no' : 'yes',
    address: instance.sourceAddress.kind === 'known' ? instance.sourceAddress.value : 'unknown',
    ...(sync === undefined ? {} : { syncGroup: `${instance.node}/${sync.name}` }),
    watches,
    ignored: applied.flatMap(({ ignored }) => (ignored === undefined ? [] : [ignored])),
    skewCounts: isBeforeTwo(instance.node, nodes) ? 'base' : 'effective',
    settings,
  };
};
