// Who may import whom: the table of the house, each row with its reason, kept over the whole of src.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  /** Room of the target, `node:…` or the package name. */
  readonly to: string;
  readonly kind: 'value' | 'type';
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const roomOf = (path: string): string => {
  const parts = relative(SRC, path).split('/');
  return parts.length === 1 ? (parts[0] ?? '') : (parts[0] ?? '');
};

const importsOf = (path: string): readonly Import[] => {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(IMPORT)].flatMap((match) => {
    const target = match[2] ?? match[3];
    if (target === undefined) return [];
    const local = target.startsWith('.');
    const resolved = local ? resolve(dirname(path), target) : target;
    const scoped = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0];
    return [
      {
        file: relative(SRC, path),
        room: roomOf(path),
        target: local ? relative(SRC, resolved) : target,
        to: local ? roomOf(resolved) : target.startsWith('node:') ? target : (scoped ?? target),
        kind: match[1] === undefined ? ('value' as const) : ('type' as const),
      },
    ];
  });
};

const all = filesBelow(SRC).flatMap(importsOf);
const from = (room: string): readonly Import[] => all.filter((one) => one.room === room);
const show = (imports: readonly Import[]): readonly string[] =>
  imports.map((one) => `${one.file} imports ${one.target}`);

/** Rooms that may import only what is listed (besides themselves). */
const CLOSED: readonly {
  readonly room: string;
  readonly may: readonly string[];
  readonly because: string;
}[] = [
  { room: 'wire', may: [], because: 'bytes mean the same everywhere; it must be usable on any capture' },
  {
    room: 'keepalived',
    may: ['ipaddr.js'],
    because: 'keepalived’s formats do not depend on how they were read',
  },
  { room: 'netfilter', may: ['ipaddr.js'], because: 'what a ruleset does to a packet is a pure question' },
  {
    room: 'rules',
    may: ['cluster', 'evidence', 'report'],
    because: 'a judgement must not reach a network, a file or a clock',
  },
  {
    room: 'cluster',
    may: ['evidence', 'keepalived', 'netfilter', 'wire', 'probes', 'ipaddr.js'],
    because: 'the model is a pure function of the bundle',
  },
  {
    room: 'report',
    may: ['cluster', 'evidence', 'zod'],
    because: 'a renderer is a pure function of the report',
  },
  {
    room: 'probes',
    may: ['evidence'],
    because: 'a probe names commands and reads text, and never runs anything',
  },
  {
    room: 'tui',
    may: ['report', 'chaos', 'session.ts', 'transport', 'ink', 'react', 'node:stream'],
    because: 'a screen shows events and reports; it judges nothing and asks nobody but the person',
  },
  {
    room: 'timeline',
    may: ['report', 'keepalived', 'wire', 'evidence', 'zod'],
    because: 'a measure is a pure function of what was recorded',
  },
  {
    room: 'watch',
    may: [
      'capture',
      'cluster',
      'evidence',
      'keepalived',
      'probes',
      'report',
      'transport',
      'wire',
      'node:crypto',
    ],
    because: 'a watch knows nodes and the wire, and not who looks at it',
  },
  {
    room: 'replay',
    may: ['cluster', 'evidence', 'report', 'rules', 'wire', 'node:crypto', 'zod'],
    because: 'a capture is judged by what it holds',
  },
];

/** Packages and modules confined to named places. */
const CONFINED: readonly {
  readonly what: RegExp;
  readonly places: readonly RegExp[];
  readonly because: string;
}[] = [
  { what: /^ssh2$/, places: [/^transport\//], because: 'one door to the network' },
  { what: /^cap$/, places: [/^capture\/cap-/], because: 'it may abort its process' },
  { what: /^(ink|react)$/, places: [/^tui\//], because: 'mounted only on a terminal' },
  { what: /^yargs$/, places: [/^cli\//], because: 'argv has one reader' },
  { what: /^node:process$/, places: [/^cli\//], because: 'exit codes and signals have one owner' },
  {
    what: /^node:fs/,
    places: [
      /^cli\//,
      /^lab\//,
      /^evidence\/bundle-folder\.ts$/,
      /^inventory\//,
      /^transport\//,
      /^capture\//,
    ],
    because: 'files are touched in few places',
  },
  {
    what: /^node:child_process$/,
    places: [/^cli\//, /^lab\//, /^transport\//, /^capture\//],
    because: 'processes are started in few places',
  },
];

describe('who may import whom', () => {
  it('reads the whole house', () => {
    expect(all.length).toBeGreaterThan(100);
  });

  for (const { room, may, because } of CLOSED)
    it(`${room} imports only ${may.length === 0 ? 'itself' : may.join(', ')}: ${because}`, () => {
      const strange = from(room).filter((one) => one.to !== room && !may.includes(one.to));
      expect(show(strange)).toEqual([]);
    });

  for (const { what, places, because } of CONFINED)
    it(`${what.source} stays where it belongs: ${because}`, () => {
      const strange = all.filter((one) => what.test(one.to) && !places.some((place) => place.test(one.file)));
      expect(show(strange)).toEqual([]);
    });

  it('rules do not import each other', () => {
    const strange = from('rules').filter(
      (one) =>
        one.target.startsWith('rules/') &&
        /^rules\/[a-z]+\/[a-z0-9.-]+\.ts$/.test(one.target) &&
        /^rules\/(state|disagreement|election|configuration|path|host|daemon|vip|innocent)\//.test(
          one.file,
        ) &&
        /^rules\/(state|disagreement|election|configuration|path|host|daemon|vip|innocent)\//.test(
          one.target,
        ),
    );
    expect(show(strange)).toEqual([]);
  });

  it('the book of a watch reaches nothing but words: how things stand follows from the facts alone', () => {
    const inside = all.filter((one) => one.file.startsWith('watch/state/'));
    const strange = inside.filter(
      (one) => !one.target.startsWith('watch/state/') && !['keepalived', 'report'].includes(one.to),
    );
    expect(inside.length).toBeGreaterThan(10);
    expect(show(strange)).toEqual([]);
  });

  it('session sees neither tui nor cli', () => {
    expect(show(all.filter((one) => one.room === 'session.ts' && ['tui', 'cli'].includes(one.to)))).toEqual(
      [],
    );
  });

  it('nothing to the right of the bundle uses a clock, randomness or process', () => {
    const pure = ['wire', 'keepalived', 'netfilter', 'rules', 'cluster', 'report', 'timeline'];
    const strange = filesBelow(SRC)
      .filter((path) => pure.includes(roomOf(path)) || relative(SRC, path).startsWith('watch/state/'))
      .filter((path) => {
        const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        return /\bDate\.now\(|new Date\(\)|Math\.random\(|\bprocess\.(?:env|exit|argv|cwd|on|std\w+|hrtime|platform)\b|performance\.now\(/.test(
          code,
        );
      })
      .map((path) => relative(SRC, path));
    expect(strange).toEqual([]);
  });

  it('a screen asks its door, not the process', () => {
    const strange = filesBelow(SRC)
      .filter((path) => roomOf(path) === 'tui')
      .filter((path) => /\bprocess\./.test(readFileSync(path, 'utf8')))
      .map((path) => relative(SRC, path));
    expect(strange).toEqual([]);
  });

  it('has no cycles of values between files', () => {
    const edges = new Map<string, string[]>();
    for (const one of all)
      if (one.kind === 'value' && one.target.endsWith('.ts') && !one.target.startsWith('node:'))
        edges.set(one.file, [...(edges.get(one.file) ?? []), one.target]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      const at = trail.indexOf(file);
      if (at >= 0) {
        cycles.push([...trail.slice(at), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
