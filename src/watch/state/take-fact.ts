// Facts go into the book, events come out, and how things stand can be looked up at any time. It is the reducer of this
// room: no clock, no I/O, memory bounded whatever comes in. Who brings the facts and who shows the events it does not
// know.
import type { WatchEvent } from '../../report/watch.ts';
import { type Book, stampOf } from './book.ts';
import { describeChange, masterNews } from './changes.ts';
import type { AdvertFact, Fact } from './fact.ts';
import { hearingOf } from './hearing.ts';
import { passTime, stillVacant } from './mastership.ts';
import { forgiveMiss, noteMiss, settleMisses } from './misses.ts';
import { recovered } from './node-account.ts';
import {
  takeAddress,
  takeAddresses,
  takeConnection,
  takeLink,
  takeLog,
  takeProcess,
  takeSource,
} from './node-facts.ts';
import { groupOfAdvert, nodeOfSender } from './roster.ts';
import { createRouter, hearInRouter, type RouterAccount } from './router-account.ts';
import { reconcileRouters, strangerOf, unknownId } from './strangers.ts';

const mostRouters = 512;
const reconcileEveryMs = 1000;

const routerFor = (book: Book, advert: AdvertFact, sender: string | undefined): RouterAccount | undefined => {
  const group = groupOfAdvert(book.roster, advert, sender);
  const id = group?.id ?? unknownId(advert);
  const found = book.routers.get(id);
  if (found !== undefined) return found;
  if (book.routers.size >= mostRouters) {
    book.beyond += 1;
    return undefined;
  }
  const router = createRouter(id, { vrid: advert.vrid, family: advert.family, group });
  book.routers.set(id, router);
  return router;
};

const hearAdvert = (book: Book, advert: AdvertFact): readonly WatchEvent[] => {
  const node = nodeOfSender(book.roster, advert);
  const router = routerFor(book, advert, node);
  if (router === undefined) return [];
  const kind = node !== undefined ? 'ours' : book.roster.unread.length > 0 ? 'unidentified' : 'foreign';
  const heard = hearInRouter(router, advert, { name: node ?? advert.src, kind });
  if (heard === undefined) {
    book.beyond += 1;
    return [];
  }
  const events: WatchEvent[] = [];
  if (heard.newcomer === 'yes') events.push(...strangerOf(book, router, heard.sender, advert.atMs));
  for (const news of heard.masters) events.push(...masterNews(book, router, news, advert.atMs));
  if (heard.flow.kind === 'missed') noteMiss(book, router, advert, heard.sender.name, heard.flow);
  else if (heard.flow.kind === 'made-good') forgiveMiss(book, router, advert, heard.sender.name);
  return events;
};

const passBookTime = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  for (const router of [...book.routers.values()]) {
    const hearing = hearingOf(book, router);
    if (hearing === 'deaf') router.deafUntilMs = nowMs;
    for (const news of passTime(router.mastership, nowMs, hearing))
      events.push(...masterNews(book, router, news, nowMs));
    if (hearing === 'listening') {
      const vacant = stillVacant(router.mastership, nowMs, router.group?.advertIntervalMs ?? 1000);
      if (vacant !== undefined) events.push(...masterNews(book, router, vacant, nowMs));
    }
  }
  if (nowMs - book.reconciledMs >= reconcileEveryMs) {
    book.reconciledMs = nowMs;
    events.push(...reconcileRouters(book, nowMs));
  }
  while (book.open[0] !== undefined && book.open[0].settlesAtMs <= nowMs) {
    const open = book.open.shift();
    if (open !== undefined) events.push(describeChange(book, open));
  }
  return [...events, ...recoveries(book, nowMs), ...settleMisses(book, nowMs)];
};

/** Streams that work again. */
const recoveries = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const all = [
    ...[...book.nodes.values()].flatMap((node) =>
      Object.values(node.sources).map((source) => ({ node: node.name, source })),
    ),
    { node: 'observer', source: book.observer },
  ];
  return all.flatMap(({ node, source }): readonly WatchEvent[] => {
    const sinceMs = recovered(source, nowMs);
    return sinceMs === undefined
      ? []
      : [{ kind: 'source', at: stampOf(sinceMs), node, source: source.source, state: 'working' }];
  });
};

const takeRoster = (
  book: Book,
  { roster, atMs }: Extract<Fact, { kind: 'roster' }>,
): readonly WatchEvent[] => {
  book.roster = roster;
  return reconcileRouters(book, atMs);
};

const take = (book: Book, fact: Fact): readonly WatchEvent[] => {
  switch (fact.kind) {
    case 'advert':
      return hearAdvert(book, fact);
    case 'tick':
      return passBookTime(book, fact.atMs);
    case 'roster':
      return takeRoster(book, fact);
    case 'addresses':
      return takeAddresses(book, fact);
    case 'address':
      return takeAddress(book, fact);
    case 'link':
      return takeLink(book, fact);
    case 'log':
      return takeLog(book, fact);
    case 'process':
      return takeProcess(book, fact);
    case 'connection':
      return takeConnection(book, fact);
    case 'source':
      return takeSource(book, fact);
    case 'observer':
      book.observerWhere = fact.where;
      book.observerInterface = fact.interface;
      return [];
  }
};

/** Takes one fact in and gives the events it brings about. */
export const takeFact = (book: Book, fact: Fact): readonly WatchEvent[] => {
  const events = take(book, fact);
  for (const event of events) book.history.push(event);
  return events;
};

/** At the end: what still waited for reasons, told with what there is. */
export const closeBook = (book: Book): readonly WatchEvent[] => {
  const events = [
    ...book.open.splice(0).map((open) => describeChange(book, open)),
    ...settleMisses(book, Number.POSITIVE_INFINITY),
  ];
  for (const event of events) book.history.push(event);
  return events;
};

/** Newest last, with changes whose reasons are still coming in. */
export const historyOf = (book: Book): readonly WatchEvent[] => [
  ...book.history.list(),
  ...book.open.map((open) => describeChange(book, open)),
];
