// What changed since an earlier report, what somebody has accepted, what could not be judged, what was looked at and is
// innocent, and what people often suspect and should not.
import { waiverWords } from '../../report/acceptance.ts';
import { comparisonWords, entryWords } from '../../report/baseline.ts';
import type { CheckReport } from '../../report/report.ts';
import { countWords, tellStory } from '../../report/story.ts';
import { clearedWords, innocentWord } from '../../report/suspects.ts';
import { acceptedByName, followersWords } from '../../report/text-settled.ts';
import { hang, type Line, line, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';

export interface RestPart {
  readonly label: string;
  readonly lines: readonly Line[];
}

type Look = Pick<Surroundings, 'theme'>;

const indented = (text: string, columns: number, { theme }: Look): readonly Line[] =>
  hang(line('  '), wrapped(theme.safe(text), columns - 2));

const sinceLines = ({ baseline }: CheckReport, columns: number, look: Look): readonly Line[] => {
  if (baseline === undefined) return [];
  const { file, startedAt, new: fresh, gone, unjudged } = baseline;
  const when = startedAt === undefined ? file : `${file} of ${startedAt}`;
  return [
    ...wrapped(look.theme.safe(`${when}: ${comparisonWords(baseline)}`), columns),
    ...fresh.flatMap((entry) => indented(`new: ${entryWords(entry)}`, columns, look)),
    ...gone.flatMap((entry) => indented(`gone: ${entryWords(entry)}`, columns, look)),
    ...unjudged.flatMap((entry) => indented(`not judged: ${entryWords(entry)}`, columns, look)),
  ];
};

const acceptedLines = ({ accepted }: CheckReport, columns: number, look: Look): readonly Line[] =>
  acceptedByName(accepted).flatMap((finding) => {
    const followers = followersWords(finding, accepted);
    return [
      ...wrapped(look.theme.safe(`${finding.severity}: ${finding.title} (${finding.rule})`), columns),
      ...indented(waiverWords(finding.acceptance), columns, look),
      ...(followers === '' ? [] : indented(`and with it ${followers}`, columns, look)),
    ];
  });

export const restParts = (report: CheckReport, columns: number, look: Look): readonly RestPart[] => {
  const { theme } = look;
  const story = tellStory(report);
  const { words, more } = clearedWords(story.cleared);
  const counted = more === 0 ? [] : [countWords(more, words.length === 0 ? 'rule' : 'more rule')];
  const cleared = [...words, ...counted].join(', ');
  const benign = story.innocent.map((verdict) => innocentWord(verdict.rule)).join(', ');
  const open = [
    ...report.gaps,
    ...story.unjudged.map(({ reason, rules }) => `${rules.join(', ')}: ${reason}`),
  ];
  return [
    { label: 'since', lines: sinceLines(report, columns, look) },
    { label: 'known', lines: acceptedLines(report, columns, look) },
    {
      label: 'open',
      lines:
        open.length === 0
          ? []
          : [
              ...wrapped('This could not be judged:', columns, 'warn'),
              ...open.flatMap((text) => wrapped(theme.safe(text), columns)),
            ],
    },
    { label: 'cleared', lines: wrapped(theme.safe(cleared), columns, 'quiet') },
    {
      label: 'benign',
      lines: benign === '' ? [] : wrapped(theme.safe(`${benign}: no cause here`), columns, 'quiet'),
    },
  ].filter((part) => part.lines.length > 0);
};
