// What nodes say about themselves: addresses, log lines, connections, streams, processes and links, taken into the book.
import type { WatchEvent } from '../../report/watch.ts';
import { type Book, stampOf } from './book.ts';
import { clueOfConnection, clueOfLink, clueOfLog, clueOfProcess } from './clues.ts';
import type { Fact } from './fact.ts';
import { mayTellLine, noteConnection, noteLogged, noteSource } from './node-account.ts';
import { withoutPrefix } from './roster.ts';
import { interruptEar } from './router-account.ts';

const isVip = (book: Book, address: string): boolean =>
  book.roster.groups.some((group) => group.vips.some((vip) => withoutPrefix(vip) === address));

const vipEvent = (
  node: string,
  atMs: number,
  change: { readonly vip: string; readonly state: 'added' | 'removed'; readonly interface: string },
): WatchEvent => ({ kind: 'vip', at: stampOf(atMs), node, ...change });

export const takeAddresses = (
  book: Book,
  { node: name, held, atMs }: Extract<Fact, { kind: 'addresses' }>,
): readonly WatchEvent[] => {
  const node = book.nodes.get(name);
  if (node === undefined) return [];
  const before = node.held;
  node.held = new Map(held);
  if (before === undefined) return [];
  const changed = (from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>) =>
    [...from].filter(([address]) => !to.has(address) && isVip(book, address));
  return [
    ...changed(before, held).map(([vip, on]) =>
      vipEvent(name, atMs, { vip, state: 'removed', interface: on }),
    ),
    ...changed(held, before).map(([vip, on]) => vipEvent(name, atMs, { vip, state: 'added', interface: on })),
  ];
};

const mostAddresses = 4096;

export const takeAddress = (book: Book, fact: Extract<Fact, { kind: 'address' }>): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  const { address: vip, change: state } = fact;
  if (node?.held === undefined || (state === 'added') === node.held.has(vip)) return [];
  if (state === 'removed') node.held.delete(vip);
  else if (node.held.size < mostAddresses) node.held.set(vip, fact.interface);
  return isVip(book, vip) ? [vipEvent(fact.node, fact.atMs, { vip, state, interface: fact.interface })] : [];
};

export const takeLog = (book: Book, fact: Extract<Fact, { kind: 'log' }>): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  if (node === undefined) return [];
  if (fact.event !== undefined) noteLogged(node, fact.event, fact.atMs);
  const clue = clueOfLog(fact);
  if (clue !== undefined) node.clues.push(clue);
  if (fact.age === 'past') return [];
  const said =
    fact.event?.kind === 'state'
      ? `${fact.event.instance} on ${fact.node} entered ${fact.event.state} state`
      : clue !== undefined && clue.rank >= tellFromRank
        ? clue.text
        : undefined;
  if (said === undefined || !mayTellLine(node, said, fact.atMs)) return [];
  return [{ kind: 'log', at: stampOf(fact.atMs), node: fact.node, text: said, quote: fact.text }];
};

/** Clues below it only repeat what a change says itself. */
const tellFromRank = 30;

export const takeConnection = (
  book: Book,
  fact: Extract<Fact, { kind: 'connection' }>,
): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  if (node === undefined) return [];
  const before = node.connection;
  const clue = clueOfConnection(fact);
  if (clue !== undefined && (fact.state !== 'lost' || before === 'connected')) node.clues.push(clue);
  const problemBefore = node.problem;
  noteConnection(node, fact);
  if (fact.state !== 'connected') for (const router of book.routers.values()) interruptEar(router, fact.node);
  if (fact.state === 'connecting') return [];
  // The same refusal again and again is told once.
  if (fact.state === 'lost' && before !== 'connected' && fact.problem === problemBefore) return [];
  return [
    {
      kind: 'node',
      at: stampOf(fact.atMs),
      node: fact.node,
      state: fact.state,
      ...(fact.problem === undefined ? {} : { problem: fact.problem }),
      ...(fact.nextStep === undefined ? {} : { nextStep: fact.nextStep }),
      ...(fact.retryInMs === undefined ? {} : { retryInMs: fact.retryInMs }),
    },
  ];
};

export const takeSource = (book: Book, fact: Extract<Fact, { kind: 'source' }>): readonly WatchEvent[] => {
  const source = fact.node === 'observer' ? book.observer : book.nodes.get(fact.node)?.sources[fact.source];
  if (source === undefined) return [];
  const worthTelling = noteSource(source, fact);
  if (fact.source === 'adverts' && fact.state !== 'working')
    for (const router of book.routers.values()) interruptEar(router, fact.node);
  if (!worthTelling || fact.state !== 'down') return [];
  return [
    {
      kind: 'source',
      at: stampOf(fact.atMs),
      node: fact.node,
      source: fact.source,
      state: fact.state,
      ...(fact.problem === undefined ? {} : { problem: fact.problem }),
      ...(fact.retryInMs === undefined ? {} : { retryInMs: fact.retryInMs }),
    },
  ];
};

export const takeProcess = (book: Book, fact: Extract<Fact, { kind: 'process' }>): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  if (node === undefined || node.process === fact.state) return [];
  const first = node.process === 'unknown';
  node.process = fact.state;
  if (first && fact.state === 'running') return [];
  node.clues.push(clueOfProcess(fact));
  return [{ kind: 'process', at: stampOf(fact.atMs), node: fact.node, state: fact.state }];
};

export const takeLink = (book: Book, fact: Extract<Fact, { kind: 'link' }>): readonly WatchEvent[] => {
  book.nodes.get(fact.node)?.clues.push(clueOfLink(fact));
  const { node, interface: name, state } = fact;
  return [{ kind: 'link', at: stampOf(fact.atMs), node, interface: name, state }];
};
