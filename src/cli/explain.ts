// `vipdoctor explain`: a rule's page in the terminal. It knows how rules are worded, not how they judge.
import { escapeLine } from '../report/escape.ts';
import { severityRank } from '../report/story.ts';
import { pad, paint, type TerminalStyle, wrap } from '../report/typeset.ts';
import { rules } from '../rules/generated/index.ts';
import type { Severity } from '../rules/rule.ts';
import { type ParsedArguments, readDocumentFormat, readText } from './argument-values.ts';
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './faults.ts';
import type { Terminal } from './terminal.ts';

/** The words of a rule, without its judgement. */
export interface RulePage {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly proof: string;
  readonly remedy: string;
  readonly sources: readonly string[];
  readonly explains: readonly string[];
}

const pageOf = ({ id, severity, title, why, proof, remedy, sources, explains }: RulePage): RulePage => ({
  id,
  severity,
  title,
  why,
  proof,
  remedy,
  sources,
  explains,
});

const paragraphs = (label: string, text: string, style: TerminalStyle): readonly string[] => {
  const lines = text
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [''] : wrap(escapeLine(line, style.unicode), style.width - 2)));
  return lines.length === 0
    ? []
    : ['', paint(style, label, 'bold'), ...lines.map((line) => `  ${line}`.trimEnd())];
};

export const rulePageText = (page: RulePage, style: TerminalStyle): string =>
  `${[
    `${paint(style, page.id, 'bold')}  ${page.severity}`,
    ...wrap(escapeLine(page.title, style.unicode), style.width),
    ...paragraphs('Why it matters', page.why, style),
    ...paragraphs('How it is proven', page.proof, style),
    ...paragraphs('The fix', page.remedy, style),
    ...paragraphs('Brings about', page.explains.join(', '), style),
    ...paragraphs('Sources', page.sources.join('\n'), style),
  ].join('\n')}\n`;

export const ruleListText = (pages: readonly RulePage[], style: TerminalStyle): string => {
  const sorted = [...pages].sort(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || (a.id < b.id ? -1 : 1),
  );
  return `${sorted
    .flatMap((page) => [
      `${pad(page.severity, 8)}  ${paint(style, page.id, 'bold')}`,
      ...wrap(escapeLine(page.title, style.unicode), style.width - 10).map(
        (line) => `${' '.repeat(10)}${line}`,
      ),
    ])
    .join('\n')}\n`;
};

export const explainRule = (
  pages: readonly RulePage[],
  asked: string | undefined,
  format: 'text' | 'json',
  style: TerminalStyle,
): string => {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  if (asked === undefined) return format === 'json' ? json(pages.map(pageOf)) : ruleListText(pages, style);
  const page = pages.find((candidate) => candidate.id === asked);
  if (page === undefined)
    throw new UsageError(
      `there is no rule "${asked}".${didYouMean(
        asked,
        pages.map((candidate) => candidate.id),
      )}\n"vipdoctor explain" lists all rules.`,
    );
  return format === 'json' ? json(pageOf(page)) : rulePageText(page, style);
};

export const runExplainCommand = async (parsed: ParsedArguments, terminal: Terminal): Promise<number> => {
  const format = readDocumentFormat(parsed);
  await terminal.out(explainRule(rules, readText(parsed, 'rule'), format, terminal.outStyle('auto')));
  return 0;
};
