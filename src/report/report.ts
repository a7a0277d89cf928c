// The report: what `check` found, in the names and shapes scripts rely on. It has types of its own, so that the
// document does not move when the model does, and knows nothing about how it is shown.
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
  readonly verdicts: readonly RuleVerdict[];
  /** What could not be judged and why, in words; empty when everything could. */
  readonly gaps: readonly string[];
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
