// From a judged configuration to the document: complaints become problems with a severity, instances the values
// keepalived runs with. It adds no judgement of its own.
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import { type Complaint, configTestOf, type Weight } from '../keepalived/validation/complaint.ts';
import { complaintRules } from '../keepalived/validation/complaint-rules.ts';
import type { Validation } from '../keepalived/validation/validate.ts';
import type { Tolerance } from '../report/acceptance.ts';
import {
  type Baseline,
  compareWithBaseline,
  type Entry,
  findingEntry,
  presentOf,
  problemEntry,
} from '../report/baseline.ts';
import type { RuleVerdict, Severity } from '../report/report.ts';
import { judgeAcceptances } from '../rules/acceptance.ts';
import type { Judgement } from '../rules/judge.ts';
import { siftFile } from './accepted.ts';
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
  insecure: 'medium',
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
  configTest: configTestOf(judged.validation.complaints),
  problems: judged.validation.complaints.map((complaint) => problemOf(complaint, judged)),
  instances: instancesOf(judged.config),
});

interface About {
  readonly tool: LintReport['tool'];
  readonly keepalivedVersion: string;
}

/** Every complaint that can be made; none of them needs a node that runs. */
const complaintVerdicts: readonly RuleVerdict[] = complaintRules.map((rule) => ({ rule, result: 'clear' }));

export const composeLint = (
  judged: readonly JudgedFile[],
  { findings, accepted, verdicts }: Pick<Judgement, 'findings' | 'accepted' | 'verdicts'>,
  about: About,
  tolerance: Tolerance = { acceptances: [], today: '' },
): LintReport => {
  const files = judged.map(fileOf);
  const matchable = [
    ...findings,
    ...accepted,
    ...files.flatMap(({ node, problems }) => problems.map((problem) => problemEntry(node, problem))),
  ];
  const acceptances = judgeAcceptances(matchable, [...verdicts, ...complaintVerdicts], tolerance);
  return {
    schemaVersion: 1,
    kind: 'lint',
    ...about,
    files: files.map((file) => siftFile(file, tolerance)),
    findings,
    accepted,
    ...(acceptances.length === 0 ? {} : { acceptances }),
  };
};

const entriesOf = (report: LintReport): readonly Entry[] => [
  ...report.findings.map(findingEntry),
  ...report.files.flatMap(({ node, problems }) => problems.map((problem) => problemEntry(node, problem))),
];

/** Compared with an earlier document; a problem is gone only when its file was read again. */
export const compareLint = (
  report: LintReport,
  verdicts: readonly RuleVerdict[],
  baseline: Baseline | undefined,
): LintReport => {
  if (baseline === undefined) return report;
  const present = presentOf({ ...report, verdicts, nodes: report.files.map(({ node }) => node) });
  const paths = new Set(report.files.map(({ path }) => path));
  const comparison = compareWithBaseline(baseline, {
    entries: entriesOf(report),
    accepted: [
      ...present.accepted,
      ...report.files.flatMap(({ node, accepted = [] }) => accepted.map((one) => problemEntry(node, one))),
    ],
    couldBeJudged: (entry) =>
      entry.file === undefined
        ? present.couldBeJudged(entry)
        : paths.has(entry.file) || report.files.some(({ node }) => entry.subject.nodes.includes(node)),
  });
  return { ...report, baseline: comparison };
};
