/**
 * `include` lines: which kind, which files (lib/parser.c: check_include, open_and_check_glob). Knows paths and
 * csh braces as text; the file system itself is asked through the functions it is given.
 */

/** What each kind of include insists on, beyond plain `include`, which insists on nothing. */
export const includeDemands = {
  include: [],
  includer: ['readable'],
  includem: ['readable', 'match'],
  includew: ['readable', 'match', 'wildcard'],
  includeb: ['readable', 'brace'],
  includea: ['readable', 'match', 'wildcard', 'brace'],
} as const satisfies Readonly<Record<string, readonly IncludeDemand[]>>;

export type IncludeDemand = 'readable' | 'match' | 'wildcard' | 'brace';
export type IncludeKind = keyof typeof includeDemands;

export interface IncludeLine {
  readonly kind: IncludeKind;
  readonly pattern: string;
}

export function readInclude(text: string): IncludeLine | undefined {
  const match = /^(include[rmwba]?)[ \t\f\v]+[ \t]*(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, kind = '', pattern = ''] = match;
  return isIncludeKind(kind) ? { kind, pattern: pattern.trim() } : undefined;
}

function isIncludeKind(word: string): word is IncludeKind {
  return Object.hasOwn(includeDemands, word);
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

export function joinPath(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '.') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern.replaceAll(/\\./g, ''));
}

const mostAlternatives = 1000;

/** csh braces: `{a,b}.conf` → `a.conf`, `b.conf`; nested; an unpaired brace stays as it is. */
export function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  const cuts: number[] = [open];
  let depth = 0;
  for (let index = open; index < pattern.length; index++) {
    const char = pattern.charAt(index);
    if (char === '{') depth++;
    else if (char === ',' && depth === 1) cuts.push(index);
    else if (char === '}' && --depth === 0) {
      cuts.push(index);
      break;
    }
  }
  if (depth !== 0 || cuts.length < 2) return [pattern];
  const tails = expandBraces(pattern.slice((cuts.at(-1) ?? open) + 1));
  const expanded: string[] = [];
  for (let part = 0; part + 1 < cuts.length; part++) {
    const inner = pattern.slice((cuts[part] ?? 0) + 1, cuts[part + 1]);
    for (const middle of expandBraces(inner))
      for (const tail of tails) {
        if (expanded.length >= mostAlternatives) return expanded;
        expanded.push(pattern.slice(0, open) + middle + tail);
      }
  }
  return expanded;
}
