/**
 * What has been read of the VRRP part so far, in the order keepalived reads it: instances, groups and the things
 * they track. Mutable on purpose, like the reading itself; knows nothing of keywords.
 */
import type { Family } from '../addresses.ts';
import type { AddressLine } from './address-line.ts';
import type { ConfigLine, Truth } from './words.ts';

/** Something tracked by an instance or group, with the weight that counts. */
export interface TrackedFacts {
  readonly name: string;
  readonly weight: number;
  readonly line: ConfigLine;
}

export type TrackKind = 'interface' | 'script' | 'file' | 'process' | 'bfd';

/** A script, file, process or BFD instance that may be tracked. */
export interface TrackableFacts {
  readonly name: string;
  weight: number;
}

export interface InstanceFacts {
  readonly name: string;
  readonly line: ConfigLine;
  family?: Family;
  version?: 2 | 3;
  strict?: Truth;
  interface?: { readonly name: string; readonly line: ConfigLine };
  vrid?: { readonly value: number; readonly line: ConfigLine };
  priority?: { readonly value: number; readonly line: ConfigLine };
  wants?: { readonly state: 'MASTER' | 'BACKUP'; readonly line: ConfigLine };
  advertIntervalUs?: { readonly value: number; readonly line: ConfigLine };
  unicastKeyword?: ConfigLine;
  unicastFaultNoPeer: Truth;
  readonly peers: { readonly address: string; readonly line: ConfigLine }[];
  source?: { readonly address: string; readonly family: Family };
  group?: { readonly address: string; readonly line: ConfigLine };
  readonly vips: AddressLine[];
  readonly excludedVips: AddressLine[];
  /** no_virtual_ipaddress (2.2.8): the instance is meant to have none. */
  withoutVips: Truth;
  authType?: { readonly value: 'PASS' | 'AH'; readonly line: ConfigLine };
  password: 'none' | 'empty' | 'given';
  nopreempt?: ConfigLine;
  preemptDelay?: { readonly value: number; readonly line: ConfigLine };
  accept?: { readonly value: Truth; readonly line: ConfigLine };
  downTimerAdverts?: { readonly value: number; readonly line: ConfigLine };
  ttl?: ConfigLine;
  vmac?: ConfigLine;
  vmacName?: string;
  vmacMac?: ConfigLine;
  vmacAddress?: ConfigLine;
  xmitBase?: ConfigLine;
  ipvlan?: ConfigLine;
  ipvlanFamily?: Family;
  vrf?: ConfigLine;
  promoteSecondaries?: ConfigLine;
  garpLowerRepeat?: { readonly value: number; readonly line: ConfigLine };
  garpLowerDelay?: { readonly value: number; readonly line: ConfigLine };
  lowerNoAdvert?: { readonly value: Truth; readonly line: ConfigLine };
  higherSendAdvert?: { readonly value: Truth; readonly line: ConfigLine };
  readonly tracks: Record<TrackKind, TrackedFacts[]>;
  readonly scripts: Set<string>;
  syncGroup?: SyncGroupFacts;
}

export interface SyncGroupFacts {
  readonly name: string;
  readonly line: ConfigLine;
  members?: readonly string[];
  weighted: 'no' | 'yes';
  readonly tracks: Record<TrackKind, TrackedFacts[]>;
  readonly scripts: Set<string>;
}

export interface VrrpFacts {
  readonly instances: InstanceFacts[];
  readonly syncGroups: SyncGroupFacts[];
  readonly trackGroups: Set<string>;
  readonly trackables: Record<Exclude<TrackKind, 'interface'>, TrackableFacts[]>;
}

export function noTracks(): Record<TrackKind, TrackedFacts[]> {
  return { interface: [], script: [], file: [], process: [], bfd: [] };
}

export function emptyVrrp(): VrrpFacts {
  return {
    instances: [],
    syncGroups: [],
    trackGroups: new Set(),
    trackables: { script: [], file: [], process: [], bfd: [] },
  };
}

export function newInstance(name: string, line: ConfigLine): InstanceFacts {
  return {
    name,
    line,
    unicastFaultNoPeer: 'off',
    peers: [],
    vips: [],
    excludedVips: [],
    withoutVips: 'off',
    password: 'none',
    tracks: noTracks(),
    scripts: new Set(),
  };
}
