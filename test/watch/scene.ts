// A segment on paper for the book of a watch: three nodes with one VRID, adverts as ears would hear them, time that
// passes when it is told to.
import type { WatchEvent } from '../../src/report/watch.ts';
import { createBook } from '../../src/watch/state/book.ts';
import type { AdvertFact, Fact } from '../../src/watch/state/fact.ts';
import type { Roster, RosterGroup } from '../../src/watch/state/roster.ts';
import { summarize } from '../../src/watch/state/summary.ts';
import { takeFact } from '../../src/watch/state/take-fact.ts';

export const startMs = Date.parse('2026-11-20T03:00:00Z');
export const nodes = ['n1', 'n2', 'n3'].map((name, at) => ({ name, address: `10.0.9.${11 + at}` }));
export const addressOf = (node: string): string => `10.0.0.${10 + Number(node.slice(1))}`;

export const group = (vrid: number, more: Partial<RosterGroup> = {}): RosterGroup => ({
  id: `${vrid}/ipv4/10.0.0.0/24`,
  vrid,
  family: 'ipv4',
  version: 2,
  mode: 'multicast',
  vips: ['10.0.0.5/32'],
  advertIntervalMs: 1000,
  members: nodes.map(({ name }, at) => ({
    node: name,
    instance: 'VI_1',
    interface: 'eth1',
    vrid,
    priority: 100 - at,
    source: addressOf(name),
  })),
  ...more,
});

export const rosterOf = (groups: readonly RosterGroup[], unread: readonly string[] = []): Roster => ({
  groups,
  addresses: new Map(nodes.map(({ name }) => [addressOf(name), name])),
  macs: new Map(),
  unread,
});

export interface Sent {
  readonly vrid?: number;
  readonly priority?: number;
  readonly src?: string;
  readonly intervalMs?: number;
  /** Who hears it; all nodes by default. */
  readonly ears?: readonly string[];
}

export interface Scene {
  readonly book: ReturnType<typeof createBook>;
  readonly events: WatchEvent[];
  nowMs(): number;
  give(fact: Fact): void;
  /** One advert of a node, heard by every ear a moment later each. */
  send(node: string, sent?: Sent): void;
  /** Time passes, in ticks. */
  wait(ms: number): void;
  /** A node sends an advert each interval for so long. */
  reign(node: string, forMs: number, sent?: Sent): void;
  all<K extends WatchEvent['kind']>(kind: K): readonly Extract<WatchEvent, { kind: K }>[];
  look(): ReturnType<typeof summarize>;
}

const tickMs = 100;

export const openScene = (roster: Roster = rosterOf([group(101)])): Scene => {
  const book = createBook(nodes, startMs);
  const events: WatchEvent[] = [];
  let now = startMs;
  const give = (fact: Fact): void => {
    events.push(...takeFact(book, fact));
  };
  for (const { name } of nodes) {
    give({ kind: 'connection', atMs: now, node: name, state: 'connected' });
    give({ kind: 'source', atMs: now, node: name, source: 'adverts', state: 'working' });
    give({ kind: 'process', atMs: now, node: name, state: 'running' });
    give({ kind: 'addresses', atMs: now, node: name, held: new Map([[addressOf(name), 'eth1']]) });
  }
  give({ kind: 'roster', atMs: now, roster });
  const send: Scene['send'] = (node, { vrid = 101, priority = 100, src, intervalMs = 1000, ears } = {}) => {
    for (const [at, ear] of (ears ?? nodes.map(({ name }) => name)).entries()) {
      const advert: AdvertFact = {
        kind: 'advert',
        ear,
        direction: ear === node ? 'out' : 'in',
        interface: 'eth1',
        atMs: now + at * 0.2,
        stampMs: now - 5000 + at * 0.2,
        family: 'ipv4',
        src: src ?? addressOf(node),
        srcMac: undefined,
        dst: '224.0.0.18',
        version: 2,
        vrid,
        priority,
        intervalMs,
        addresses: ['10.0.0.5'],
      };
      give(advert);
    }
  };
  const wait = (ms: number): void => {
    const untilMs = now + ms;
    while (now < untilMs) {
      now = Math.min(untilMs, now + tickMs);
      give({ kind: 'tick', atMs: now });
    }
  };
  return {
    book,
    events,
    nowMs: () => now,
    give,
    send,
    wait,
    reign: (node, forMs, sent = {}) => {
      const intervalMs = sent.intervalMs ?? 1000;
      for (let passed = 0; passed < forMs; passed += intervalMs) {
        send(node, sent);
        wait(intervalMs);
      }
    },
    all: <K extends WatchEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<WatchEvent, { kind: K }> => event.kind === kind),
    look: () => summarize(book, now),
  };
};
