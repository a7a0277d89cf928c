// Pieces every page is made of: tables with headers, quotes from evidence, commands to copy. They take plain text and
// escape it; what is markup already says so in its name.
import { escapeMarkup } from '../escape.ts';

export interface Grid {
  /** Plain text; says what the table is for. */
  readonly caption: string;
  /** Plain text. */
  readonly head: readonly string[];
  /** Markup; the first cell of a row is its header. */
  readonly rowsMarkup: readonly (readonly string[])[];
  /** `stacked`: on a narrow screen every row becomes a short list. `rolling`: it is pushed sideways instead. */
  readonly narrow: 'stacked' | 'rolling';
}

export const gridLines = ({ caption, head, rowsMarkup, narrow }: Grid): readonly string[] => [
  // A region that can be pushed sideways must be reachable with the keyboard.
  ...(narrow === 'rolling'
    ? [`<div class="roll" role="region" tabindex="0" aria-label="${escapeMarkup(caption)}">`]
    : []),
  narrow === 'stacked' ? '<table class="stack">' : '<table>',
  `<caption>${escapeMarkup(caption)}</caption>`,
  `<thead><tr>${head.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join('')}</tr></thead>`,
  '<tbody>',
  ...rowsMarkup.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${first}</th>${rest
        .map((cell, at) => `<td data-label="${escapeMarkup(head[at + 1] ?? '')}">${cell}</td>`)
        .join('')}</tr>`,
  ),
  '</tbody>',
  '</table>',
  ...(narrow === 'rolling' ? ['</div>'] : []),
];

/** Text as it stood in the evidence, its lines kept. */
const keptLines = (text: string): string => text.split('\n').map(escapeMarkup).join('\n');

export const quoteLines = (quote: {
  readonly node: string;
  readonly source: string;
  readonly quote: string;
}): readonly string[] => [
  '<figure>',
  `<figcaption>${escapeMarkup(quote.node)}: ${escapeMarkup(quote.source)}</figcaption>`,
  `<pre>${keptLines(quote.quote)}</pre>`,
  '</figure>',
];

/** One command on a line after the node it is for; the prompt is left behind when the line is copied. */
export const commandLines = (
  commands: readonly { readonly node: string; readonly command: string }[],
): readonly string[] =>
  commands.length === 0
    ? []
    : [
        `<pre class="commands">${commands
          .map(
            ({ node, command }) => `<span class="prompt">${escapeMarkup(node)}$ </span>${keptLines(command)}`,
          )
          .join('\n')}</pre>`,
      ];

export const codeChips = (words: readonly string[]): readonly string[] =>
  words.length === 0
    ? []
    : ['<ul class="chips">', ...words.map((word) => `<li><code>${escapeMarkup(word)}</code></li>`), '</ul>'];
