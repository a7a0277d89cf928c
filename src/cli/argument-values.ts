// Values the parser hands over, read with their types. It knows how a value can be wrong and how to say so, not what
// any option means.
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './faults.ts';

export type ParsedArguments = Readonly<Record<string, unknown>>;

const lastText = (value: unknown): string | undefined => {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
};

export const readText = (parsed: ParsedArguments, name: string): string | undefined => {
  const value = lastText(parsed[name]);
  if (value === '') throw new UsageError(`--${name} is empty: give it a value, or leave it out`);
  return value;
};

export const readTexts = (parsed: ParsedArguments, name: string): readonly string[] => {
  const value = parsed[name];
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
};

/** One of the choices; the last one when the option was repeated. */
export const readChoice = <T extends string>(
  parsed: ParsedArguments,
  name: string,
  { choices, fallback }: { readonly choices: readonly T[]; readonly fallback: T },
): T => {
  const value = readText(parsed, name);
  if (value === undefined) return fallback;
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined)
    throw new UsageError(
      `--${name} takes ${choices.join(', ')}, not "${value}".${didYouMean(value, choices)}`,
    );
  return found;
};

export const isSet = (parsed: ParsedArguments, name: string): boolean => {
  const value = parsed[name];
  return (Array.isArray(value) ? value.at(-1) : value) === true;
};

const longestSeconds = 3600;

export const readSeconds = (parsed: ParsedArguments, name: string, fallback: number): number => {
  const value = readText(parsed, name);
  if (value === undefined) return fallback * 1000;
  const seconds = Number(value.replace(/s$/, ''));
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > longestSeconds)
    throw new UsageError(
      `--${name} takes seconds, more than 0 and at most ${longestSeconds}, not "${value}"`,
    );
  return seconds * 1000;
};

/** What the commands without a verdict of their own are written as. */
export const documentFormats = ['text', 'json'] as const;

/** `--format` of the commands that know only these two. */
export const readDocumentFormat = (parsed: ParsedArguments): (typeof documentFormats)[number] =>
  readChoice(parsed, 'format', { choices: documentFormats, fallback: 'text' });
