// The report as an operator reads it at 3 a.m. in 80 columns: verdict, cause, proof, fix, then how far adverts
// climbed, who the nodes are, what was cleared and what could not be judged. Colour never says what words do not.
import type { CheckReport, Verdict } from './report.ts';
import { countWords, secondsWords, severityRank, tellStory } from './story.ts';
import { clearedWords, innocentWord } from './suspects.ts';
import { causeSection, otherSection } from './text-causes.ts';
import { ladderSection, nodesSection } from './text-cluster.ts';
import { type Desk, deskFor, section, sentences } from './text-desk.ts';
import { acceptedSection, sinceSection } from './text-settled.ts';
import { columnsOf, type Paint, paint, type TerminalStyle, wrap } from './typeset.ts';

const verdictPaint: Record<Verdict, Paint> = {
  critical: 'red',
  degraded: 'yellow',
  healthy: 'green',
  unknown: 'yellow',
};

const headline = (desk: Desk, report: CheckReport): readonly string[] => {
  const { style, glyphs } = desk;
  const mark = `${glyphs.verdict[report.verdict]} ${report.verdict.toUpperCase()}`;
  const hang = columnsOf(mark) + 2;
  const lines = wrap(desk.safe(report.headline), style.width - hang);
  const reached = report.nodes.filter((node) => node.reachable).length;
  const nodes =
    reached === report.nodes.length
      ? countWords(reached, 'node')
      : `${reached} of ${countWords(report.nodes.length, 'node')} reached`;
  const meta = [
    nodes,
    `listened ${secondsWords(report.listening.ms)}`,
    `${secondsWords(report.durationMs)} in all`,
  ].join(` ${glyphs.dot} `);
  return [
    ...lines.map((line, at) =>
      at === 0
        ? `${paint(style, mark, verdictPaint[report.verdict], 'bold')}  ${paint(style, line, 'bold')}`
        : `${' '.repeat(hang)}${paint(style, line, 'bold')}`,
    ),
    ...(lines.length === 0 ? [paint(style, mark, verdictPaint[report.verdict], 'bold')] : []),
    ...wrap(meta, style.width - hang).map((line) => `${' '.repeat(hang)}${paint(style, line, 'dim')}`),
  ];
};

/** `text`: plain words for terminals, logs and pagers. */
export const renderText = (report: CheckReport, style: TerminalStyle): string => {
  const desk = deskFor({ ...style, width: Math.max(20, style.width) });
  const story = tellStory(report);
  const told = story.causes.filter(({ finding }) => severityRank(finding.severity) >= severityRank('high'));
  const shown = told.length > 0 ? told : story.causes.slice(0, 1);
  const others = [
    ...story.causes.filter((cause) => !shown.includes(cause)).map((cause) => cause.finding),
    ...story.stray,
  ];
  const { words, more } = clearedWords(story.cleared);
  const counted = more === 0 ? [] : [countWords(more, words.length === 0 ? 'rule' : 'more rule')];
  const cleared = wrap([...words, ...counted].join(', '), desk.room).map((line) => paint(style, line, 'dim'));
  const innocent =
    story.innocent.length === 0
      ? []
      : sentences(
          desk,
          `${story.innocent.map((verdict) => innocentWord(verdict.rule)).join(', ')}: no cause here`,
        );
  const open = [
    ...report.gaps.flatMap((gap) => sentences(desk, gap)),
    ...story.unjudged.flatMap(({ reason, rules }) => sentences(desk, `${rules.join(', ')}: ${reason}`)),
  ];
  const lines = [
    ...headline(desk, report),
    ...shown.flatMap((cause) => causeSection(desk, cause)),
    ...otherSection(desk, others),
    ...sinceSection(desk, report.baseline),
    ...acceptedSection(desk, report.accepted),
    ...ladderSection(desk, report),
    ...nodesSection(desk, report),
    ...(cleared.length + innocent.length > 0 ? [''] : []),
    ...section(desk, 'cleared', cleared),
    ...section(desk, 'benign', innocent),
    ...(open.length > 0 ? [''] : []),
    ...section(desk, 'open', open.length > 0 ? ['This could not be judged:', ...open] : []),
  ];
  return `${lines.join('\n')}\n`;
};
