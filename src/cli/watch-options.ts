// The command line of `watch` as data: its options for the parser, and the parser's values read into a request. It
// knows names, defaults and which options contradict each other; it opens nothing.
import type { Options } from 'yargs';
import { isSet, type ParsedArguments, readChoice, readText } from './argument-values.ts';
import { type CheckRequest, checkOptions, readCheckRequest } from './check-options.ts';
import { UsageError } from './faults.ts';
import { flagOption, textOption } from './option-kinds.ts';
import { formatOption, readOutput } from './output-options.ts';

export const watchFormats = ['text', 'ndjson'] as const;
export type WatchFormat = (typeof watchFormats)[number];

const watching = 'Watching:';
const defaults = { summarySeconds: 60 } as const;

/** Of `check`, these make no sense for something that goes on: it judges nothing and records nothing. */
const withoutOwn: ReadonlySet<string> = new Set([
  'fail-on',
  'strict',
  'format',
  'verbose',
  'record',
  'from',
  'listen',
]);

export const watchOptions: Readonly<Record<string, Options>> = {
  for: textOption(watching, 'end after so many seconds; also 30m, 12h, 7d [default: until you end it]'),
  summary: textOption(
    watching,
    `seconds between two summaries in text and ndjson, 0 for none in between [default: ${defaults.summarySeconds}]`,
  ),
  ...Object.fromEntries(Object.entries(checkOptions).filter(([name]) => !withoutOwn.has(name))),
  format: formatOption(['tui', ...watchFormats], 'tui on a terminal, else text'),
  'screen-reader': flagOption('Output:', 'the screen as sentences, one after the other'),
  output: textOption('Output:', 'append to a file instead of stdout', { alias: 'o' }),
};

export interface WatchRequest {
  readonly check: CheckRequest;
  readonly format: WatchFormat;
  readonly display: 'screen' | 'document';
  readonly screenReader: 'asked-for' | 'not-asked-for';
  /** Absent: until it is ended. */
  readonly durationMs?: number;
  /** Absent: none in between. */
  readonly summaryEveryMs?: number;
}

const unitMs: Readonly<Record<string, number>> = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const mostMs = 366 * 86_400_000;

const readSpan = (parsed: ParsedArguments, name: string, least: number): number | undefined => {
  const given = readText(parsed, name);
  if (given === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(given);
  const ms = match === null ? Number.NaN : Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN);
  if (!Number.isFinite(ms) || ms < least || ms > mostMs)
    throw new UsageError(`--${name} takes seconds, or 30m, 12h, 7d, not "${given}"`);
  return ms;
};

/** A screen, unless the result goes to a file. */
const readScreen = (parsed: ParsedArguments): Pick<WatchRequest, 'format' | 'display' | 'screenReader'> => {
  const { outputPath } = readOutput(parsed);
  const fallback = outputPath === undefined ? 'tui' : 'text';
  const format = readChoice(parsed, 'format', { choices: ['tui', ...watchFormats] as const, fallback });
  if (format === 'tui' && outputPath !== undefined)
    throw new UsageError('--format tui is a screen and no file: leave out --output, or name another format');
  return {
    format: format === 'tui' ? 'text' : format,
    display: format === 'tui' ? 'screen' : 'document',
    screenReader: isSet(parsed, 'screen-reader') ? 'asked-for' : 'not-asked-for',
  };
};

/** @throws {UsageError} */
export const readWatchRequest = (parsed: ParsedArguments): WatchRequest => {
  const durationMs = readSpan(parsed, 'for', 1);
  const summaryMs = readSpan(parsed, 'summary', 0) ?? defaults.summarySeconds * 1000;
  return {
    check: readCheckRequest({ ...parsed, format: undefined }),
    ...readScreen(parsed),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(summaryMs === 0 ? {} : { summaryEveryMs: summaryMs }),
  };
};
