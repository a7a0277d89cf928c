// What `watch` tells: events as they happen, and a summary of how things stand, in the names scripts rely on. It knows
// nothing about how they are shown, nor where they come from. Times are of the machine vipdoctor runs on.

/** Why the master changed, as the wire alone shows it. */
export type TransitionReason =
  /** The first sender heard of this VRID. */
  | 'first-heard'
  /** The old master resigned with priority 0. */
  | 'priority-0'
  /** The old master had been silent for as long as an election waits. */
  | 'silence'
  /** The old master was outranked, by priority or on a tie by address, and fell silent. */
  | 'outranked'
  /** Of two senders the one with the lower priority went on alone. */
  | 'yielded'
  /** The same master again, after a silence nobody filled. */
  | 'returned';

/** What else was seen around a change: a line of a log, an interface, a process, a connection. */
export interface WatchClue {
  readonly node: string;
  readonly source: 'log' | 'link' | 'process' | 'connection';
  readonly text: string;
  /** The line it was read from, where there is one. */
  readonly quote?: string;
}

export interface WatchTransition {
  readonly at: string;
  /** `VRID/family/segment`, as in `check`. */
  readonly router: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Node names, or addresses of senders that are none of the nodes; null: nobody before, or nobody after. */
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: TransitionReason;
  /** One sentence: what happened and why, as far as it was seen. */
  readonly text: string;
  /** From the last advert of the old master (a resignation included) to the first of the new one. */
  readonly silentMs: number | null;
  readonly because: readonly WatchClue[];
}

export type SourceName = 'adverts' | 'log' | 'addresses';

interface About {
  readonly router: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
}

export type WatchEvent =
  | {
      readonly kind: 'started';
      readonly at: string;
      readonly schemaVersion: 1;
      readonly tool: { readonly name: string; readonly version: string };
      readonly nodes: readonly { readonly name: string; readonly address: string }[];
    }
  /** The connection to a node. */
  | {
      readonly kind: 'node';
      readonly at: string;
      readonly node: string;
      readonly state: 'connected' | 'lost' | 'given-up' | 'rebooted';
      readonly problem?: string;
      readonly nextStep?: string;
      /** When it is tried again. */
      readonly retryInMs?: number;
    }
  /** One of the streams from a node or the observer. */
  | {
      readonly kind: 'source';
      readonly at: string;
      /** Node name or `observer`. */
      readonly node: string;
      readonly source: SourceName;
      readonly state: 'working' | 'down';
      readonly problem?: string;
      readonly retryInMs?: number;
    }
  /** keepalived's processes on a node. */
  | {
      readonly kind: 'process';
      readonly at: string;
      readonly node: string;
      readonly state: 'running' | 'stopped' | 'frozen';
    }
  | {
      readonly kind: 'link';
      readonly at: string;
      readonly node: string;
      readonly interface: string;
      readonly state: 'up' | 'down' | 'gone';
    }
  /** A VRID is heard, or known from a node's configuration, for the first time. */
  | ({
      readonly kind: 'router';
      readonly at: string;
      readonly origin: 'ours' | 'unknown' | 'unidentified';
      readonly text: string;
    } & About)
  | ({ readonly kind: 'transition' } & WatchTransition)
  | ({
      readonly kind: 'two-masters';
      readonly at: string;
      readonly state: 'begin' | 'end';
      readonly masters: readonly string[];
    } & About)
  | ({
      readonly kind: 'missed';
      readonly at: string;
      readonly sender: string;
      /** Who missed them: a node name or `observer`. */
      readonly heardAt: string;
      readonly missed: number;
      readonly gapMs: number;
    } & About)
  | {
      readonly kind: 'vip';
      readonly at: string;
      readonly node: string;
      readonly vip: string;
      readonly state: 'added' | 'removed';
      readonly interface: string;
    }
  /** An advert whose VRID belongs to none of the nodes, or whose sender does not. */
  | ({
      readonly kind: 'stranger';
      readonly at: string;
      readonly state: 'heard' | 'silent';
      readonly what: 'vrid' | 'sender';
      readonly sender: string;
      readonly mac: string | null;
      readonly addresses: readonly string[];
      readonly text: string;
    } & About)
  | {
      readonly kind: 'log';
      readonly at: string;
      readonly node: string;
      readonly text: string;
      readonly quote: string;
    }
  /** Events that were left out because nobody took them in time. */
  | { readonly kind: 'dropped'; readonly at: string; readonly count: number }
  | ({ readonly kind: 'summary' } & WatchSummary)
  | {
      readonly kind: 'ended';
      readonly at: string;
      readonly because: 'duration' | 'interrupted' | 'quit';
      readonly durationMs: number;
    };

export interface WatchEar {
  /** Node name or `observer`. */
  readonly heardAt: string;
  readonly sender: string;
  readonly dst: string;
  readonly adverts: number;
  /** Since the start. */
  readonly missed: number;
  readonly missedLastHour: number;
  /** Over the last adverts heard; null below two of them. */
  readonly ratePerSecond: number | null;
  readonly jitterMs: number | null;
}

export interface WatchRouter {
  readonly id: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** `unidentified`: it may belong to a node whose configuration could not be read. */
  readonly origin: 'ours' | 'unknown' | 'unidentified';
  readonly version: number;
  readonly mode: 'multicast' | 'unicast';
  readonly vips: readonly string[];
  /** Who sends; two or more is a fault. */
  readonly masters: readonly string[];
  /** `unheard`: nobody listens where it could be heard. */
  readonly hearing: 'heard' | 'silent' | 'unheard';
  readonly since: string | null;
  /** `seen`: we saw it take over; `logged`: its node's log says so; `at-least`: it was master before we came. */
  readonly sinceIs: 'seen' | 'logged' | 'at-least' | null;
  readonly priority: number | null;
  readonly advertIntervalMs: number | null;
  /** As the best ear hears it: another node, else the observer, else the sender itself. */
  readonly ratePerSecond: number | null;
  readonly jitterMs: number | null;
  /** Of the ear that missed most of the present master's adverts. */
  readonly missed: number;
  readonly missedLastHour: number;
  /** Changes of master, the first one heard not counted. */
  readonly transitions: number;
  readonly flapsLastHour: number;
  readonly holders: readonly { readonly vip: string; readonly nodes: readonly string[] }[];
  readonly members: readonly {
    readonly node: string;
    readonly instance: string;
    readonly interface: string;
    readonly priority: number | null;
    /** As adverts, processes and the node's log tell it. */
    readonly state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOPPED' | 'FROZEN' | 'UNKNOWN';
  }[];
  /** Senders that are none of the nodes. */
  readonly strangers: readonly string[];
  readonly ears: readonly WatchEar[];
}

export interface WatchNode {
  readonly name: string;
  readonly address: string;
  readonly connection: 'connecting' | 'connected' | 'lost' | 'given-up';
  /** Since when it is in that state. */
  readonly since: string;
  readonly problem?: string;
  readonly nextStep?: string;
  /** When it is tried again. */
  readonly retryAt?: string;
  /** How often the connection was lost. */
  readonly losses: number;
  readonly keepalived: 'running' | 'stopped' | 'frozen' | 'unknown';
  readonly sources: readonly WatchSource[];
}

export interface WatchSource {
  readonly source: SourceName;
  readonly state: 'starting' | 'working' | 'down' | 'absent';
  readonly problem?: string;
  /** How often it went down. */
  readonly losses: number;
}

export interface WatchSummary {
  readonly at: string;
  readonly startedAt: string;
  readonly watchedMs: number;
  readonly routers: readonly WatchRouter[];
  readonly nodes: readonly WatchNode[];
  readonly observer: { readonly where: string; readonly interface: string | null } & WatchSource;
  /** VRIDs or senders beyond what memory may hold; 0 is normal. */
  readonly beyond: number;
}
