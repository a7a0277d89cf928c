/**
 * What a running keepalived says of one vrrp_instance, whichever dump it came from, and what its numbers mean
 * (include/vrrp.h). Knows values, not files.
 */
import type { VirtualAddress } from './addresses.ts';

export type RunningState = 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT';

/** Numbers of VRRP_STATE_* in include/vrrp.h; older releases also had DELETED, STOP and transitional ones. */
const stateNumbers: readonly RunningState[] = ['INIT', 'BACKUP', 'MASTER', 'FAULT'];

export function stateOfNumber(number: number): RunningState | undefined {
  return stateNumbers[number];
}

export interface RunningInstance {
  readonly name: string;
  /** Interface it runs on: a vmac's own name where one is used. */
  readonly interface?: string;
  readonly vrid: number;
  readonly family?: 'ipv4' | 'ipv6';
  /** Absent in dumps of ≤ 1.3, which only say what was wanted. */
  readonly state?: RunningState;
  readonly wantState?: RunningState;
  readonly basePriority: number;
  readonly effectivePriority: number;
  readonly advertIntervalMs: number;
  /** v3: the interval learnt from the master. */
  readonly masterAdvertIntervalMs?: number;
  readonly masterPriority?: number;
  readonly masterRouter?: string;
  readonly version: 2 | 3;
  readonly vips: readonly VirtualAddress[];
  readonly excludedVips: readonly VirtualAddress[];
  /** Peers when it sends unicast; an empty list: multicast. Absent: the dump does not say. */
  readonly unicast?: readonly string[];
  readonly multicastGroup?: string;
  readonly sourceAddress?: string;
  readonly authType?: 'none' | 'PASS' | 'AH';
  readonly preempt?: 'on' | 'off';
  readonly accept?: 'on' | 'off';
  readonly strict?: 'on' | 'off';
  readonly skipCheckAdvertAddresses?: 'on' | 'off';
  readonly downTimerAdverts?: number;
  readonly masterDownMs?: number;
  /** On the node's own clock. */
  readonly lastTransitionAtMs?: number;
  readonly lastAdvertSentAtMs?: number;
  /** Interface faults and the like, in keepalived's words; empty: none. Absent: not told. */
  readonly faults?: readonly string[];
  /** Receive errors logged once and then kept silent (≥ 2.3.3); see rateLimitErrors. */
  readonly rateLimitFlags?: number;
  /** File descriptors; -1: no socket. */
  readonly sockets?: { readonly fdIn: number; readonly fdOut: number };
  readonly tracked?: readonly string[];
  readonly syncGroup?: string;
  /** Counters of the JSON dump by their names there (advert_rcvd, ip_ttl_err …). */
  readonly stats?: Readonly<Record<string, number>>;
  readonly source: 'json' | 'data';
}

export interface DumpProblem {
  readonly code: 'empty' | 'incomplete' | 'not-a-dump' | 'malformed';
  readonly message: string;
}

export interface DumpReading {
  readonly instances: readonly RunningInstance[];
  readonly problems: readonly DumpProblem[];
}

export type RateLimitError =
  | 'ttl-not-255'
  | 'wrong-version'
  | 'not-advertisement'
  | 'incomplete-packet'
  | 'no-vips'
  | 'vip-count'
  | 'vip-list'
  | 'wrong-auth-type'
  | 'bad-auth-type'
  | 'bad-ah-header'
  | 'bad-ip-family'
  | 'bad-length'
  | 'wrong-password'
  | 'advert-interval'
  | 'bad-checksum'
  | 'unicast-multicast'
  | 'unknown-unicast-source'
  | 'ttl-not-in-range'
  | 'owner-ignores-adverts'
  | 'hmac-missing'
  | 'hmac-malformed'
  | 'hmac-unknown-key'
  | 'hmac-invalid'
  | 'hmac-stale'
  | 'hmac-replay'
  | 'hmac-clock-skew';

/** By bit, 0x1 first (VRRP_RLFLAG_* in include/vrrp.h; from 0x80000 on ≥ 2.4.0). */
const rateLimitBits: readonly RateLimitError[] = [
  'ttl-not-255',
  'wrong-version',
  'not-advertisement',
  'incomplete-packet',
  'no-vips',
  'vip-count',
  'vip-list',
  'wrong-auth-type',
  'bad-auth-type',
  'bad-ah-header',
  'bad-ip-family',
  'bad-length',
  'wrong-password',
  'advert-interval',
  'bad-checksum',
  'unicast-multicast',
  'unknown-unicast-source',
  'ttl-not-in-range',
  'owner-ignores-adverts',
  'hmac-missing',
  'hmac-malformed',
  'hmac-unknown-key',
  'hmac-invalid',
  'hmac-stale',
  'hmac-replay',
  'hmac-clock-skew',
];

/** Which receive errors `Rate-limit flags = 0x…` stands for: live errors the log no longer repeats. */
export function rateLimitErrors(flags: number): readonly RateLimitError[] {
  return rateLimitBits.filter((_error, bit) => Math.floor(flags / 2 ** bit) % 2 === 1);
}
