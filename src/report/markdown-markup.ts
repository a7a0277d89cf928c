// Markdown that says what the text says and nothing else: words in which no character starts markup, code that cannot
// end early, tables. It knows no report.
import { escapeLine } from './escape.ts';

/** Text in which no character starts markup, a mention or HTML, wherever it stands. */
export const markdownWords = (text: string): string =>
  escapeLine(text)
    .replace(/[\\`*_{}[\]<>()#+!|~@&]/g, '\\$&')
    .replace(/^(\s*)([-=]|\d+(?=[.)](?:\s|$)))/, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    );

const longestTicks = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));

export const markdownCode = (text: string): string => {
  const line = escapeLine(text);
  const fence = '`'.repeat(longestTicks(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
};

export const markdownBlock = (language: string, lines: readonly string[]): readonly string[] => {
  const safe = lines.map((line) => escapeLine(line));
  const fence = '`'.repeat(Math.max(3, longestTicks(safe.join('\n')) + 1));
  return [`${fence}${language}`, ...safe, fence];
};

const cells = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
export const markdownGrid = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => [cells(head), cells(head.map(() => '---')), ...rows.map(cells)];
