/**
 * What has been read of the LVS part so far: groups, virtual servers, real servers (check_data.h, as far as later
 * lines are judged by it). Mutable on purpose, like the reading itself.
 */
import type { Family } from '../addresses.ts';
import type { TrackableFacts } from './vrrp-facts.ts';
import type { ConfigLine, Truth } from './words.ts';

export type Forwarding = 'NAT' | 'DR' | 'TUN';

export interface ServerFacts {
  readonly line: ConfigLine;
  readonly family: Family;
  readonly address: string;
  /** 0: none written. */
  readonly port: number;
  forwarding: Forwarding | undefined;
  weight?: number;
  inhibit?: Truth;
  readonly bfds: string[];
  readonly scripts: Set<string>;
}

export interface ServiceFacts {
  readonly line: ConfigLine;
  readonly kind: 'address' | 'fwmark' | 'group';
  readonly group?: string;
  readonly address?: string;
  readonly port: number;
  family: Family | undefined;
  protocol?: { readonly value: 'TCP' | 'UDP' | 'SCTP'; readonly line: ConfigLine };
  scheduler?: string;
  forwarding: Forwarding | undefined;
  persistence: 'no' | 'yes';
  onePacket?: ConfigLine;
  haSuspend?: ConfigLine;
  quorum?: { readonly value: number; readonly line: ConfigLine };
  hysteresis?: { readonly value: number; readonly line: ConfigLine };
  inhibit: Truth;
  weight: number;
  readonly servers: ServerFacts[];
  sorry?: ServerFacts;
  readonly scripts: Set<string>;
}

export interface GroupEntry {
  readonly kind: 'address' | 'fwmark';
  readonly port: number;
}

export interface ServerGroupFacts {
  readonly name: string;
  readonly entries: GroupEntry[];
  hasIpv4: 'no' | 'yes';
  hasIpv6: 'no' | 'yes';
  hasPlainMark: 'no' | 'yes';
}

export interface LvsFacts {
  readonly services: ServiceFacts[];
  readonly groups: ServerGroupFacts[];
  readonly files: TrackableFacts[];
  readonly bfds: TrackableFacts[];
  ssl: 'unset' | 'set';
}

export function emptyLvs(): LvsFacts {
  return { services: [], groups: [], files: [], bfds: [], ssl: 'unset' };
}
