// The frame of every HTML page: one file that stands alone, has no script and asks for nothing from elsewhere. It
// knows headings, a verdict and sections; what they say is given to it, already escaped.
import { escapeMarkup } from '../escape.ts';
import { pageStyle } from './style.ts';

/** Says how bad it is; always beside words, never by colour alone. */
export type Tone = 'critical' | 'high' | 'medium' | 'low' | 'degraded' | 'healthy' | 'unknown';

export interface PageSection {
  /** For the link from the table of contents; lower-case letters, digits and hyphens. */
  readonly id: string;
  /** Plain text. */
  readonly title: string;
  /** Markup below the heading. */
  readonly body: readonly string[];
}

export interface Page {
  /** Plain text, for the window and bookmarks. */
  readonly title: string;
  readonly tone: Tone;
  /** One word above the headline, plain text. */
  readonly word: string;
  /** Plain text. */
  readonly headline: string;
  /** Short facts below the headline, plain text. */
  readonly facts: readonly string[];
  readonly sections: readonly PageSection[];
  /** Plain text. */
  readonly footer: string;
  /** Rules of this kind of page only. */
  readonly style?: string;
}

/** Nothing is fetched and no script runs, even where a text from a node got past the escaping. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const marks: Record<Tone, string> = {
  critical: '✖',
  high: '▲',
  medium: '▲',
  low: '●',
  degraded: '▲',
  healthy: '✔',
  unknown: '?',
};

/** The mark is for eyes; the word says the same. */
export const toneWord = (tone: Tone, word: string): string =>
  `<span class="word ${tone}"><span aria-hidden="true">${marks[tone]}</span>${escapeMarkup(word)}</span>`;

const contents = (sections: readonly PageSection[]): readonly string[] =>
  sections.length < 3
    ? []
    : [
        '<nav aria-label="On this page">',
        '<ul>',
        ...sections.map(({ id, title }) => `<li><a href="#${id}">${escapeMarkup(title)}</a></li>`),
        '</ul>',
        '</nav>',
      ];

const sectionLines = ({ id, title, body }: PageSection): readonly string[] => [
  `<section id="${id}" aria-labelledby="${id}-title">`,
  `<h2 id="${id}-title">${escapeMarkup(title)}</h2>`,
  ...body,
  '</section>',
];

export const renderPage = (page: Page): string =>
  `${[
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeMarkup(page.title)}</title>`,
    `<style>${pageStyle}${page.style ?? ''}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#report">Skip to the report</a>',
    '<div class="sheet">',
    `<header class="verdict ${page.tone}">`,
    toneWord(page.tone, page.word),
    `<h1>${escapeMarkup(page.headline)}</h1>`,
    ...(page.facts.length === 0
      ? []
      : ['<ul class="facts">', ...page.facts.map((fact) => `<li>${escapeMarkup(fact)}</li>`), '</ul>']),
    '</header>',
    ...contents(page.sections),
    '<main id="report">',
    ...page.sections.flatMap(sectionLines),
    '</main>',
    `<footer>${escapeMarkup(page.footer)}</footer>`,
    '</div>',
    '</body>',
    '</html>',
  ].join('\n')}\n`;
