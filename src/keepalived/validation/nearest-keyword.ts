/**
 * What was meant by a word keepalived does not know: a misspelt keyword of this block, one that belongs to
 * another block, or one of another release. Knows spelling distance, not meaning.
 */
import { firstRelease } from '../first-release.ts';
import { isAtLeast, type KeepalivedVersion } from '../version.ts';
import type { Keyword } from './keyword.ts';
import { type ConfigLine, wordAt } from './words.ts';

export interface KeywordAdvice {
  readonly message: string;
  readonly suggestion?: string;
}

export interface KeywordSurroundings {
  readonly table: readonly Keyword[];
  readonly roots: readonly Keyword[];
  readonly version: KeepalivedVersion;
  readonly opener: ConfigLine | undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(one: string, other: string): number {
  let older: number[] = [];
  let old = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one.charAt(row - 1) === other.charAt(column - 1);
      const best = Math.min(
        (old[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (old[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        one.charAt(row - 1) === other.charAt(column - 2) &&
        one.charAt(row - 2) === other.charAt(column - 1);
      now.push(swapped ? Math.min(best, (older[column - 2] ?? 0) + 1) : best);
    }
    older = old;
    old = now;
  }
  return old[other.length] ?? 0;
}

function limitOf(candidate: string): number {
  return Math.max(1, Math.min(3, Math.floor(candidate.length / 3)));
}

export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const asked = word.toLowerCase().replaceAll('-', '_').slice(0, 60);
  const near = [...new Set(known)]
    .filter((candidate) => Math.abs(candidate.length - asked.length) <= limitOf(candidate))
    .map((candidate) => ({ candidate, apart: editDistance(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, apart }) => apart <= limitOf(candidate))
    .sort((a, b) => a.apart - b.apart || (a.candidate < b.candidate ? -1 : 1));
  return near[0]?.candidate;
}

function homesOf(word: string, table: readonly Keyword[], home: string): readonly string[] {
  return table.flatMap((keyword) => [
    ...(keyword.name === word ? [home] : []),
    ...(keyword.block === undefined ? [] : homesOf(word, keyword.block, keyword.name)),
  ]);
}

export function adviseKeyword(word: string, surroundings: KeywordSurroundings): KeywordAdvice {
  const { table, roots, version, opener } = surroundings;
  const here = opener === undefined ? 'outside all blocks' : `in ${wordAt(opener, 0) ?? 'this block'}`;
  const shown = word.length > 60 ? `${word.slice(0, 57)}...` : word;
  const dated = table.find((keyword) => keyword.name === word);
  if (dated?.until !== undefined && isAtLeast(version, dated.until))
    return { message: `keepalived ${version.text} no longer knows '${shown}' (gone since ${dated.until})` };
  const since = dated?.since ?? (dated === undefined ? undefined : firstRelease(word)?.text);
  if (since !== undefined)
    return { message: `keepalived ${version.text} does not know '${shown}' yet (known since ${since})` };
  const near = nearestWord(
    word,
    table.map(({ name }) => name),
  );
  const unknown = `keepalived does not know '${shown}' ${here}`;
  if (near !== undefined) return { message: `${unknown}; did you mean '${near}'?`, suggestion: near };
  const homes = [...new Set(homesOf(word, roots, ''))];
  if (homes.length === 0) return { message: unknown };
  const places = homes.map((home) => (home === '' ? 'outside all blocks' : `in ${home}`));
  return { message: `${unknown}; it belongs ${places.slice(0, 3).join(' or ')}` };
}
