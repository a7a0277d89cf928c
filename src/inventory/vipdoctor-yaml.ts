// vipdoctor's own inventory file. One strict schema says what may be in it; every complaint names the line and,
// for a word that is nearly right, the word that was meant.
import { isMap, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import {
  type DeclaredInventory,
  type DeclaredNode,
  failedInventory,
  type InventoryFile,
} from './declared.ts';
import { nearestOf } from './edit-distance.ts';
import type { InventoryProblem } from './inventory.ts';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1))]);
const port = z.int().min(1).max(65535);

const howToReach = {
  user: z.string().min(1).optional(),
  port: port.optional(),
  identity: oneOrMore.optional(),
  jump: oneOrMore.optional(),
  knownHosts: oneOrMore.optional(),
};

const node = z.strictObject({ address: z.string().min(1).optional(), ...howToReach });

/** The file as documented; unknown keys are errors, as a misspelt key would silently do nothing. */
export const vipdoctorInventorySchema = z.strictObject({
  nodes: z.union([
    z.record(z.string().min(1), z.union([node, z.string().min(1), z.null()])),
    z.array(z.string().min(1)),
  ]),
  defaults: z.strictObject(howToReach).optional(),
  knownHosts: oneOrMore.optional(),
  observer: z
    .union([
      z.string().min(1),
      z.strictObject({ where: z.string().min(1), interface: z.string().min(1).optional() }),
    ])
    .optional(),
  netns: z.string().min(1).optional(),
});

const KEYS: Readonly<Record<'top' | 'node' | 'defaults' | 'observer', readonly string[]>> = {
  top: ['nodes', 'defaults', 'knownHosts', 'observer', 'netns'],
  node: ['address', ...Object.keys(howToReach)],
  defaults: Object.keys(howToReach),
  observer: ['where', 'interface'],
};

export function readVipdoctorYaml(file: InventoryFile): DeclaredInventory {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const broken = document.errors[0];
  if (broken) {
    return failedInventory({ file: file.path, line: lineAt(broken.pos[0]), message: broken.message });
  }
  const lineOf = (path: readonly PropertyKey[]): number | undefined => findLine(document, path, lineAt);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // An alias without its anchor, or a bomb of aliases: found only when the values are put together.
    return failedInventory({
      file: file.path,
      message: error instanceof Error ? error.message : String(error),
    });
  }
  const parsed = vipdoctorInventorySchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => explain(issue, [], file.path, lineOf));
    return { nodes: [], problems };
  }
  const { nodes, defaults = {}, knownHosts, observer, netns } = parsed.data;
  const entries = Array.isArray(nodes)
    ? nodes.map((name, index) => [name, null, ['nodes', index]] as const)
    : Object.entries(nodes).map(([name, value]) => [name, value, ['nodes', name]] as const);
  return {
    nodes: entries.map(([name, value, path]): DeclaredNode => {
      const own = typeof value === 'string' ? { address: value } : (value ?? {});
      const all = { knownHosts, ...defaults, ...own };
      const line = lineOf(path);
      return {
        name,
        file: file.path,
        ...(line !== undefined ? { line } : {}),
        ...('address' in all && all.address !== undefined ? { address: all.address } : {}),
        ...(all.user !== undefined ? { user: all.user } : {}),
        ...(all.port !== undefined ? { port: all.port } : {}),
        ...(all.identity !== undefined ? { identities: toList(all.identity).map(file.resolvePath) } : {}),
        ...(all.jump !== undefined ? { jump: toList(all.jump) } : {}),
        ...(all.knownHosts !== undefined
          ? { knownHostsFiles: toList(all.knownHosts).map(file.resolvePath) }
          : {}),
      };
    }),
    problems: [],
    ...(observer !== undefined
      ? {
          observer:
            typeof observer === 'string'
              ? { where: observer }
              : {
                  where: observer.where,
                  ...(observer.interface !== undefined ? { interface: observer.interface } : {}),
                },
        }
      : {}),
    ...(netns !== undefined ? { netns } : {}),
  };
}

const toList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

type Lookup = (path: readonly PropertyKey[]) => number | undefined;

function explain(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  file: string,
  lineOf: Lookup,
): InventoryProblem[] {
  const path = [...above, ...issue.path];
  // Of the alternatives, the one that got furthest is what was meant.
  if (issue.code === 'invalid_union') {
    const [best] = [...issue.errors].sort((one, other) => depthOf(other) - depthOf(one));
    if (best && depthOf(best) > 0) return best.flatMap((inner) => explain(inner, path, file, lineOf));
  }
  const complain = (message: string, at: readonly PropertyKey[]): InventoryProblem => {
    const line = lineOf(at);
    return { severity: 'error', file, message, ...(line !== undefined ? { line } : {}) };
  };
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = keysAt(path);
      const meant = nearestOf(key, known);
      const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
      return complain(`unknown key ${JSON.stringify(key)}${describePlace(path)}: ${hint}`, [...path, key]);
    });
  }
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

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === 'nodes') return KEYS.node;
  if (path[0] === 'defaults') return KEYS.defaults;
  return path[0] === 'observer' ? KEYS.observer : KEYS.top;
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
