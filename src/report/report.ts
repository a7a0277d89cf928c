// The report: what `check` found, in the names and shapes scripts rely on. It has types of its own, so that the
// document does not move when the model does, and knows nothing about how it is shown.
import type { AcceptedFinding, JudgedAcceptance } from './acceptance.ts';
import type { Comparison } from './baseline.ts';

export type Verdict = 'healthy' | 'degraded' | 'critical' | 'unknown';
export type Severity = 'critical' | 'high' | 'medium' | 'low';

export interface CheckReport {
  readonly schemaVersion: 1;
  readonly kind: 'check';
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** How long the wire was listened to, and why it ended. */
  readonly listening: { readonly ms: number; readonly endedBecause: string };
  readonly verdict: Verdict;
  /** One sentence a person can act on. */
  readonly headline: string;
  readonly clusters: readonly ReportCluster[];
  readonly nodes: readonly ReportNode[];
  readonly reachability: readonly ReportReach[];
  readonly findings: readonly Finding[];
  /** What was found and does not count, because vipdoctor.yaml accepts it. */
  readonly accepted: readonly AcceptedFinding[];
  /** The acceptances themselves; absent when there were none. */
  readonly acceptances?: readonly JudgedAcceptance[];
  /** With `--baseline`. */
  readonly baseline?: Comparison;
  readonly verdicts: readonly RuleVerdict[];
  /** What could not be judged and why, in words; empty when everything could. */
  readonly gaps: readonly string[];
  /** What each place heard, in the order of time; every place on its own clock. */
  readonly timeline: readonly ReportListener[];
  /** The last lines of each keepalived that tell its history, oldest first. */
  readonly history: readonly ReportLogLine[];
}

export interface ReportCluster {
  readonly id: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: 2 | 3;
  readonly mode: 'multicast' | 'unicast';
  readonly vips: readonly string[];
  readonly masters: readonly string[];
  readonly holders: readonly string[];
  readonly members: readonly {
    readonly node: string;
    readonly state: 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT' | 'STOPPED' | 'UNKNOWN';
    readonly priority: number | null;
    readonly effectivePriority: number | null;
    readonly advertIntervalMs: number | null;
    readonly interface: string;
  }[];
}

export interface ReportNode {
  readonly name: string;
  readonly address: string;
  readonly reachable: boolean;
  /** Why not, when it is not. */
  readonly problem?: string;
  readonly nextStep?: string;
  readonly keepalived: {
    readonly version: string | null;
    readonly running: boolean | null;
    readonly managedBy:
      | 'systemd'
      | 'docker'
      | 'podman'
      | 'containerd'
      | 'openrc'
      | 'sysv'
      | 'none'
      | 'unknown';
  };
}

export interface ReportReach {
  readonly vrid: number;
  readonly from: string;
  readonly to: string;
  readonly sent: number | null;
  readonly arrived: number | null;
  readonly delivered: number | null;
  /** keepalived's own decision; null when unknown. */
  readonly accepted: 'yes' | 'refused-lower-priority' | 'no' | null;
  readonly lostAt: null | 'sender' | 'network' | 'receiver-kernel' | 'daemon' | 'unknown';
  readonly detail: string;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly cause: 'root' | 'consequence';
  readonly causedBy: readonly string[];
  readonly id: string;
  readonly subject: { readonly nodes: readonly string[]; readonly vrid?: number; readonly vip?: string };
  readonly title: string;
  readonly summary: string;
  readonly evidence: readonly { readonly node: string; readonly source: string; readonly quote: string }[];
  readonly remedy: {
    readonly text: string;
    readonly commands: readonly { readonly node: string; readonly command: string }[];
  };
}

export interface RuleVerdict {
  readonly rule: string;
  readonly result: 'clear' | 'found' | 'not-evaluated';
  readonly reason?: string;
}

/** One place that listened: a node or the observer. Times are milliseconds after the first thing heard there. */
export interface ReportListener {
  /** Node name, or `observer`. */
  readonly at: string;
  /** What captured, e.g. `tcpdump -p -i any`. */
  readonly source: string;
  /** For how long in all; null when a recording does not say. */
  readonly listenedMs: number | null;
  /** ISO 8601: zero on the clock of that place; null when nothing was heard. */
  readonly zeroAt: string | null;
  readonly adverts: readonly ReportAdvertLane[];
  readonly addresses: readonly ReportAddressLane[];
  /** What keepalived there logged meanwhile. */
  readonly logged: readonly { readonly atMs: number; readonly text: string }[];
  /** Lanes that are not in this document because there are too many. */
  readonly lanesLeftOut: number;
}

/** How many, and when: of very many only the first ones have a time. */
export interface ReportMarks {
  readonly count: number;
  readonly atMs: readonly number[];
}

export interface ReportAdvertLane {
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Node name, `foreign` or `unidentified`. */
  readonly from: string;
  /** Source of the adverts; null when none came. */
  readonly address: string | null;
  /** `out`: seen leaving this host; `in`: arriving. */
  readonly direction: 'in' | 'out';
  /** Of unicast on the way out: where it goes. */
  readonly to?: string;
  readonly priorities: readonly number[];
  /** Captured here; null where nothing captured. */
  readonly heard: ReportMarks | null;
  /** What the kernel delivered to a raw socket; null on the way out and where nobody witnessed. */
  readonly delivered: ReportMarks | null;
}

/** `announcement`: gratuitous ARP or an unsolicited neighbour advertisement; `answer`: to somebody who asked. */
export interface ReportAddressLane {
  readonly kind: 'announcement' | 'answer';
  readonly vip: string;
  /** Node name, `foreign`, `unidentified`, or `unclear` when several nodes have that MAC. */
  readonly by: string;
  readonly mac: string | null;
  readonly atMs: readonly number[];
}

export interface ReportLogLine {
  readonly node: string;
  /** ISO 8601 on the node's clock; null when the log does not say. */
  readonly at: string | null;
  readonly text: string;
}
