/**
 * `$NAME=value` definitions and their use (lib/parser.c: check_definition, find_definition, replace_param).
 * Knows the predefined `${_…}` ones too. What they stand for outside the file (environment, instance name,
 * directory) is asked of the surroundings it is given.
 */
import { type CommentCut, placeAt, type Report, type SourceLine, spliceLine } from './source-line.ts';

export interface Definition {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** One line, or the lines of a multi-line definition. */
  readonly lines: readonly SourceLine[];
  readonly shape: 'single' | 'multiline';
}

/** What the predefined definitions stand for here. */
export interface Surroundings {
  readonly directory: string;
  readonly instance: string | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
}

export function readDefinition(
  line: SourceLine,
): { readonly name: string; readonly valueAt: number } | undefined {
  const match = /^\$([A-Za-z_][A-Za-z0-9_]*)=[ \t]*/.exec(line.text);
  return match?.[1] === undefined ? undefined : { name: match[1], valueAt: match[0].length };
}

interface Use {
  readonly name: string;
  readonly length: number;
  readonly parameters: readonly string[];
  readonly position: 'last' | 'inside';
}

const plainUse = /^\$([A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)]|$)/;
const bracedUse = /^\$\{([A-Za-z_][A-Za-z0-9_]*)((?:[ \t]+[A-Za-z0-9_]+)*)\}/;

function readUse(text: string, at: number): Use | undefined {
  const rest = text.slice(at);
  const match = bracedUse.exec(rest) ?? plainUse.exec(rest);
  if (match?.[1] === undefined) return undefined;
  return {
    name: match[1],
    length: match[0].length,
    parameters: (match[2] ?? '').split(/[ \t]+/).filter((word) => word !== ''),
    position: match[0].length === rest.length ? 'last' : 'inside',
  };
}

type Predefined = (
  use: Use,
  line: SourceLine,
  at: number,
  surroundings: Surroundings,
  report: Report,
) => string;

const predefined: Readonly<Record<string, Predefined>> = {
  _PWD: (_use, _line, _at, surroundings) => surroundings.directory,
  _INSTANCE: (_use, line, at, surroundings, report) => {
    if (surroundings.instance === undefined)
      report({
        ...placeAt(line, at),
        code: 'instance-unknown',
        severity: 'note',
        message: '_INSTANCE stands for the config id or node name, which is not known here',
      });
    return surroundings.instance ?? '';
  },
  _RANDOM: (use, line, at, _surroundings, report) => {
    report({
      ...placeAt(line, at),
      code: 'random-value',
      severity: 'note',
      message: '_RANDOM differs at every start; its lowest value is shown',
    });
    return String(Number.parseInt(use.parameters[0] ?? '0', 10) || 0);
  },
  _ENV: (use, line, at, surroundings, report) => {
    const name = use.parameters[0] ?? '';
    const value =
      surroundings.env !== undefined && Object.hasOwn(surroundings.env, name)
        ? surroundings.env[name]
        : undefined;
    if (surroundings.env === undefined)
      report({
        ...placeAt(line, at),
        code: 'environment-unknown',
        severity: 'note',
        message: `the environment variable ${name} is not known here; it is taken as empty`,
      });
    return value ?? '';
  },
  _HASH: () => '#',
  _BANG: () => '!',
};

const parameterCounts: Readonly<Record<string, readonly [least: number, most: number]>> = {
  _RANDOM: [0, 2],
  _ENV: [1, 1],
};

/** keepalived's line buffer ends at 1024 bytes (MAXBUF); beyond it a substitution is given up. */
const longestLine = 1024;
const mostSubstitutions = 1000;

export interface Substitution {
  readonly line: SourceLine;
  /** `given-up`: the line grew too long, or the definitions use each other without end. */
  readonly outcome: 'changed' | 'unchanged' | 'given-up';
  /** Lines of a multi-line definition still to come after this one. */
  readonly following: readonly SourceLine[];
}

const cutRank: Readonly<Record<CommentCut, number>> = { none: 0, apart: 1, glued: 2 };

function worseCut(one: CommentCut, other: CommentCut): CommentCut {
  return cutRank[one] >= cutRank[other] ? one : other;
}

/** Puts definitions in; a value that brings further uses is replaced again from its own beginning. */
export function substitute(
  start: SourceLine,
  definitions: ReadonlyMap<string, Definition>,
  surroundings: Surroundings,
  report: Report,
): Substitution {
  let line = start;
  let following: readonly SourceLine[] = [];
  let outcome: Substitution['outcome'] = 'unchanged';
  let at = 0;
  for (let count = 0; ; count++) {
    at = line.text.indexOf('$', at);
    if (at < 0 || at + 1 >= line.text.length) break;
    const use = readUse(line.text, at);
    const value = use === undefined ? undefined : lookUp(use, line, at, definitions, surroundings, report);
    if (use === undefined || value === undefined) {
      at++;
      continue;
    }
    if (
      count >= mostSubstitutions ||
      line.text.length - use.length + value.first.text.length >= longestLine
    ) {
      report({
        ...placeAt(line, at),
        code: 'substitution-too-long',
        severity: 'error',
        message: `putting in $${use.name} makes the line longer than keepalived can hold`,
      });
      return { line, outcome: 'given-up', following: [] };
    }
    const names = [...line.substituted, ...value.first.substituted, use.name];
    line = {
      ...spliceLine(line, at, at + use.length, value.first.text),
      comment: worseCut(line.comment, value.first.comment),
      substituted: [...new Set(names)],
    };
    if (value.following.length > 0) following = value.following;
    outcome = 'changed';
    if (/^[ \t]*~/.test(value.first.text)) break;
  }
  return { line, outcome, following };
}

interface Value {
  readonly first: Pick<SourceLine, 'text' | 'comment' | 'substituted'>;
  readonly following: readonly SourceLine[];
}

function lookUp(
  use: Use,
  line: SourceLine,
  at: number,
  definitions: ReadonlyMap<string, Definition>,
  surroundings: Surroundings,
  report: Report,
): Value | undefined {
  const definition = definitions.get(use.name);
  if (definition !== undefined) {
    if (use.parameters.length > 0) return undefined;
    if (definition.shape === 'multiline' && use.position === 'inside') return undefined;
    const [first, ...following] = definition.lines;
    return { first: first ?? { text: '', comment: 'none', substituted: [] }, following };
  }
  const builtIn = Object.hasOwn(predefined, use.name) ? predefined[use.name] : undefined;
  if (builtIn === undefined) return undefined;
  const [least, most] = parameterCounts[use.name] ?? [0, 0];
  if (use.parameters.length < least || use.parameters.length > most) return undefined;
  return {
    first: { text: builtIn(use, line, at, surroundings, report), comment: 'none', substituted: [] },
    following: [],
  };
}
