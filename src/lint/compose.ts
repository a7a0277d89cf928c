// From a judged configuration to the document: complaints become problems with a severity, instances the values
// keepalived runs with. It adds no judgement of its own.
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import type { Complaint, Weight } from '../keepalived/validation/complaint.ts';
import type { Validation } from '../keepalived/validation/validate.ts';
import type { Finding, Severity } from '../report/report.ts';
import type { LintFile, LintInstance, LintProblem, LintReport } from './document.ts';

export interface JudgedFile {
  /** As the user named it. */
  readonly given: string;
  /** The path the configuration was read by. */
  readonly path: string;
  readonly node: string;
  readonly config: KeepalivedConfig;
  readonly validation: Validation;
}

const severities: Readonly<Record<Weight, Severity>> = {
  refuses: 'critical',
  objects: 'high',
  deprecated: 'medium',
  silent: 'medium',
  advice: 'low',
};

const problemOf = (complaint: Complaint, { given, path }: JudgedFile): LintProblem => ({
  file: complaint.file === path ? given : complaint.file,
  line: complaint.line,
  column: complaint.column,
  rule: complaint.rule,
  severity: severities[complaint.weight],
  message: complaint.message,
  ...(complaint.suggestion === undefined ? {} : { suggestion: complaint.suggestion }),
});

const instancesOf = (config: KeepalivedConfig): readonly LintInstance[] =>
  config.instances.map((instance) => ({
    name: instance.name,
    interface: instance.interface?.value ?? null,
    vrid: instance.vrid?.value ?? null,
    family: instance.family,
    version: instance.version.value,
    priority: instance.priority.value,
    advertIntervalMs: instance.advertIntervalMs.value,
    vips: instance.vips.map(({ cidr }) => cidr),
    unicastPeers: instance.unicastPeers.map(({ address }) => address),
    state: instance.state.value,
    nopreempt: instance.preempt.value === 'off',
  }));

const fileOf = (judged: JudgedFile): LintFile => ({
  path: judged.given,
  node: judged.node,
  result: judged.validation.verdict,
  configTest: judged.validation.verdict === 'clean' ? 'passes' : 'fails',
  problems: judged.validation.complaints.map((complaint) => problemOf(complaint, judged)),
  instances: instancesOf(judged.config),
});

export const composeLint = (
  files: readonly JudgedFile[],
  findings: readonly Finding[],
  about: { readonly tool: LintReport['tool']; readonly keepalivedVersion: string },
): LintReport => ({ schemaVersion: 1, kind: 'lint', ...about, files: files.map(fileOf), findings });
