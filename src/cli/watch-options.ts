// The command line of `watch` as data: its options for the parser, and the parser's values read into a request. It
// knows names, defaults and which options contradict each other; it opens nothing.
import type { Options } from 'yargs';
import { type ParsedArguments, readText } from './argument-values.ts';
import { type CheckRequest, checkOptions, readCheckRequest } from './check-options.ts';
import { UsageError } from './faults.ts';
import { textOption } from './option-kinds.ts';
import { readScreen, type ScreenRequest, screenFormatOption, screenOptions } from './output-options.ts';

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
  format: screenFormatOption(watchFormats),
  ...screenOptions,
  output: textOption('Output:', 'append to a file instead of stdout', { alias: 'o' }),
};

export interface WatchRequest extends ScreenRequest<WatchFormat> {
  readonly check: CheckRequest;
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

/** @throws {UsageError} */
export const readWatchRequest = (parsed: ParsedArguments): WatchRequest => {
  const durationMs = readSpan(parsed, 'for', 1);
  const summaryMs = readSpan(parsed, 'summary', 0) ?? defaults.summarySeconds * 1000;
  return {
    check: readCheckRequest({ ...parsed, format: undefined }),
    ...readScreen(parsed, watchFormats),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(summaryMs === 0 ? {} : { summaryEveryMs: summaryMs }),
  };
};
