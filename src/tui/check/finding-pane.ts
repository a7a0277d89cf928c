// One finding, opened: what it is, what was seen on which node and where that was read, why it matters, and the fix
// with its commands whole. Nothing is left out: what does not fit is a matter of scrolling.
import type { CheckReport, Finding } from '../../report/report.ts';
import { subjectWords } from '../../report/story.ts';
import { columnsOf, wrap } from '../../report/typeset.ts';
import { emptyLine, hang, type Line, line, type Span, span, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { severityTone, type Theme } from '../theme.ts';
import { causesOf, consequencesOf } from './findings.ts';

const labelColumns = 10;

/** `5 → 9`: a counter before and after, made to be seen. */
const counterMove = /\d+ → \d+/g;

const quoteSpans = (text: string): Line => {
  const spans: Span[] = [];
  let from = 0;
  for (const found of text.matchAll(counterMove)) {
    spans.push(span(text.slice(from, found.index)), span(found[0], 'warn'));
    from = found.index + found[0].length;
  }
  return line(...spans, text.slice(from));
};

/** Every character where it stands, broken only where the terminal ends: this is to be copied. */
const hardWrap = (text: string, columns: number): readonly string[] => {
  const room = Math.max(2, columns);
  const lines: string[] = [];
  let piece = '';
  for (const character of text) {
    if (columnsOf(piece) + columnsOf(character) > room) {
      lines.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...lines, piece];
};

const section = (label: string, lines: readonly Line[], columns: number): readonly Line[] =>
  lines.length === 0
    ? []
    : columns < 50
      ? [line(' ', span(label, 'strong')), ...lines.map((one) => [span('   '), ...one])]
      : hang(line(' ', span(label, 'strong')), lines, labelColumns);

const evidenceLines = (finding: Finding, columns: number, theme: Theme): readonly Line[] => {
  let before = '';
  return finding.evidence.flatMap(({ node, source, quote }) => {
    const place = `${theme.safe(node)}: ${theme.safe(source)}`;
    const head = place === before ? [] : wrapped(place, columns, 'quiet');
    before = place;
    const lines = quote
      .split('\n')
      .filter((text) => text.trim() !== '')
      .flatMap((text) => wrap(theme.safe(text.trim()), columns - 2).map(quoteSpans));
    return [...head, ...lines.map((one) => [span('  '), ...one])];
  });
};

const fixLines = (finding: Finding, columns: number, theme: Theme): readonly Line[] => [
  ...wrapped(theme.safe(finding.remedy.text), columns),
  ...finding.remedy.commands.flatMap(({ node, command }) => {
    const prompt = `${theme.safe(node)}$ `;
    return hardWrap(`${prompt}${theme.safeCommand(command)}`, columns).map((text, at) =>
      at === 0
        ? line(span(text.slice(0, prompt.length), 'quiet'), span(text.slice(prompt.length), 'accent'))
        : line(span(text, 'accent')),
    );
  }),
];

const linkLines = (findings: readonly Finding[], columns: number, theme: Theme): readonly Line[] =>
  findings.flatMap((finding) => wrapped(theme.safe(`${finding.title} (${finding.rule})`), columns));

export interface FindingPlace {
  readonly report: CheckReport;
  readonly finding: Finding;
  /** Which of how many, counted from 1. */
  readonly at: number;
  readonly of: number;
  readonly why: string | undefined;
}

export const findingPane = (
  { report, finding, at, of, why }: FindingPlace,
  columns: number,
  { theme }: Pick<Surroundings, 'theme'>,
): readonly Line[] => {
  const { glyphs, safe } = theme;
  const room = Math.max(8, columns - (columns < 50 ? 3 : labelColumns) - 1);
  const about = [
    finding.rule,
    subjectWords(finding),
    ...(finding.subject.vrid === undefined ? [] : [`VRID ${finding.subject.vrid}`]),
    ...(finding.subject.vip === undefined ? [] : [`VIP ${finding.subject.vip}`]),
    finding.cause === 'root' ? 'root cause' : 'consequence',
    `${at} of ${of}`,
  ]
    .filter((part) => part !== '')
    .join(` ${glyphs.dot} `);
  const severity = span(
    `${glyphs.severity[finding.severity]} ${finding.severity}`,
    severityTone[finding.severity],
  );
  const parts = [
    [
      ...hang(line(' ', severity, '  '), wrapped(safe(about), Math.max(8, columns - 14), 'quiet')),
      ...wrapped(safe(finding.title), columns - 2, 'strong').map((one) => [span(' '), ...one]),
    ],
    section('seen', wrapped(safe(finding.summary), room), columns),
    section('evidence', evidenceLines(finding, room, theme), columns),
    section('why', why === undefined ? [] : wrapped(safe(why), room), columns),
    section('fix', fixLines(finding, room, theme), columns),
    section('because', linkLines(causesOf(report, finding), room, theme), columns),
    section('effects', linkLines(consequencesOf(report, finding), room, theme), columns),
  ].filter((part) => part.length > 0);
  return parts.flatMap((part, index) => (index === 0 ? part : [emptyLine, ...part]));
};
