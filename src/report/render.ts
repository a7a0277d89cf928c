// The formats a check can be printed in, by name. It knows which renderer makes which; writing is left to others.
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderNagios } from './nagios.ts';
import { renderNdjson } from './ndjson.ts';
import type { CheckReport } from './report.ts';
import { renderText } from './text.ts';
import type { TerminalStyle } from './typeset.ts';

export const reportFormats = ['text', 'json', 'ndjson', 'junit', 'markdown', 'html', 'nagios'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const renderers: Record<ReportFormat, (report: CheckReport, style: TerminalStyle) => string> = {
  text: renderText,
  json: renderJson,
  ndjson: renderNdjson,
  junit: renderJunit,
  markdown: renderMarkdown,
  html: renderHtml,
  nagios: renderNagios,
};

export const renderReport = (format: ReportFormat, report: CheckReport, style: TerminalStyle): string =>
  renderers[format](report, style);
