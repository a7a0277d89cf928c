/**
 * The stream of lines keepalived parses: files and includes opened, comments gone, conditions decided,
 * definitions put in, sequences repeated, braces set apart (lib/parser.c: read_line). Knows nothing of what
 * the lines mean. Bounded: a file that includes itself or repeats itself for ever is cut off and reported.
 */
import { type Definition, readDefinition, type Surroundings, substitute } from './definitions.ts';
import {
  directoryOf,
  expandBraces,
  hasWildcard,
  type IncludeDemand,
  type IncludeLine,
  includeDemands,
  joinPath,
  readInclude,
} from './include-files.ts';
import { type Bindings, readList, readSequence } from './sequences.ts';
import {
  type CommentEnd,
  type ConfigProblem,
  locateLine,
  type Place,
  placeAt,
  type Severity,
  type SourceLine,
  sliceLine,
  splitAtBrace,
  stripComment,
} from './source-line.ts';
import { isAtLeast, type KeepalivedVersion } from './version.ts';

/**
 * Since 2.2.0 the parent writes a cleaned copy of the configuration and its children read that: a `\\#` has lost
 * its backslash there and starts a comment after all (lib/parser.c write_conf_copy).
 */
export function losesEscapedSigns(version: KeepalivedVersion | undefined): boolean {
  return version === undefined || isAtLeast(version, '2.2.0');
}

/**
 * From 2.0.9 to 2.3.4 a backslash at the end of a comment outlives it: `# … \` is read as `\`, and `100 # … \` as
 * `100\` (lib/parser.c decomment).
 */
function commentEndOf(version: KeepalivedVersion | undefined): CommentEnd {
  return version !== undefined && isAtLeast(version, '2.0.9') && !isAtLeast(version, '2.4.0')
    ? 'read'
    : 'ignored';
}

/** `kind` tells an absent file, which most includes allow, from one that cannot be read; absent: an absent file. */
export type FileReading =
  | { readonly text: string }
  | { readonly problem: string; readonly kind?: 'absent' | 'unreadable' };

export interface ConfigSources {
  readonly path: string;
  readonly read: (path: string) => FileReading;
  /** Paths matching a pattern, sorted; absolute, or relative to the directory given. */
  readonly glob: (pattern: string, relativeToDir: string) => readonly string[];
  /** `-i`, else the short node name (keepalived/core/main.c). */
  readonly configId?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The keepalived that reads this file; a current one when absent. */
  readonly version?: KeepalivedVersion;
}

/** One `@ID` or `@^ID` line, and whether it applies to this node. */
export interface Condition extends Place {
  readonly id: string;
  /** `other-than`: `@^ID`. */
  readonly holds: 'for' | 'other-than';
  readonly applies: 'yes' | 'no';
  /** What stands behind it. */
  readonly text: string;
}

export interface LineReader {
  readonly next: () => SourceLine | undefined;
  readonly conditions: readonly Condition[];
  readonly files: readonly string[];
  readonly problems: ConfigProblem[];
  readonly definitions: ReadonlyMap<string, Definition>;
}

interface OpenFile {
  readonly path: string;
  readonly lines: readonly string[];
  index: number;
  /** Files of the same include still to read after this one. */
  readonly queue: string[];
  readonly demands: readonly IncludeDemand[];
}

interface Expansion {
  readonly lines: readonly SourceLine[];
  index: number;
  readonly outerDepth: number;
}

interface Running {
  readonly steps: Iterator<Bindings>;
  readonly body: SourceLine;
}

const deepestInclude = 32;
const mostFiles = 1000;
const mostLines = 200_000;
/** Of these by ~SEQ and ~LST: more than all VRIDs of a segment need, and a slip of nested ones makes millions. */
const mostRepeatedLines = 20_000;
const mostProblems = 500;
const mostConditions = 1000;
/** keepalived reads at most MAXBUF - 1 bytes of a line (lib/parser.h). */
const lineLimit = 1023;

/** Nothing but a comment: most of many files, and not worth taking apart. */
const isComment = (raw: string): boolean =>
  raw.length < lineLimit && /^[ \t]*[#!]/.test(raw) && !raw.includes('\0') && !/\\\r*$/.test(raw);

export function openConfig(sources: ConfigSources): LineReader {
  const files: string[] = [];
  const problems: ConfigProblem[] = [];
  const conditions: Condition[] = [];
  const definitions = new Map<string, Definition>();
  const stack: OpenFile[] = [];
  const expansions: Expansion[] = [];
  const sequences: Running[] = [];
  let sequenceDepth = 0;
  let residue: SourceLine | undefined;
  let collecting: { name: string; place: Place; lines: SourceLine[] } | undefined;
  let emitted = 0;
  let repeated = 0;
  let ended: 'not-yet' | 'told' = 'not-yet';
  let filesOpened = 0;

  const commentEnd = commentEndOf(sources.version);

  const report = (problem: ConfigProblem): void => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const complain = (place: Place, code: string, severity: Severity, message: string): void =>
    report({ file: place.file, line: place.line, column: place.column, code, severity, message });

  const surroundings = (): Surroundings => ({
    directory: directoryOf(stack.at(-1)?.path ?? sources.path),
    instance: sources.configId,
    env: sources.env,
  });

  function openFile(
    path: string,
    queue: string[],
    place: Place,
    demands: readonly IncludeDemand[],
  ): 'opened' | 'failed' {
    if (stack.length >= deepestInclude || filesOpened >= mostFiles) {
      complain(
        place,
        'include-too-deep',
        'error',
        'files include each other without end; the rest is not read',
      );
      return 'failed';
    }
    const reading = sources.read(path);
    if ('problem' in reading) {
      const demanded = reading.kind === 'unreadable' ? 'readable' : 'match';
      const severity = demands.includes(demanded) ? 'error' : 'warning';
      complain(place, 'file-unreadable', severity, `${path} is not read: ${reading.problem}`);
      return 'failed';
    }
    filesOpened++;
    if (!files.includes(path)) files.push(path);
    stack.push({ path, lines: reading.text.split('\n'), index: 0, queue, demands });
    return 'opened';
  }

  function openNext(queue: string[], place: Place, demands: readonly IncludeDemand[]): void {
    for (;;) {
      const path = queue.shift();
      if (path === undefined || openFile(path, queue, place, demands) === 'opened') return;
    }
  }

  function openInclude(line: SourceLine, include: IncludeLine): void {
    const place = placeAt(line, 0);
    const kind: readonly IncludeDemand[] = includeDemands[include.kind];
    const directory = surroundings().directory;
    const queue: string[] = [];
    const alternatives = expandBraces(include.pattern);
    // Of several alternatives each must exist only where the kind asks for all of them.
    const demands =
      alternatives.length === 1 || kind.includes('brace') ? kind : kind.filter((one) => one !== 'match');
    for (const alternative of alternatives) {
      if (!hasWildcard(alternative)) {
        queue.push(joinPath(directory, alternative));
        continue;
      }
      const found = sources.glob(alternative, directory);
      if (found.length === 0) {
        const severity = demands.includes('wildcard') ? 'error' : 'warning';
        complain(place, 'include-matches-nothing', severity, `no file matches ${alternative}`);
      }
      queue.push(...found.map((path) => joinPath(directory, path)));
    }
    if (include.pattern === '')
      complain(place, 'include-without-file', 'error', 'this include names no file');
    openNext(queue, place, demands);
  }

  /** The next physical line with something in it; an empty one ends a definition being collected. */
  function nextFileLine(): SourceLine | undefined {
    for (;;) {
      const file = stack.at(-1);
      if (file === undefined) return undefined;
      const raw = file.lines[file.index];
      if (raw === undefined || (file.index === file.lines.length - 1 && raw === '')) {
        stack.pop();
        openNext(file.queue, { file: file.path, line: file.index + 1, column: 1 }, file.demands);
        continue;
      }
      file.index++;
      if (isComment(raw)) continue;
      const line = cleanLine(raw, file);
      if (line === undefined) {
        if (collecting !== undefined) finishDefinition();
        continue;
      }
      const stripped = readAgain(stripComment(line, report, commentEnd));
      if (stripped.text !== '') return stripped;
    }
  }

  function readAgain(line: SourceLine): SourceLine {
    if (!losesEscapedSigns(sources.version)) return line;
    const again = stripComment(line, () => undefined);
    if (again.text !== line.text)
      complain(
        placeAt(line, again.text.length),
        'escaped-comment-sign',
        'warning',
        'since 2.2.0 a backslash does not protect # or !: the rest is a comment; use double quotes',
      );
    return again;
  }

  function cleanLine(raw: string, file: OpenFile): SourceLine | undefined {
    const nulAt = raw.indexOf('\0');
    // Since 2.4.0 the line is left out; before, C's strings end there.
    const { version } = sources;
    const isCut = version !== undefined && !isAtLeast(version, '2.4.0');
    if (nulAt >= 0)
      complain(
        { file: file.path, line: file.index, column: 1 },
        'embedded-nul',
        'error',
        isCut
          ? 'the line holds a NUL byte; keepalived reads it up to there'
          : 'the line holds a NUL byte; keepalived ignores it',
      );
    if (nulAt >= 0 && !isCut) return undefined;
    const text = (nulAt < 0 ? raw : raw.slice(0, nulAt)).replace(/\r+$/, '');
    const dropped = Math.floor(text.length / lineLimit) * lineLimit;
    for (let at = 0; at < dropped && problems.length < mostProblems; at += lineLimit)
      complain(
        { file: file.path, line: file.index, column: at + 1 },
        'line-too-long',
        'error',
        `keepalived drops what is longer than ${lineLimit} bytes`,
      );
    if (dropped === text.length) return undefined;
    return locateLine(text.slice(dropped), file.path, file.index, dropped + 1);
  }

  function nextSequenceLine(): SourceLine | undefined {
    while (sequences.length > sequenceDepth) {
      const running = sequences.at(-1);
      const step = running?.steps.next();
      if (running === undefined || step === undefined || step.done === true) {
        sequences.pop();
        continue;
      }
      for (const [name, value] of step.value) {
        const line = {
          ...locateLine(value, running.body.file, running.body.line),
          substituted: running.body.substituted,
        };
        definitions.set(name, { name, file: line.file, line: line.line, lines: [line], shape: 'single' });
      }
      return running.body;
    }
    return undefined;
  }

  function nextExpansionLine(): SourceLine | undefined {
    const expansion = expansions.at(-1);
    const line = expansion?.lines[expansion.index];
    if (expansion === undefined || line === undefined) return undefined;
    expansion.index++;
    if (expansion.index >= expansion.lines.length) {
      expansions.pop();
      sequenceDepth = expansion.outerDepth;
    }
    return line;
  }

  function nextRawLine(): SourceLine | undefined {
    if (residue !== undefined) {
      const line = residue;
      residue = undefined;
      return line;
    }
    return nextSequenceLine() ?? nextExpansionLine() ?? nextFileLine();
  }

  function startDefinition(line: SourceLine, name: string, valueAt: number): void {
    const value = sliceLine(line, valueAt);
    const place = placeAt(line, 0);
    if (value.text.endsWith('\\')) {
      const first = sliceLine(value, 0, value.text.length - 1);
      const text = first.text.trimEnd();
      collecting = { name, place, lines: text === '' ? [] : [sliceLine(first, 0, text.length)] };
    } else
      definitions.set(name, { name, file: place.file, line: place.line, lines: [value], shape: 'single' });
  }

  function finishDefinition(): void {
    if (collecting === undefined) return;
    const { name, place, lines } = collecting;
    definitions.set(name, {
      name,
      file: place.file,
      line: place.line,
      lines,
      shape: lines.length > 0 ? 'multiline' : 'single',
    });
    collecting = undefined;
  }

  function collectLine(line: SourceLine): void {
    if (collecting === undefined) return;
    const continued = line.text.endsWith('\\');
    const text = (continued ? line.text.slice(0, -1) : line.text).trimEnd();
    if (text !== '') collecting.lines.push(sliceLine(line, 0, text.length));
    if (!continued) finishDefinition();
  }

  /** `@ID rest` and `@^ID rest`: the rest when it applies to this node. */
  function decideCondition(line: SourceLine): SourceLine | undefined {
    const match = /^@(\^?)([^ \t]*)[ \t]+/.exec(line.text);
    if (match === null) return undefined;
    if (sources.configId === undefined)
      complain(
        placeAt(line, 0),
        'config-id-unknown',
        'note',
        'the config id of this node is not known; no @ID line applies',
      );
    const matches = sources.configId !== undefined && match[2] === sources.configId;
    const applies = matches === (match[1] !== '^');
    if (conditions.length < mostConditions) {
      const { file, line: number, column } = placeAt(line, 0);
      conditions.push({
        file,
        line: number,
        column,
        id: match[2] ?? '',
        holds: match[1] === '^' ? 'other-than' : 'for',
        applies: applies ? 'yes' : 'no',
        text: line.text.slice(match[0].length),
      });
    }
    return applies ? sliceLine(line, match[0].length) : undefined;
  }

  function startSequence(line: SourceLine): void {
    const put = (text: string): string =>
      substitute(locateLine(text, line.file, line.line), definitions, surroundings(), report).line.text;
    const reading = line.text.startsWith('~SEQ') ? readSequence(line.text, put) : readList(line.text);
    if ('problem' in reading) {
      complain(placeAt(line, 0), 'sequence-malformed', 'error', reading.problem);
      return;
    }
    const { repetition } = reading;
    const steps = repetition.steps[Symbol.iterator]();
    const body = sliceLine(line, repetition.bodyAt);
    sequences.push({
      steps,
      body: { ...body, substituted: [...body.substituted, ...definitionsIn(line.text)] },
    });
  }

  /** Conditions, definitions, sequences and substitution; undefined when the line is used up by them. */
  function processLine(start: SourceLine): SourceLine | undefined {
    let line = start;
    for (let round = 0; round < 50; round++) {
      if (line.text.startsWith('@')) {
        const rest = decideCondition(line);
        if (rest === undefined) return undefined;
        line = rest;
      }
      const definition = readDefinition(line);
      if (definition !== undefined) {
        startDefinition(line, definition.name, definition.valueAt);
        return undefined;
      }
      if (line.text.startsWith('~SEQ') || line.text.startsWith('~LST')) {
        startSequence(line);
        return undefined;
      }
      if (line.text.startsWith('~') || !line.text.includes('$')) return line;
      const { line: replaced, outcome, following } = substitute(line, definitions, surroundings(), report);
      if (outcome !== 'changed') return line;
      if (following.length > 0) {
        expansions.push({ lines: following, index: 0, outerDepth: sequenceDepth });
        sequenceDepth = sequences.length;
      }
      if (expansions.length > 100) {
        complain(
          placeAt(line, 0),
          'definition-loop',
          'error',
          'multi-line definitions use each other without end',
        );
        expansions.length = 0;
        sequenceDepth = 0;
        return undefined;
      }
      line = stripComment(replaced, report, commentEnd);
      if (line.text === '') return undefined;
      if (!line.text.startsWith('@') && !line.text.includes('$') && !line.text.startsWith('~')) return line;
    }
    return line;
  }

  function next(): SourceLine | undefined {
    for (;;) {
      emitted += 1;
      if (sequences.length > 0) repeated += 1;
      if (emitted > mostLines || repeated > mostRepeatedLines) {
        if (ended === 'not-yet')
          complain(
            { file: sources.path, line: 1, column: 1 },
            'too-many-lines',
            'error',
            repeated > mostRepeatedLines
              ? `~SEQ and ~LST repeat more than ${mostRepeatedLines} lines: what follows is not judged`
              : 'the configuration grows without end',
          );
        ended = 'told';
        return undefined;
      }
      const raw = nextRawLine();
      if (raw === undefined) {
        finishDefinition();
        return undefined;
      }
      if (collecting !== undefined) {
        collectLine(raw);
        continue;
      }
      const line = processLine(raw);
      if (line === undefined || line.text === '') continue;
      const include = readInclude(line.text);
      if (include !== undefined) {
        if (line !== raw)
          complain(
            placeAt(line, 0),
            'include-behind-condition',
            'warning',
            'an include line may not use @ or $: keepalived finds includes first',
          );
        openInclude(line, include);
        continue;
      }
      const { head, rest } = splitAtBrace(line);
      residue = rest;
      if (head.text !== '') return head;
    }
  }

  openFile(sources.path, [], { file: sources.path, line: 1, column: 1 }, ['readable', 'match', 'wildcard']);
  return { next, files, problems, definitions, conditions };
}

function definitionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1]],
  );
}
