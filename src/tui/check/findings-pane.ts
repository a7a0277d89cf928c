// The findings as they are listed: glyph and word for the severity, the title, the first command of the fix where it
// is urgent, and what is folded under a cause.
import type { Finding } from '../../report/report.ts';
import { countWords, severityRank } from '../../report/story.ts';
import { columnsOf, pad } from '../../report/typeset.ts';
import { clip, hang, type Line, line, span, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { severityTone, type Theme } from '../theme.ts';
import type { Item } from './findings.ts';

/** The longest severity word. */
const severityColumns = 'critical'.length;

const commandLine = (finding: Finding, columns: number, theme: Theme): readonly Line[] => {
  const [first, ...more] = finding.remedy.commands;
  if (first === undefined) return [];
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const prompt = span(`${theme.safe(first.node)}$ `, 'quiet');
  const command = line(prompt, span(theme.safeCommand(first.command), 'accent'));
  return [[...clip(command, Math.max(8, columns - columnsOf(rest)), theme), span(rest, 'quiet')]];
};

const foldedLines = (item: Item, columns: number, theme: Theme): readonly Line[] => {
  if (item.folded.length === 0) return [];
  const names = [...new Set(item.folded.map((finding) => finding.rule))].join(', ');
  return [
    clip(
      line(
        span(
          `${theme.glyphs.folded} brings about ${countWords(item.folded.length, 'more finding')}: `,
          'quiet',
        ),
        span(theme.safe(names), 'quiet'),
      ),
      columns,
      theme,
    ),
  ];
};

export const itemLines = (
  item: Item,
  place: 'selected' | 'other',
  columns: number,
  { theme }: Pick<Surroundings, 'theme'>,
): readonly Line[] => {
  const { finding } = item;
  const { glyphs, safe } = theme;
  const pointer = place === 'selected' ? span(`${glyphs.pointer} `, 'accent') : span('  ');
  const nested = item.rank === 'consequence' ? '  ' : '';
  const narrow = columns < 50;
  const severity = span(
    `${glyphs.severity[finding.severity]} ${narrow ? finding.severity : pad(finding.severity, severityColumns)}`,
    severityTone[finding.severity],
  );
  const label = line(' ', pointer, nested, severity, '  ');
  const indent = narrow ? 4 + nested.length : 1 + 2 + nested.length + 2 + severityColumns + 2;
  const room = Math.max(4, columns - indent - 1);
  const tone = place === 'selected' || item.rank === 'root' ? 'strong' : 'plain';
  const title = wrapped(safe(finding.title), room, tone);
  const urgent = item.rank === 'root' && severityRank(finding.severity) >= severityRank('high');
  const below = [...(urgent ? commandLine(finding, room, theme) : []), ...foldedLines(item, room, theme)];
  const indented = (lines: readonly Line[]): readonly Line[] =>
    lines.map((one) => [span(' '.repeat(indent)), ...one]);
  return narrow
    ? [label, ...indented(title), ...indented(below)]
    : [...hang(label, title), ...indented(below)];
};
