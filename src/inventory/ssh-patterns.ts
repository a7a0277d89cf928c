// Patterns of ssh_config(5): lists of host patterns, and the file names of Include.
import type { Surroundings } from './reading.ts';

/** Patterns with * and ?, any of them, none of the negated ones. */
export function matchesList(patterns: readonly string[], text: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!toExpression(negated ? pattern.slice(1) : pattern).test(text)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i');
}

export function findIncluded(around: Surroundings, name: string, from: string): readonly string[] {
  const base = from.startsWith('/etc/ssh/') ? '/etc/ssh' : `${around.home}/.ssh`;
  const expanded = name.startsWith('~/') ? `${around.home}${name.slice(1)}` : name;
  const path = expanded.startsWith('/') ? expanded : `${base}/${expanded}`;
  const cut = path.lastIndexOf('/');
  const [directory, last] = [path.slice(0, cut), path.slice(cut + 1)];
  if (!/[*?]/.test(path)) return [path];
  if (/[*?]/.test(directory)) {
    const up = directory.lastIndexOf('/');
    const expression = toExpression(directory.slice(up + 1));
    return around
      .listDirectory(directory.slice(0, up))
      .filter((entry) => expression.test(entry))
      .flatMap((entry) => findIncluded(around, `${directory.slice(0, up)}/${entry}/${last}`, from));
  }
  const expression = toExpression(last);
  return around
    .listDirectory(directory)
    .filter((entry) => !entry.startsWith('.') && expression.test(entry))
    .map((entry) => `${directory}/${entry}`);
}
