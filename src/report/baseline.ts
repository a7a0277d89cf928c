// What is new, gone and unchanged since an earlier document of the same kind. A finding is the same when rule and
// subject are; counters, times and wording may differ. It reads text and compares; it opens no file.
import { z } from 'zod';
import type { CheckReport, Finding, RuleVerdict, Severity } from './report.ts';
import { severityRank } from './story.ts';

/** A finding, or a problem of a file, as far as two documents can be compared by it. */
export interface Entry {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Finding['subject'];
  readonly title: string;
  /** Where a problem of a configuration file stands. */
  readonly file?: string;
  readonly line?: number;
}

export interface NewEntry extends Entry {
  /** It was there before, and less grave. */
  readonly was?: Severity;
}

export interface Comparison {
  readonly file: string;
  /** When the earlier check began, ISO 8601; other documents do not say. */
  readonly startedAt?: string;
  /** Not there before, or graver than before. */
  readonly new: readonly NewEntry[];
  readonly gone: readonly Entry[];
  readonly unchanged: readonly Entry[];
  /** There before; whether it still is could not be judged. */
  readonly unjudged: readonly Entry[];
}

export type BaselineKind = 'check' | 'lint' | 'tabletop';

export interface Baseline {
  readonly file: string;
  readonly startedAt?: string;
  readonly entries: readonly Entry[];
}

const severity = z.enum(['critical', 'high', 'medium', 'low']);
const subject = z.object({
  nodes: z.array(z.string()),
  vrid: z.number().exactOptional(),
  vip: z.string().exactOptional(),
});
const finding = z.object({ id: z.string(), rule: z.string(), severity, subject, title: z.string() });
const problem = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  rule: z.string(),
  severity,
  message: z.string(),
});

/** Of an earlier document only what is compared. */
const documentSchema = z.object({
  startedAt: z.string().exactOptional(),
  findings: z.array(finding),
  files: z
    .array(z.object({ node: z.string(), path: z.string(), problems: z.array(problem) }))
    .exactOptional(),
});

const knownVersion = 1;

type Head = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Head =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const commands: Readonly<Record<BaselineKind, string>> = {
  check: 'vipdoctor check --format json',
  lint: 'vipdoctor lint --format json',
  tabletop: 'vipdoctor tabletop --format json',
};

/** Problems of a file are compared by what is wrong, not by the line it has moved to. */
export const problemEntry = (
  node: string,
  { file, line, column, rule, severity: grave, message }: z.infer<typeof problem>,
): Entry => ({
  id: `${rule}/${node}/${file}:${line}:${column}`,
  rule,
  severity: grave,
  subject: { nodes: [node] },
  title: message,
  file,
  line,
});

export const findingEntry = ({ id, rule, severity: grave, subject: about, title }: Finding): Entry => ({
  id,
  rule,
  severity: grave,
  subject: about,
  title,
});

export type BaselineReading =
  | { readonly kind: 'read'; readonly baseline: Baseline }
  | { readonly kind: 'unusable'; readonly why: string };

export const readBaseline = (text: string, file: string, wanted: BaselineKind): BaselineReading => {
  const unusable = (why: string): BaselineReading => ({ kind: 'unusable', why: `${file}: ${why}` });
  const advice = `write one with "${commands[wanted]} -o FILE"`;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (text.trim() === '') return unusable(`it is empty, and no earlier report: ${advice}`);
    const why = error instanceof Error ? error.message : String(error);
    const lines = text.trim().split('\n');
    return unusable(
      lines.length > 1 && lines.every((line) => line.startsWith('{'))
        ? `it is one value on each line, as --format ndjson writes: ${advice}`
        : `it is not JSON (${why}): ${advice}`,
    );
  }
  if (!isRecord(value) || typeof value.kind !== 'string')
    return unusable(`it is JSON, but no report of vipdoctor: ${advice}`);
  if (value.kind !== wanted)
    return unusable(
      `it is a report of "${value.kind}", and cannot be compared with one of "${wanted}": ${advice}`,
    );
  if (value.schemaVersion !== knownVersion)
    return unusable(
      typeof value.schemaVersion === 'number' && value.schemaVersion > knownVersion
        ? `its schemaVersion is ${value.schemaVersion}, and this vipdoctor reads up to ${knownVersion}: use the vipdoctor that wrote it, or ${advice}`
        : `its schemaVersion is not ${knownVersion}: ${advice}`,
    );
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return unusable(
      `it is damaged (${issue === undefined ? 'unreadable' : `${issue.path.join('.')}: ${issue.message}`}): ${advice}`,
    );
  }
  const { startedAt, findings, files = [] } = parsed.data;
  return {
    kind: 'read',
    baseline: {
      file,
      ...(startedAt === undefined ? {} : { startedAt }),
      entries: [
        ...findings,
        ...files.flatMap(({ node, problems }) => problems.map((one) => problemEntry(node, one))),
      ],
    },
  };
};

/** What a message counts, or at which line, may change without another problem. */
const withoutNumbers = (message: string): string => message.replace(/\b(line|lines|column) \d+/g, '$1');

/** Rule and subject; of problems rule, file and what is wrong. */
const identityOf = ({ rule, subject: { nodes, vrid, vip }, title, file }: Entry): string =>
  JSON.stringify(
    file === undefined
      ? [rule, [...nodes].sort(), vrid ?? null, vip?.split('/')[0] ?? null]
      : [rule, [...nodes].sort(), file, withoutNumbers(title)],
  );

/** Equal ones are told apart by their number, the gravest first. */
const keyed = (entries: readonly Entry[]): ReadonlyMap<string, Entry> => {
  const keys = new Map<string, Entry>();
  const seen = new Map<string, number>();
  const inOrder = entries.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  for (const entry of inOrder) {
    const identity = identityOf(entry);
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    keys.set(`${identity}#${count}`, entry);
  }
  return keys;
};

export interface Present {
  /** What counts now. */
  readonly entries: readonly Entry[];
  /** Found as well, and accepted: neither new nor gone. */
  readonly accepted: readonly Entry[];
  /** Whether an entry that is no longer found could have been. */
  readonly couldBeJudged: (entry: Entry) => boolean;
}

export const compareWithBaseline = (
  { file, startedAt, entries: earlier }: Baseline,
  { entries, accepted, couldBeJudged }: Present,
): Comparison => {
  const before = keyed(earlier);
  const now = keyed(entries);
  const waived = keyed(accepted);
  const pairs = [...now].map(([key, entry]) => ({ entry, known: before.get(key) }));
  const missing = [...before].flatMap(([key, entry]) => (now.has(key) || waived.has(key) ? [] : [entry]));
  return {
    file,
    ...(startedAt === undefined ? {} : { startedAt }),
    new: pairs.flatMap(({ entry, known }): readonly NewEntry[] => {
      if (known === undefined) return [entry];
      return severityRank(known.severity) < severityRank(entry.severity)
        ? [{ ...entry, was: known.severity }]
        : [];
    }),
    gone: missing.filter(couldBeJudged),
    unchanged: pairs.flatMap(({ entry, known }) =>
      known !== undefined && severityRank(known.severity) >= severityRank(entry.severity) ? [entry] : [],
    ),
    unjudged: missing.filter((entry) => !couldBeJudged(entry)),
  };
};

/** What `--fail-on` weighs: with a baseline only what is new since. */
export const countedOf = <T extends { readonly id: string }>(
  items: readonly T[],
  comparison: Comparison | undefined,
): readonly T[] => {
  if (comparison === undefined) return items;
  const fresh = new Set(comparison.new.map(({ id }) => id));
  return items.filter(({ id }) => fresh.has(id));
};

/** `1 new, 2 gone, 3 unchanged`; what could not be judged only when there is some. */
export const comparisonWords = ({ new: fresh, gone, unchanged, unjudged }: Comparison): string =>
  [
    `${fresh.length} new`,
    `${gone.length} gone`,
    `${unchanged.length} unchanged`,
    ...(unjudged.length === 0 ? [] : [`${unjudged.length} not judged this time`]),
  ].join(', ');

/** `high rp-filter-drop (n2): n2 drops adverts`. */
export const entryWords = (entry: NewEntry): string => {
  const where =
    entry.file === undefined ? entry.subject.nodes.join(', ') : `${entry.file}:${entry.line ?? '?'}`;
  const was = entry.was === undefined ? '' : `, was ${entry.was}`;
  return `${entry.severity}${was}: ${entry.title} (${[entry.rule, where].filter((part) => part !== '').join(', ')})`;
};

interface Judged {
  readonly findings: readonly Finding[];
  readonly accepted: readonly Finding[];
  readonly verdicts: readonly RuleVerdict[];
  /** Nodes that were judged at all. */
  readonly nodes: readonly string[];
}

/** What is gone must have been looked for: by a rule that was evaluated, on nodes that answered. */
export const presentOf = ({ findings, accepted, verdicts, nodes }: Judged): Present => {
  const evaluated = new Set(
    verdicts.filter(({ result }) => result !== 'not-evaluated').map(({ rule }) => rule),
  );
  const judged = new Set(nodes);
  return {
    entries: findings.map(findingEntry),
    accepted: accepted.map(findingEntry),
    couldBeJudged: ({ rule, subject: { nodes: about } }) =>
      evaluated.has(rule) && about.every((node) => judged.has(node)),
  };
};

/** A check compared with an earlier one. */
export const withBaseline = (report: CheckReport, baseline: Baseline | undefined): CheckReport =>
  baseline === undefined
    ? report
    : {
        ...report,
        baseline: compareWithBaseline(
          baseline,
          presentOf({
            ...report,
            nodes: report.nodes.flatMap(({ name, reachable }) => (reachable ? [name] : [])),
          }),
        ),
      };
