// What a watch tells fits its published schema and reads as it should: every kind of event, as JSON and as text.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../src/report/watch.ts';
import { renderWatchLine } from '../../src/report/watch-ndjson.ts';
import { watchEventSchema, watchJsonSchema } from '../../src/report/watch-schema.ts';
import { createWatchText, summaryLines } from '../../src/report/watch-text.ts';
import { openScene } from './scene.ts';

const at = '2026-11-20T03:00:00.000Z';
const about = { router: '101/ipv4/10.0.0.0/24', vrid: 101, family: 'ipv4' } as const;

/** One of each kind; the compiler says when one is missing. */
const samples: { readonly [K in WatchEvent['kind']]: Extract<WatchEvent, { kind: K }> } = {
  started: {
    kind: 'started',
    at,
    schemaVersion: 1,
    tool: { name: 'vipdoctor', version: '0.0.0' },
    nodes: [{ name: 'n1', address: '10.0.9.11' }],
  },
  node: { kind: 'node', at, node: 'n1', state: 'lost', problem: 'it went away', retryInMs: 500 },
  source: {
    kind: 'source',
    at,
    node: 'observer',
    source: 'adverts',
    state: 'down',
    problem: 'SIGABRT',
    retryInMs: 250,
  },
  process: { kind: 'process', at, node: 'n1', state: 'frozen' },
  link: { kind: 'link', at, node: 'n1', interface: 'eth1', state: 'down' },
  router: { kind: 'router', at, origin: 'ours', text: '10.0.0.5/32 on n1 eth1', ...about },
  transition: {
    kind: 'transition',
    at,
    ...about,
    from: 'n1',
    to: 'n2',
    reason: 'silence',
    text: 'n1 fell silent, n2 took over after 3.6 s',
    silentMs: 3609.4,
    because: [{ node: 'n1', source: 'log', text: 'keepalived was stopped on n1', quote: 'Stopping' }],
  },
  'two-masters': { kind: 'two-masters', at, state: 'begin', masters: ['n1', 'n2'], ...about },
  missed: { kind: 'missed', at, sender: 'n1', heardAt: 'n3', missed: 2, gapMs: 3000.2, ...about },
  vip: { kind: 'vip', at, node: 'n1', vip: '10.0.0.5', state: 'added', interface: 'eth1' },
  stranger: {
    kind: 'stranger',
    at,
    ...about,
    state: 'heard',
    what: 'sender',
    sender: '10.0.0.99',
    mac: null,
    addresses: [],
    text: '10.0.0.99 sends VRID 101 and is none of the nodes',
  },
  log: {
    kind: 'log',
    at,
    node: 'n1',
    text: 'keepalived was started on n1',
    quote: 'Starting \u001b[31mKeepalived',
  },
  dropped: { kind: 'dropped', at, count: 3 },
  summary: { kind: 'summary', ...openScene().look() },
  ended: { kind: 'ended', at, because: 'duration', durationMs: 60_000 },
};

const plain = { color: 'none', width: 80, unicode: 'utf8' } as const;

describe('the document', () => {
  it('is published as it is', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../docs/schema/watch.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(watchJsonSchema())));
  });

  for (const [kind, event] of Object.entries(samples))
    it(`${kind} is one line of JSON that fits the schema`, () => {
      const line = renderWatchLine(event);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line).not.toContain('\u001b');
      const parsed = watchEventSchema.safeParse(JSON.parse(line));
      expect(parsed.error?.issues ?? []).toEqual([]);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(event)));
    });

  it('refuses what is not in it', () => {
    expect(watchEventSchema.safeParse({ kind: 'node', at, node: 'n1', state: 'asleep' }).success).toBe(false);
    expect(watchEventSchema.safeParse({ kind: 'transition', at }).success).toBe(false);
  });
});

describe('the text', () => {
  it('says each thing in a line that fits, without escape codes', () => {
    for (const event of Object.values(samples))
      for (const width of [40, 80, 120]) {
        const text = createWatchText({ ...plain, width })(event);
        expect(text).not.toContain('\u001b');
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      }
  });

  it('is ASCII where the terminal is', () => {
    for (const event of Object.values(samples))
      expect(createWatchText({ ...plain, unicode: 'ascii' })(event)).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('says a change with its reason', () => {
    expect(createWatchText(plain)(samples.transition)).toMatch(
      /VRID 101 {2}n1 → n2: n1 fell silent, n2 took over after 3\.6 s/,
    );
  });

  it('says a new day before its first line', () => {
    const text = createWatchText(plain);
    expect(text(samples.link)).not.toContain('-- ');
    expect(text({ ...samples.link, at: '2026-11-22T12:00:00.000Z' })).toMatch(/^-- 2026-11-22\n/);
  });

  it('sums up in a table, and in sentences where there is no room', () => {
    const scene = openScene();
    scene.reign('n1', 5000);
    const wide = summaryLines(scene.look(), plain);
    expect(wide[1]).toMatch(/VRID {2}master {2}since/);
    expect(wide[2]).toMatch(/^ {2}101 {3}n1 {6}≥ 5 s +1\.00\/s +0\.0 ms +0 +nobody +0$/);
    const narrow = summaryLines(scene.look(), { ...plain, width: 40 });
    expect(narrow.join(' ')).toContain('VRID 101: master n1');
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(40);
  });
});
