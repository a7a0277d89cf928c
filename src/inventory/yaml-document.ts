// A YAML file read against a schema: every complaint names the line and, for a word that is nearly right, the word
// that was meant. It knows YAML and schemas, not what the file is for.
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearestOf } from './edit-distance.ts';
import type { InventoryProblem } from './inventory.ts';

export type LineOf = (path: readonly PropertyKey[]) => number | undefined;

export type YamlReading<T> =
  | { readonly kind: 'read'; readonly value: T; readonly lineOf: LineOf }
  | { readonly kind: 'refused'; readonly problems: readonly InventoryProblem[] };

interface Shape<T> {
  readonly schema: z.ZodType<T>;
  /** Keys that are known in the map at this path. */
  readonly keysAt: (path: readonly PropertyKey[]) => readonly string[];
  /** Words people write for a key; they are no nearer to it than to others. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Better words for an issue than the schema has. */
  readonly wordsFor?: (issue: z.core.$ZodIssue, path: readonly PropertyKey[]) => string | undefined;
}

interface YamlFile {
  readonly path: string;
  readonly text: string;
}

export const readYamlDocument = <T>(file: YamlFile, shape: Shape<T>): YamlReading<T> => {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [broken] = document.errors;
  if (broken) {
    return refuse({ file: file.path, line: lineAt(broken.pos[0]), message: brokenWords(broken.message) });
  }
  const lineOf: LineOf = (path) => findLine(document, path, lineAt);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // An alias without its anchor, or a bomb of aliases: found only when the values are put together.
    return refuse({ file: file.path, message: error instanceof Error ? error.message : String(error) });
  }
  if (value === null || value === undefined) return refuse({ file: file.path, message: 'the file is empty' });
  const parsed = shape.schema.safeParse(value);
  if (parsed.success) return { kind: 'read', value: parsed.data, lineOf };
  const context = { file: file.path, lineOf, shape };
  return { kind: 'refused', problems: parsed.error.issues.flatMap((issue) => explain(issue, [], context)) };
};

const refuse = (problem: Omit<InventoryProblem, 'severity'>): YamlReading<never> => ({
  kind: 'refused',
  problems: [{ severity: 'error', ...problem }],
});

/** The parser speaks of some mistakes in its own terms. */
const brokenWords = (message: string): string => {
  if (/\btabs?\b/i.test(message))
    return `${message.replace(/\.$/, '')}: YAML is indented with blanks, not tabs`;
  if (/keys must be unique/i.test(message)) return 'the same name or key stands here for a second time';
  return message;
};

interface Context {
  readonly file: string;
  readonly lineOf: LineOf;
  readonly shape: Pick<Shape<unknown>, 'keysAt' | 'synonyms' | 'wordsFor'>;
}

function explain(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  { file, lineOf, shape }: Context,
): InventoryProblem[] {
  const path = [...above, ...issue.path];
  // Of the alternatives, the one that got furthest is what was meant.
  if (issue.code === 'invalid_union') {
    const [best] = [...issue.errors].sort((one, other) => depthOf(other) - depthOf(one));
    if (best && depthOf(best) > 0)
      return best.flatMap((inner) => explain(inner, path, { file, lineOf, shape }));
  }
  const complain = (message: string, at: readonly PropertyKey[]): InventoryProblem => {
    const line = lineOf(at);
    return { severity: 'error', file, message, ...(line !== undefined ? { line } : {}) };
  };
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = shape.keysAt(path);
      const meant = shape.synonyms?.[key.toLowerCase()] ?? nearestOf(key, known);
      const hint =
        meant === undefined || !known.includes(meant)
          ? `known are ${known.join(', ')}`
          : `did you mean ${meant}?`;
      return complain(`unknown key ${JSON.stringify(key)}${describePlace(path)}: ${hint}`, [...path, key]);
    });
  }
  const better = shape.wordsFor?.(issue, path);
  if (better !== undefined) return [complain(better, path)];
  const what = path.length === 0 ? 'the file' : path.map(String).join('.');
  const message =
    issue.code === 'invalid_union' ? 'it is neither of the forms that are allowed here' : issue.message;
  return [complain(`${what}: ${message}`, path)];
}

// An unknown key shows more understanding of the value than a wrong kind of value does.
function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(
    0,
    ...issues.map((issue) => issue.path.length * 2 + (issue.code === 'unrecognized_keys' ? 1 : 0)),
  );
}

const describePlace = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? '' : ` in ${path.map(String).join('.')}`;

function findLine(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  lineAt: (offset: number) => number,
): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === String(key));
      const range = (pair?.key as { range?: readonly number[] | null } | undefined)?.range;
      if (range?.[0] !== undefined) return lineAt(range[0]);
    }
    const value = document.getIn(path.slice(0, length), true) as
      | { range?: readonly number[] | null }
      | undefined;
    if (value?.range?.[0] !== undefined) return lineAt(value.range[0]);
  }
  return undefined;
}
