// The formats the result of a failover test can be written in, by name. It knows which renderer makes which.
import type { FailoverReport } from './failover.ts';
import { renderFailoverHtml } from './failover-html.ts';
import { renderFailoverJson } from './failover-json.ts';
import { renderFailoverJunit } from './failover-junit.ts';
import { renderFailoverMarkdown } from './failover-markdown.ts';
import { renderFailoverNagios } from './failover-nagios.ts';
import { renderFailoverText } from './failover-text.ts';
import { ndjsonLine } from './ndjson.ts';
import type { TerminalStyle } from './typeset.ts';

export const failoverFormats = ['text', 'json', 'ndjson', 'junit', 'markdown', 'html', 'nagios'] as const;
export type FailoverFormat = (typeof failoverFormats)[number];

const renderers: Record<FailoverFormat, (report: FailoverReport, style: TerminalStyle) => string> = {
  text: renderFailoverText,
  json: renderFailoverJson,
  /** The last line; those before it are the events of the run. */
  ndjson: ndjsonLine,
  junit: renderFailoverJunit,
  markdown: renderFailoverMarkdown,
  html: renderFailoverHtml,
  nagios: renderFailoverNagios,
};

export const renderFailover = (
  format: FailoverFormat,
  report: FailoverReport,
  style: TerminalStyle,
): string => renderers[format](report, style);
