// The configuration files a node showed, as something the configuration parser can read from: files by path, and
// globs over the paths that are there. It knows only what was read, so a pattern matches what the node listed.
export interface ConfigFiles {
  read(path: string): { readonly text: string } | { readonly problem: string };
  glob(pattern: string, relativeToDir: string): readonly string[];
}

/** `/a/./b/../c` → `/a/c`; the root stays the root. */
export const normalizePath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
};

/** A glob(7) pattern as an expression: `*` and `?` do not cross a slash nor match a leading dot. */
const globExpression = (pattern: string): RegExp => {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern[index] ?? '';
    const atStart = index === 0 || pattern[index - 1] === '/';
    if (char === '*') source += `${atStart ? '(?!\\.)' : ''}[^/]*`;
    else if (char === '?') source += `${atStart ? '(?!\\.)' : ''}[^/]`;
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end < 0) source += '\\[';
      else {
        const body = pattern
          .slice(index + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\');
        source += `[${body}]`;
        index = end;
      }
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
};

export const configFiles = (files: ReadonlyMap<string, string>): ConfigFiles => {
  const byPath = new Map([...files].map(([path, text]) => [normalizePath(path), text]));
  return {
    read: (path) => {
      const text = byPath.get(normalizePath(path));
      return text === undefined ? { problem: 'the node did not show this file' } : { text };
    },
    glob: (pattern, relativeToDir) => {
      const absolute = normalizePath(pattern.startsWith('/') ? pattern : `${relativeToDir}/${pattern}`);
      let expression: RegExp;
      try {
        expression = globExpression(absolute);
      } catch {
        return byPath.has(absolute) ? [absolute] : [];
      }
      return [...byPath.keys()].filter((path) => expression.test(path)).sort();
    },
  };
};
