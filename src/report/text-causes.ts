// The part of the text report that is acted on: causes with their proof and fix, and what else was found.
import { escapeCommand } from './escape.ts';
import type { Finding } from './report.ts';
import { type Cause, subjectWords } from './story.ts';
import { type Desk, section, sentences } from './text-desk.ts';
import { paint, wrap } from './typeset.ts';

/** A quote is shown whole up to here; longer ones are in the JSON report. */
const quoteLimit = 400;
/** More proof than this is no longer read at night; all of it is in the JSON report. */
const proofLimit = 6;

const shortened = (desk: Desk, text: string): string => {
  const line = desk.safe(text.trim());
  return line.length <= quoteLimit
    ? line
    : `${line.slice(0, quoteLimit)} (and ${line.length - quoteLimit} more characters)`;
};

const proofLines = (desk: Desk, finding: Finding): readonly string[] => [
  ...finding.evidence.slice(0, proofLimit).flatMap((evidence) => [
    ...wrap(`${desk.safe(evidence.node)}: ${desk.safe(evidence.source)}`, desk.room).map((line) =>
      paint(desk.style, line, 'dim'),
    ),
    ...evidence.quote
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => `  ${shortened(desk, line)}`),
  ]),
  ...(finding.evidence.length > proofLimit
    ? wrap(`and ${finding.evidence.length - proofLimit} more, see --format json`, desk.room)
    : []),
];

const fixLines = (desk: Desk, finding: Finding): readonly string[] => [
  ...sentences(desk, finding.remedy.text),
  ...finding.remedy.commands.map(
    ({ node, command }) =>
      `${paint(desk.style, `${desk.safe(node)}$`, 'dim')} ${paint(desk.style, escapeCommand(command, desk.style.unicode), 'cyan')}`,
  ),
];

const effectLines = (desk: Desk, consequences: readonly Finding[]): readonly string[] =>
  wrap(
    consequences
      .map((finding) => `${desk.safe(finding.rule)} (${desk.safe(subjectWords(finding))})`)
      .join(', '),
    desk.room,
  );

const nameLine = (desk: Desk, finding: Finding): readonly string[] =>
  wrap(
    [finding.severity, desk.safe(finding.rule), desk.safe(subjectWords(finding))]
      .filter((part) => part !== '')
      .join(` ${desk.glyphs.dot} `),
    desk.room,
  ).map((line) => paint(desk.style, line, 'dim'));

export const causeSection = (desk: Desk, { finding, consequences }: Cause): readonly string[] => [
  '',
  ...section(desk, 'cause', [
    ...sentences(desk, finding.title).map((line) => paint(desk.style, line, 'bold')),
    ...sentences(desk, finding.summary),
    ...nameLine(desk, finding),
  ]),
  ...section(desk, 'proof', proofLines(desk, finding)),
  ...section(desk, 'fix', fixLines(desk, finding)),
  ...section(desk, 'effect', effectLines(desk, consequences)),
];

export const otherSection = (desk: Desk, others: readonly Finding[]): readonly string[] =>
  others.length === 0
    ? []
    : [
        '',
        ...section(
          desk,
          'also',
          others.flatMap((finding) => [
            ...wrap(
              `${finding.severity}: ${desk.safe(finding.title)} (${desk.safe(finding.rule)})`,
              desk.room,
            ),
            ...fixLines(desk, { ...finding, remedy: { ...finding.remedy, text: '' } }),
          ]),
        ),
      ];
