// What reaches the book of a watch: adverts, what nodes tell, and how the streams are. Every time is in ms on the clock
// of the machine vipdoctor runs on, except where it says stamp. Facts know nothing about how they came.
import type { LogEvent } from '../../keepalived/log-event.ts';
import type { SourceName } from '../../report/watch.ts';
import type { Roster } from './roster.ts';

export type Family = 'ipv4' | 'ipv6';

export interface AdvertFact {
  readonly kind: 'advert';
  /** Node name or `observer`. */
  readonly ear: string;
  readonly direction: 'in' | 'out';
  /** On the ear; `?` where the capture does not say. */
  readonly interface: string;
  readonly atMs: number;
  /** On the ear's own clock, with fractions: distances between two of them are what is measured. */
  readonly stampMs: number;
  readonly family: Family;
  readonly src: string;
  readonly srcMac: string | undefined;
  readonly dst: string;
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  readonly intervalMs: number;
  readonly addresses: readonly string[];
}

export type Fact =
  | AdvertFact
  /** What the nodes together told about themselves; replaces what they told before. */
  | { readonly kind: 'roster'; readonly atMs: number; readonly roster: Roster }
  /** All addresses of a node. */
  | {
      readonly kind: 'addresses';
      readonly atMs: number;
      readonly node: string;
      /** Interface by address. */
      readonly held: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'address';
      readonly atMs: number;
      readonly node: string;
      readonly address: string;
      readonly interface: string;
      readonly change: 'added' | 'removed';
    }
  | {
      readonly kind: 'link';
      readonly atMs: number;
      readonly node: string;
      readonly interface: string;
      readonly state: 'up' | 'down' | 'gone';
    }
  | {
      readonly kind: 'log';
      readonly atMs: number;
      readonly node: string;
      /** Undefined: a line whose meaning is not known, e.g. of the service manager. */
      readonly event: LogEvent | undefined;
      /** Who logged it. */
      readonly ident: string;
      readonly text: string;
      /** `past`: logged before we came. */
      readonly age: 'past' | 'fresh';
    }
  | {
      readonly kind: 'process';
      readonly atMs: number;
      readonly node: string;
      readonly state: 'running' | 'stopped' | 'frozen';
    }
  | {
      readonly kind: 'connection';
      readonly atMs: number;
      readonly node: string;
      readonly state: 'connecting' | 'connected' | 'lost' | 'given-up' | 'rebooted';
      readonly problem?: string;
      readonly nextStep?: string;
      readonly retryInMs?: number;
    }
  | {
      readonly kind: 'source';
      readonly atMs: number;
      /** Node name or `observer`. */
      readonly node: string;
      readonly source: SourceName;
      /** `absent`: it cannot be had, and is not tried again. */
      readonly state: 'starting' | 'working' | 'down' | 'absent';
      readonly problem?: string;
      readonly retryInMs?: number;
    }
  | {
      readonly kind: 'observer';
      readonly atMs: number;
      readonly where: string;
      readonly interface: string | null;
    }
  | { readonly kind: 'tick'; readonly atMs: number };
