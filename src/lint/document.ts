// The document of `lint`: what a keepalived of one version does with each file, and where files of one cluster
// disagree. It has types of its own, so that it does not move when the grammar does.
import type { AcceptedFinding, JudgedAcceptance } from '../report/acceptance.ts';
import type { Comparison } from '../report/baseline.ts';
import type { Finding, Severity } from '../report/report.ts';
import type { AcceptedProblem } from './accepted.ts';

/** `clean`: taken as it is. `adjusted`: runs, but not with what is written. `rejected`: does not run. */
export type LintResult = 'clean' | 'adjusted' | 'rejected';

export interface LintProblem {
  /** As it was given; files it includes by their own path. */
  readonly file: string;
  /** Counted from 1, as is the column. */
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
}

/** What keepalived runs with. */
export interface LintInstance {
  readonly name: string;
  readonly interface: string | null;
  readonly vrid: number | null;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: 2 | 3;
  readonly priority: number;
  readonly advertIntervalMs: number;
  /** With prefix. */
  readonly vips: readonly string[];
  readonly unicastPeers: readonly string[];
  readonly state: 'MASTER' | 'BACKUP';
  readonly nopreempt: boolean;
}

export interface LintFile {
  readonly path: string;
  /** Name of the node this file stands for in findings. */
  readonly node: string;
  readonly result: LintResult;
  /** What `keepalived -t` of that version says, given the interfaces, users and files named. */
  readonly configTest: 'passes' | 'fails';
  readonly problems: readonly LintProblem[];
  /** Problems that do not count; absent when there are none. */
  readonly accepted?: readonly AcceptedProblem[];
  readonly instances: readonly LintInstance[];
}

export interface LintReport {
  readonly schemaVersion: 1;
  readonly kind: 'lint';
  readonly tool: { readonly name: string; readonly version: string };
  readonly keepalivedVersion: string;
  readonly files: readonly LintFile[];
  readonly findings: readonly Finding[];
  /** Findings that do not count, because vipdoctor.yaml accepts them. */
  readonly accepted: readonly AcceptedFinding[];
  readonly acceptances?: readonly JudgedAcceptance[];
  readonly baseline?: Comparison;
}
