/**
 * Walks the lines of a configuration with a table of keywords, reacting to braces and unknown words exactly as
 * keepalived's reader does (lib/parser.c: process_stream, alloc_value_block). Knows what is skipped and why one
 * missing brace makes a page of complaints; knows no keyword.
 */
import { firstRelease } from '../first-release.ts';
import { compareVersions, isAtLeast, type KeepalivedVersion } from '../version.ts';
import type { Complain } from './complaint.ts';
import type { Keyword, Outcome, Take } from './keyword.ts';
import { adviseKeyword, type KeywordAdvice } from './nearest-keyword.ts';
import { type ConfigLine, placeOfWord, quoteWord, wordAt } from './words.ts';

export interface RootKeyword extends Keyword {
  /** `inactive`: another of keepalived's processes reads this block; it is passed over here. */
  readonly reading: 'active' | 'inactive';
}

export interface WalkOptions {
  readonly lines: readonly ConfigLine[];
  readonly version: KeepalivedVersion;
  readonly complain: Complain;
}

export function isKnown(keyword: Keyword, version: KeepalivedVersion): boolean {
  if (keyword.since !== undefined && !isAtLeast(version, keyword.since)) return false;
  const first = keyword.since === undefined ? firstRelease(keyword.name) : undefined;
  if (first !== undefined && compareVersions(version, first) < 0) return false;
  return keyword.until === undefined || !isAtLeast(version, keyword.until);
}

const mostAdvices = 200;

type End = 'ended' | 'skipped' | 'stopped';

/** `stopped`: a line lacks a word and keepalived gives up at once. */
export function walk(roots: readonly RootKeyword[], options: WalkOptions): 'ended' | 'stopped' {
  const { lines, version, complain } = options;
  let next = 0;
  /** keepalived's skip_sublevel: -1 waits for a brace, above 0 counts open ones. */
  let skipping = 0;

  const indexes = new Map<readonly Keyword[], ReadonlyMap<string, Keyword>>();
  function indexOf(table: readonly Keyword[]): ReadonlyMap<string, Keyword> {
    const known = indexes.get(table);
    if (known !== undefined) return known;
    // The first of several counts, as in keepalived's own tables.
    const index = new Map(
      table
        .filter((keyword) => isKnown(keyword, version))
        .reverse()
        .map((keyword) => [keyword.name, keyword]),
    );
    indexes.set(table, index);
    return index;
  }

  const advices = new Map<string, KeywordAdvice>();
  function advise(word: string, table: readonly Keyword[], opener: ConfigLine | undefined): KeywordAdvice {
    const key = `${opener?.line ?? 0} ${word}`;
    const known = advices.get(key);
    if (known !== undefined) return known;
    // A page of unknown words is no configuration; nobody reads advice about each of them.
    if (advices.size >= mostAdvices) return { message: 'keepalived does not know this word here' };
    const advice = adviseKeyword(word, { table, roots, version, opener });
    advices.set(key, advice);
    return advice;
  }

  function obey(outcome: Outcome | undefined): void {
    if (outcome === 'skip-block') skipping = -1;
    else if (outcome === 'leave-block') skipping = 1;
  }

  function readValues(line: ConfigLine, take: Take, named: number): Outcome | undefined {
    if (line.words.length > named + 1)
      complain(
        placeOfWord(line, named + 1),
        'objects',
        'block-extra-words',
        `${wordAt(line, 0) ?? ''} takes no further words before its block`,
      );
    let brace: 'awaited' | 'seen' = 'awaited';
    for (;;) {
      const value = lines[next++];
      if (value === undefined) return undefined;
      const word = wordAt(value, 0);
      if (brace === 'awaited') {
        brace = 'seen';
        if (word === '{' && value.words.length === 1) continue;
        complain(
          line,
          'silent',
          'missing-opening-brace',
          `${wordAt(line, 0) ?? ''} is followed by no '{'; the next lines are taken as its values`,
        );
      }
      if (word === '}') return undefined;
      const outcome = take(value);
      if (outcome === 'missing-word') return outcome;
    }
  }

  function skipLine(line: ConfigLine): 'in-block' | 'block-ended' {
    for (const { value } of line.words) {
      if (value === '{') skipping++;
      else if (value === '}' && --skipping === 0) return 'block-ended';
    }
    return 'in-block';
  }

  function stop(line: ConfigLine, keyword: Keyword): End {
    complain(
      line,
      'refuses',
      'word-missing',
      `${keyword.name} needs a value; without it keepalived stops reading and does not start`,
    );
    return 'stopped';
  }

  function handle(keyword: Keyword & Partial<RootKeyword>, line: ConfigLine, depth: number): End {
    if (keyword.reading === 'inactive') {
      skipping = -1;
      return 'ended';
    }
    if (line.words.length <= (keyword.needs ?? 0)) return stop(line, keyword);
    const outcome = keyword.take?.(line);
    if (outcome === 'missing-word') return stop(line, keyword);
    obey(outcome);
    if (keyword.lines !== undefined && readValues(line, keyword.lines, keyword.needs ?? 0) === 'missing-word')
      return stop(lines[next - 1] ?? line, keyword);
    if (keyword.block === undefined) {
      if (keyword.lines !== undefined) keyword.close?.();
      return 'ended';
    }
    const end = walkBlock(keyword.block, line, depth + 1);
    if (end === 'ended') keyword.close?.();
    return end === 'stopped' ? 'stopped' : 'ended';
  }

  function walkBlock(table: readonly Keyword[], opener: ConfigLine | undefined, depth: number): End {
    let brace: 'awaited' | 'seen' = opener === undefined ? 'seen' : 'awaited';
    for (;;) {
      const line = lines[next];
      if (line === undefined) return 'ended';
      next++;
      const word = wordAt(line, 0) ?? '';
      if (skipping === -1) {
        if (word === '{') {
          skipping = 1;
          brace = 'seen';
          continue;
        }
        skipping = 0;
      }
      if (skipping > 0) {
        if (skipLine(line) === 'block-ended' && depth > 0) return 'skipped';
        continue;
      }
      if (brace === 'awaited') {
        brace = 'seen';
        if (word === '{') continue;
        complain(
          opener ?? line,
          'objects',
          'missing-opening-brace',
          `${wordAt(opener ?? line, 0) ?? ''} is followed by no '{'; keepalived takes the next lines as its block`,
        );
      } else if (word === '{') {
        complain(
          line,
          'objects',
          'unexpected-opening-brace',
          "this '{' opens nothing here: keepalived ignores it, and its '}' closes the block around it",
        );
        continue;
      }
      if (word === '}' && depth > 0) return 'ended';
      const keyword = indexOf(table).get(word);
      if (keyword === undefined) {
        const { message, suggestion } = advise(word, table, opener);
        // A password on a line of its own is not repeated, nor is what may be part of one.
        const owner = opener === undefined ? undefined : wordAt(opener, 0);
        const mayBeSecret = owner === 'authentication' || owner === 'auth_hmac' || owner === 'SSL';
        const isHidden = line.privacy === 'secret' || (mayBeSecret && suggestion === undefined);
        complain(
          line,
          'objects',
          'unknown-keyword',
          word === '}' ? "this '}' closes nothing" : isHidden ? 'what stands here is no keyword' : message,
          isHidden ? undefined : suggestion,
        );
        continue;
      }
      const end = handle(keyword, line, depth);
      if (end === 'stopped') return 'stopped';
    }
  }

  return walkBlock(roots, undefined, 0) === 'stopped' ? 'stopped' : 'ended';
}

/** Complains about braces that do not balance over the whole file, as keepalived counts them. */
export function countBraces(lines: readonly ConfigLine[], complain: Complain): void {
  const open: ConfigLine[] = [];
  let before: ConfigLine | undefined;
  for (const line of lines) {
    const word = wordAt(line, 0);
    const isBrace = line.words.length === 1 && line.words[0]?.quoted === 'none';
    if (isBrace && word === '{') open.push(before ?? line);
    else if (isBrace && word === '}' && open.pop() === undefined)
      complain(line, 'objects', 'extra-closing-brace', "this '}' closes nothing");
    before = line;
  }
  const last = open.at(-1);
  if (last !== undefined)
    complain(
      last,
      'objects',
      'missing-closing-brace',
      `the block of ${quoteWord(last, wordAt(last, 0))} is not closed (${open.length} open at the end)`,
    );
}
