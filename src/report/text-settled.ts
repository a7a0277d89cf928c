// The part of a text report about what is settled: findings somebody accepted, and what changed since an earlier
// report. It says what does not count, so that nothing is hidden.
import { type AcceptedFinding, waiverWords } from './acceptance.ts';
import { type Comparison, comparisonWords, type Entry, entryWords } from './baseline.ts';
import { subjectWords } from './story.ts';
import { type Desk, section, sentences } from './text-desk.ts';
import { wrap } from './typeset.ts';

const indented = (desk: Desk, text: string): readonly string[] =>
  wrap(desk.safe(text), desk.room - 2).map((line) => `  ${line}`);

/** `multiple-masters (n1, n2)`. */
export const followersWords = (root: AcceptedFinding, accepted: readonly AcceptedFinding[]): string =>
  accepted
    .filter(({ acceptance }) => acceptance.through === root.id)
    .map((finding) => `${finding.rule} (${subjectWords(finding)})`)
    .join(', ');

/** Accepted by their own name; what went with them is told with them. */
export const acceptedByName = (accepted: readonly AcceptedFinding[]): readonly AcceptedFinding[] =>
  accepted.filter(({ acceptance }) => acceptance.through === undefined);

export const acceptedSection = (desk: Desk, accepted: readonly AcceptedFinding[]): readonly string[] =>
  accepted.length === 0
    ? []
    : [
        '',
        ...section(
          desk,
          'known',
          acceptedByName(accepted).flatMap((finding) => {
            const followers = followersWords(finding, accepted);
            return [
              ...sentences(desk, `${finding.severity}: ${finding.title} (${finding.rule})`),
              ...indented(desk, waiverWords(finding.acceptance)),
              ...(followers === '' ? [] : indented(desk, `and with it ${followers}`)),
            ];
          }),
        ),
      ];

const dayWords = ({ file, startedAt }: Comparison): string =>
  startedAt === undefined ? file : `${file} of ${startedAt}`;

export const sinceSection = (desk: Desk, comparison: Comparison | undefined): readonly string[] => {
  if (comparison === undefined) return [];
  const list = (word: string, entries: readonly Entry[]): readonly string[] =>
    entries.flatMap((entry) => indented(desk, `${word}: ${entryWords(entry)}`));
  return [
    '',
    ...section(desk, 'since', [
      ...sentences(desk, `${dayWords(comparison)}: ${comparisonWords(comparison)}`),
      ...list('new', comparison.new),
      ...list('gone', comparison.gone),
      ...list('not judged', comparison.unjudged),
    ]),
  ];
};
