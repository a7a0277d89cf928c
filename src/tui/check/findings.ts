// The findings as a list to walk through: root causes first, what they bring about folded under them, then whatever
// stands alone. With a filter: everything that has the words. Pure selection; it draws nothing.
import type { CheckReport, Finding } from '../../report/report.ts';
import { type Cause, tellStory } from '../../report/story.ts';
import { type Filter, passesFilter } from '../entry.ts';
import { clampSelection } from '../scroll.ts';
import type { CheckState } from './state.ts';

export interface Item {
  readonly finding: Finding;
  readonly rank: 'root' | 'consequence';
  /** Of a root cause: what it brings about, while folded. */
  readonly folded: readonly Finding[];
}

const searchedText = (finding: Finding): string =>
  [
    finding.rule,
    finding.severity,
    finding.title,
    finding.summary,
    ...finding.subject.nodes,
    finding.subject.vip ?? '',
    finding.subject.vrid === undefined ? '' : `vrid ${finding.subject.vrid}`,
    ...finding.evidence.flatMap((one) => [one.node, one.source, one.quote]),
    finding.remedy.text,
    ...finding.remedy.commands.map((one) => one.command),
  ].join('\n');

const itemsOfCause = (cause: Cause, unfolded: ReadonlySet<string>): readonly Item[] => {
  const open = unfolded.has(cause.finding.id);
  return [
    { finding: cause.finding, rank: 'root', folded: open ? [] : cause.consequences },
    ...(open
      ? cause.consequences.map((finding): Item => ({ finding, rank: 'consequence', folded: [] }))
      : []),
  ];
};

export const itemsOf = (
  report: CheckReport,
  { unfolded, filter }: { readonly unfolded: ReadonlySet<string>; readonly filter: Filter },
): readonly Item[] => {
  const story = tellStory(report);
  const stray = story.stray.map((finding): Item => ({ finding, rank: 'consequence', folded: [] }));
  const open = filter.kind === 'off' ? unfolded : new Set(story.causes.map((cause) => cause.finding.id));
  const items = [...story.causes.flatMap((cause) => itemsOfCause(cause, open)), ...stray];
  // What several causes bring about is listed once, under the first of them.
  const seen = new Set<string>();
  return items.filter(({ finding }) => {
    const fresh = !seen.has(finding.id) && passesFilter(filter, searchedText(finding));
    seen.add(finding.id);
    return fresh;
  });
};

/** The items that are shown and the place of the selected one; -1 when there are none. */
export const listOf = (
  state: Pick<CheckState, 'report' | 'unfolded' | 'filter' | 'selected'>,
): { readonly items: readonly Item[]; readonly at: number } => {
  if (state.report === undefined) return { items: [], at: -1 };
  const items = itemsOf(state.report, state);
  const found = items.findIndex((item) => item.finding.id === state.selected);
  return { items, at: clampSelection(found, items.length) };
};

export const selectedFinding = (state: CheckState): Finding | undefined => {
  const { items, at } = listOf(state);
  return items[at]?.finding;
};

export const consequencesOf = (report: CheckReport, finding: Finding): readonly Finding[] =>
  tellStory(report).causes.find((cause) => cause.finding.id === finding.id)?.consequences ?? [];

export const causesOf = (report: CheckReport, finding: Finding): readonly Finding[] =>
  report.findings.filter((candidate) => finding.causedBy.includes(candidate.id));
