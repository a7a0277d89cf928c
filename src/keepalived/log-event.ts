/**
 * What keepalived's log can tell, one shape for each kind of event. Knows no wording: that is in log-lines.ts
 * and log-instance.ts, because it changed from release to release while the meaning stayed.
 */
import type { RateLimitError } from './running-instance.ts';

export type LogState = 'MASTER' | 'BACKUP' | 'FAULT';

export type FaultReason =
  | { readonly kind: 'script'; readonly name: string }
  | { readonly kind: 'interface-down'; readonly name: string }
  | { readonly kind: 'no-address' }
  | { readonly kind: 'source-address-missing' }
  | { readonly kind: 'tracked-file'; readonly name: string }
  | { readonly kind: 'tracked-process'; readonly name: string }
  | { readonly kind: 'no-unicast-peers' }
  | { readonly kind: 'not-told' };

/** Of one vrrp_instance. */
export type InstanceEvent =
  | {
      readonly kind: 'state';
      readonly instance: string;
      readonly state: LogState;
      readonly phase: 'start' | 'later';
    }
  /** ≤ 1.4: Transition to MASTER STATE, one advert_int before Entering. */
  | { readonly kind: 'becoming-master'; readonly instance: string }
  | { readonly kind: 'fault'; readonly instance: string; readonly reason: FaultReason }
  /** Only with -D. */
  | { readonly kind: 'advert-timeout'; readonly instance: string }
  | {
      readonly kind: 'yielded';
      readonly instance: string;
      readonly to: 'higher-priority' | 'higher-address';
      readonly peer?: string;
      readonly peerPriority?: number;
      readonly ownPriority?: number;
    }
  /** As MASTER: answered with an own advert. As BACKUP: discarded, the timer runs on. */
  | {
      readonly kind: 'lower-advert';
      readonly instance: string;
      readonly as: 'master' | 'backup';
      readonly peer?: string;
      readonly peerPriority: number;
      readonly ownPriority?: number;
    }
  | { readonly kind: 'priority-zero'; readonly instance: string; readonly direction: 'sent' | 'received' }
  /** An advert that failed a check; `check` is absent where the line does not say which. */
  | {
      readonly kind: 'receive-error';
      readonly instance: string;
      readonly check?: RateLimitError;
      readonly peer?: string;
      readonly detail: string;
    }
  /** `errorText` as the C library words it. */
  | {
      readonly kind: 'send-error';
      readonly instance: string;
      readonly errno?: number;
      readonly errorText: string;
      readonly peer?: string;
    }
  | {
      readonly kind: 'priority-changed';
      readonly instance: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'master-changed'; readonly instance: string; readonly master: string }
  | { readonly kind: 'interval-changed'; readonly instance: string; readonly toMs?: number }
  | { readonly kind: 'own-address-elsewhere'; readonly instance: string }
  | { readonly kind: 'two-owners'; readonly instance: string; readonly peer?: string }
  | { readonly kind: 'old-checksum'; readonly instance: string }
  | {
      readonly kind: 'duplicate-vrid';
      readonly instance: string;
      readonly vrid?: number;
      readonly other?: string;
    }
  | { readonly kind: 'preempt-delay'; readonly instance: string; readonly change: 'started' | 'stopped' };

export type ScriptResult = 'succeeded' | 'failed' | 'timed-out';

/** Of the node and of keepalived's processes. */
export type NodeEvent =
  | {
      readonly kind: 'script-result';
      readonly script: string;
      readonly result: ScriptResult;
      readonly reason?: string;
      readonly code?: number;
    }
  | {
      readonly kind: 'script-exec-error';
      readonly command: string;
      readonly errno?: number;
      readonly errorText?: string;
    }
  | { readonly kind: 'script-disabled'; readonly script?: string; readonly reason: string }
  | { readonly kind: 'script-security'; readonly detail: string }
  | { readonly kind: 'sync-group'; readonly group: string; readonly state: LogState }
  | { readonly kind: 'bogus-packet'; readonly interface: string }
  | {
      readonly kind: 'unknown-vrid';
      readonly vrid: number;
      readonly interface: string;
      readonly peer?: string;
    }
  /** A VIP of ours that someone else took away or put back. */
  | {
      readonly kind: 'address-change';
      readonly address: string;
      readonly change: 'removed' | 'added';
      readonly interface?: string;
    }
  | {
      readonly kind: 'interface-state';
      readonly interface: string;
      readonly state: 'up' | 'down' | 'added' | 'deleted';
    }
  | { readonly kind: 'interface-renamed'; readonly from: string; readonly to: string }
  | { readonly kind: 'netlink-overrun' }
  /** The process was not scheduled in time. */
  | { readonly kind: 'timer-late'; readonly lateMs: number }
  | { readonly kind: 'cpu-limit'; readonly process: string }
  | {
      readonly kind: 'socket-error';
      readonly what: 'open' | 'bind' | 'membership' | 'option';
      readonly errno?: number;
      readonly errorText?: string;
      readonly address?: string;
    }
  | {
      readonly kind: 'process-died';
      readonly process: string;
      readonly pid: number;
      readonly outcome: 'respawned' | 'exited';
    }
  | {
      readonly kind: 'process-exit';
      readonly process: string;
      readonly signal?: number;
      readonly status?: number;
      readonly permanentError?: string;
    }
  | { readonly kind: 'respawn-delayed'; readonly process: string; readonly delayMs: number }
  | { readonly kind: 'started'; readonly version: string }
  | { readonly kind: 'stopped'; readonly version?: string }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'startup-complete' }
  | { readonly kind: 'startup-delayed'; readonly delayMs: number }
  | { readonly kind: 'child-started'; readonly process: string; readonly pid: number }
  | { readonly kind: 'reloading' }
  | { readonly kind: 'reload-rejected' }
  | { readonly kind: 'command-line'; readonly argv: readonly string[] }
  | { readonly kind: 'config-file'; readonly path: string }
  | {
      readonly kind: 'config-error';
      readonly message: string;
      readonly file?: string;
      readonly line?: number;
    }
  | { readonly kind: 'already-running' }
  | { readonly kind: 'dump-written'; readonly what: 'data' | 'stats' | 'json' };

export type LogProcess = 'parent' | 'vrrp' | 'checkers' | 'bfd';

/** `loggedBy` where the line has a syslog prefix. */
export type LogEvent = (InstanceEvent | NodeEvent) & {
  readonly loggedBy?: { readonly process: LogProcess; readonly pid?: number };
};
