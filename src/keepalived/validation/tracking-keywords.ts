/**
 * vrrp_script, vrrp_track_process, track_file and the track_* lists that use them (vrrp_parser.c, vrrp_track.c,
 * track_file.c). Knows weights, their limits and what must be defined above; whether scripts work is the node's
 * business.
 */
import type { RootKeyword } from './block-walk.ts';
import { checkScript } from './commands.ts';
import type { Complain } from './complaint.ts';
import { atLeastOne } from './global-keywords.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import type { TrackableFacts, TrackedFacts, TrackKind, VrrpFacts } from './vrrp-facts.ts';
import {
  anySeconds,
  anySigned,
  type ConfigLine,
  placeOfWord,
  quoteWord,
  readSigned,
  wordAt,
} from './words.ts';

const kindNames: Readonly<Record<TrackKind, string>> = {
  interface: 'track_interface',
  script: 'track_script',
  file: 'track_file',
  process: 'track_process',
  bfd: 'track_bfd',
};

export interface TrackListOwner {
  readonly tracks: Record<TrackKind, TrackedFacts[]>;
}

/** The five track_* blocks of an instance or sync group. */
export function trackLists(
  complain: Complain,
  facts: VrrpFacts,
  owner: () => TrackListOwner | undefined,
): readonly Keyword[] {
  const kinds: readonly TrackKind[] = ['interface', 'script', 'file', 'process', 'bfd'];
  return kinds.map((kind) => ({
    name: kindNames[kind],
    lines: (line) => {
      const entries = owner()?.tracks[kind];
      if (entries !== undefined) readEntry(complain, line, { kind, entries, facts });
      return undefined;
    },
  }));
}

interface EntryContext {
  readonly kind: TrackKind;
  readonly entries: TrackedFacts[];
  readonly facts: VrrpFacts;
}

function readEntry(complain: Complain, line: ConfigLine, { kind, entries, facts }: EntryContext): undefined {
  const name = wordAt(line, 0) ?? '';
  const objects = (index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  const known =
    kind === 'interface' ? { name, weight: 0 } : facts.trackables[kind].find((one) => one.name === name);
  if (known === undefined)
    return objects(
      0,
      'reference-unknown',
      `${kindNames[kind]}: ${quoteWord(line, name)} is not defined above this line; keepalived ignores it`,
    );
  if (entries.some((entry) => entry.name === name))
    return objects(0, 'set-twice', `${kindNames[kind]}: ${quoteWord(line, name)} is listed twice`);
  let weight = known.weight;
  if (line.words.length >= 2) {
    if (wordAt(line, 1) !== 'weight')
      return objects(
        1,
        'option-unknown',
        `${quoteWord(line, wordAt(line, 1))} is no option here (only weight); the entry is ignored`,
      );
    const word = wordAt(line, 2);
    if (word === undefined) return objects(1, 'value-missing', 'weight needs a number; the entry is ignored');
    const most = kind === 'bfd' ? 253 : 254;
    const reading = readSigned(word, { least: -most, most });
    if ('fault' in reading) {
      objects(
        2,
        'number-out-of-range',
        'a weight is a number from -253 to 253; keepalived does not use this one',
      );
    } else {
      weight = reading.value;
      if (Math.abs(weight) === 254 && (kind === 'interface' || kind === 'script')) {
        objects(2, 'number-out-of-range', 'a weight is at most 253 either way; keepalived uses that');
        weight = Math.sign(weight) * 253;
      }
    }
    const direction = wordAt(line, 3);
    const directions = kind === 'interface' ? ['reverse'] : ['reverse', 'noreverse'];
    if (direction !== undefined && !directions.includes(direction)) {
      objects(3, 'option-unknown', `${quoteWord(line, direction)} is no option of a weight`);
      if (kind === 'file' || kind === 'bfd') return undefined;
    }
  }
  entries.push({ name, weight, line });
  return undefined;
}

/** vrrp_script, vrrp_track_process and, for the checkers too, track_file. */
export function trackableKeywords(complain: Complain, facts: VrrpFacts): readonly RootKeyword[] {
  return [
    scriptKeyword(complain, facts),
    processKeyword(complain, facts),
    ...fileKeywords(complain, facts.trackables.file),
  ];
}

function reverseOnly(complain: Complain, line: ConfigLine): void {
  if (line.words.length >= 3 && wordAt(line, 2) !== 'reverse')
    complain(
      placeOfWord(line, 2),
      'objects',
      'option-unknown',
      `${quoteWord(line, wordAt(line, 2))} is no option of a weight (only reverse)`,
    );
}

function scriptKeyword(complain: Complain, facts: VrrpFacts): RootKeyword {
  const build = makeBuilders(complain);
  let current: TrackableFacts | undefined;
  let opener: ConfigLine | undefined;
  let command: 'present' | 'missing' = 'missing';
  const atLeastOneSecond = (value: number, line: ConfigLine): void => {
    if (value === 0) atLeastOne(complain, line);
  };
  return {
    name: 'vrrp_script',
    reading: 'active',
    needs: 1,
    take: (line) => {
      opener = line;
      command = 'missing';
      current = { name: wordAt(line, 1) ?? '', weight: 0 };
      facts.trackables.script.push(current);
      return undefined;
    },
    block: [
      {
        name: 'script',
        take: (line) => {
          if (checkScript(complain, line) === 'present') command = 'present';
          return undefined;
        },
      },
      build.unsigned('interval', anySeconds, atLeastOneSecond),
      build.unsigned('timeout', anySeconds, atLeastOneSecond),
      {
        name: 'weight',
        needs: 1,
        take: (line) => {
          build
            .signed('weight', { least: -253, most: 253 }, (value) => {
              if (current !== undefined) current.weight = value;
            })
            .take?.(line);
          reverseOnly(complain, line);
          return undefined;
        },
      },
      build.unsigned('rise', { least: 1, most: anySigned.most }, undefined, 'keepalived uses 1'),
      build.unsigned('fall', { least: 1, most: anySigned.most }, undefined, 'keepalived uses 1'),
      { ...build.presence('user'), needs: 1 },
      build.presence('init_fail'),
    ],
    close: () => {
      if (command === 'present' || opener === undefined || current === undefined) return;
      complain(
        opener,
        'objects',
        'block-incomplete',
        `vrrp_script ${quoteWord(opener, wordAt(opener, 1))} has no script; keepalived drops it`,
      );
      facts.trackables.script.splice(facts.trackables.script.indexOf(current), 1);
    },
  };
}

function processKeyword(complain: Complain, facts: VrrpFacts): RootKeyword {
  const build = makeBuilders(complain);
  let current: TrackableFacts | undefined;
  let opener: ConfigLine | undefined;
  let process: 'missing' | 'present' = 'missing';
  let quorum = 1;
  let quorumMax = Number.POSITIVE_INFINITY;
  const delays = ['delay', 'terminate_delay', 'fork_delay'].map((name) =>
    build.seconds(name, { least: 0.000001, most: 3600 }),
  );
  return {
    name: 'vrrp_track_process',
    reading: 'active',
    needs: 1,
    take: (line) => {
      opener = line;
      process = 'missing';
      quorum = 1;
      quorumMax = Number.POSITIVE_INFINITY;
      current = { name: wordAt(line, 1) ?? '', weight: 0 };
      facts.trackables.process.push(current);
      return undefined;
    },
    block: [
      {
        name: 'process',
        needs: 1,
        take: (line) => {
          if (process === 'present')
            complain(line, 'objects', 'set-twice', 'process is already set; keepalived ignores it');
          process = 'present';
          return undefined;
        },
      },
      {
        name: 'param_match',
        take: (line) => {
          if (line.words.length > 1 && !['initial', 'partial'].includes(wordAt(line, 1) ?? ''))
            complain(
              placeOfWord(line, 1),
              'objects',
              'option-unknown',
              'param_match takes nothing, initial or partial',
            );
          return undefined;
        },
      },
      {
        name: 'weight',
        take: (line) => {
          if (line.words.length < 2) complain(line, 'objects', 'value-missing', 'weight needs a number');
          else if (current !== undefined && current.weight !== 0)
            complain(line, 'objects', 'set-twice', 'weight is already set; keepalived ignores it');
          else
            build
              .signed('weight', { least: -254, most: 254 }, (value) => {
                reverseOnly(complain, line);
                if (current !== undefined) current.weight = value;
              })
              .take?.(line);
          return undefined;
        },
      },
      build.unsigned('quorum', { least: 1, most: 65_535 }, (value, line) => {
        if (value > quorumMax)
          complain(placeOfWord(line, 1), 'objects', 'settings-conflict', 'quorum is above quorum_max');
        else quorum = value;
      }),
      build.unsigned('quorum_max', { least: 0, most: 65_535 }, (value, line) => {
        if ((value > 0 || quorum > 1) && value < quorum) {
          complain(placeOfWord(line, 1), 'objects', 'settings-conflict', 'quorum_max is below quorum');
          return;
        }
        quorumMax = value;
        quorum = value === 0 ? 0 : Math.max(1, quorum);
      }),
      ...delays,
      build.presence('full_command'),
    ],
    close: () => {
      if (process === 'present' || opener === undefined || current === undefined) return;
      complain(opener, 'objects', 'block-incomplete', 'the block names no process; keepalived drops it');
      facts.trackables.process.splice(facts.trackables.process.indexOf(current), 1);
    },
  };
}

/** track_file and its older name vrrp_track_file; read by the VRRP process and by the checkers. */
export function fileKeywords(complain: Complain, known: TrackableFacts[]): readonly RootKeyword[] {
  let current: TrackableFacts | undefined;
  let opener: ConfigLine | undefined;
  let path: 'missing' | 'present' = 'missing';
  const describe = (name: string): RootKeyword => ({
    name,
    reading: 'active',
    needs: 1,
    take: (line) => {
      opener = line;
      path = 'missing';
      current = { name: wordAt(line, 1) ?? '', weight: 1 };
      return undefined;
    },
    block: [
      {
        name: 'file',
        take: (line) => {
          if (line.words.length < 2) complain(line, 'objects', 'value-missing', 'file needs a path');
          else if (path === 'present')
            complain(line, 'objects', 'set-twice', 'file is already set; keepalived ignores it');
          else path = 'present';
          return undefined;
        },
      },
      {
        name: 'weight',
        take: (line) => {
          const word = wordAt(line, 1);
          if (word === undefined) complain(line, 'objects', 'value-missing', 'weight needs a number');
          else if (current !== undefined && current.weight !== 1)
            complain(line, 'objects', 'set-twice', 'weight is already set; keepalived ignores it');
          else {
            const reading = readSigned(word, { least: -254, most: 254 });
            if ('fault' in reading)
              complain(
                placeOfWord(line, 1),
                'objects',
                'number-out-of-range',
                'a weight is a number from -254 to 254',
              );
            else if (current !== undefined) current.weight = reading.value;
            reverseOnly(complain, line);
          }
          return undefined;
        },
      },
      {
        name: 'init_file',
        take: (line) => {
          for (let index = 1; index < line.words.length; index++) {
            const word = (wordAt(line, index) ?? '').trimStart();
            if (/^[\d-]/.test(word)) {
              if ('fault' in readSigned(word, { least: -254, most: 254 }))
                complain(
                  placeOfWord(line, index),
                  'objects',
                  'number-out-of-range',
                  'the first value is a number from -254 to 254',
                );
            } else if (word !== 'overwrite')
              complain(
                placeOfWord(line, index),
                'objects',
                'option-unknown',
                'init_file takes a number and overwrite',
              );
          }
          return undefined;
        },
      },
    ],
    close: () => {
      if (opener === undefined || current === undefined) return;
      if (path === 'missing')
        complain(opener, 'objects', 'block-incomplete', `${name} has no file; keepalived ignores it`);
      else known.push(current);
      current = undefined;
    },
  });
  return [describe('track_file'), describe('vrrp_track_file')];
}
