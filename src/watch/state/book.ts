// The book of a watch: facts go in, events come out, and how things stand can be looked up at any time. It is the
// reducer of this room: no clock, no I/O, memory bounded whatever comes in. Who brings the facts and who shows the
// events it does not know.
import type { WatchEvent, WatchTransition } from '../../report/watch.ts';
import { type Clue, clueOfConnection, clueOfLink, clueOfLog, clueOfProcess, findClues } from './clues.ts';
import { createLatest, type Latest } from './counts.ts';
import type { AdvertFact, Fact, Family } from './fact.ts';
import { type Change, type MasterNews, passTime, type Sender, stillVacant } from './mastership.ts';
import {
  createNodeAccount,
  createSource,
  mayTellLine,
  type NodeAccount,
  noteConnection,
  noteLogged,
  noteSource,
  recovered,
  type SourceAccount,
} from './node-account.ts';
import { changeSentence } from './reasons.ts';
import { emptyRoster, groupOfAdvert, nodeOfSender, type Roster, withoutPrefix } from './roster.ts';
import { createRouter, hearInRouter, interruptEar, type RouterAccount } from './router-account.ts';
import { reconcileRouters, strangerOf, unknownId } from './strangers.ts';

/** A change whose reasons are still coming in. */
interface OpenChange {
  readonly router: RouterAccount;
  readonly change: Change;
  /** As they are called by now: a sender may be recognised after it was heard. */
  readonly left: Sender | undefined;
  readonly came: Sender | undefined;
  readonly fromPriority: number | undefined;
  readonly toPriority: number | undefined;
  readonly heard: 'throughout' | 'with-a-gap';
  readonly settlesAtMs: number;
}

interface OpenMiss {
  readonly event: Omit<Extract<WatchEvent, { kind: 'missed' }>, 'at' | 'missed' | 'gapMs'>;
  atMs: number;
  missed: number;
  gapMs: number;
}

export interface Book {
  readonly startedMs: number;
  readonly nodes: ReadonlyMap<string, NodeAccount>;
  readonly observer: SourceAccount;
  observerWhere: string;
  observerInterface: string | null;
  roster: Roster;
  readonly routers: Map<string, RouterAccount>;
  readonly open: OpenChange[];
  readonly misses: Map<string, OpenMiss>;
  /** Newest last; open changes are not in it yet. */
  readonly history: Latest<WatchEvent>;
  /** When routers and senders were last put in their place. */
  reconciledMs: number;
  beyond: number;
}

/** Reasons come through other streams than adverts; so long a change waits for them. */
const settleMs = 1500;
/** Misses within this time are told as one. */
const missSpanMs = 1000;
const mostRouters = 512;
const reconcileEveryMs = 1000;
const historyKept = 500;
const mostOpen = 256;

export const createBook = (
  nodes: readonly { readonly name: string; readonly address: string }[],
  startedMs: number,
): Book => ({
  startedMs,
  nodes: new Map(
    nodes.map((node) => [node.name, createNodeAccount(node.name, node.address, startedMs)] as const),
  ),
  observer: createSource('adverts'),
  observerWhere: 'none',
  observerInterface: null,
  roster: emptyRoster(nodes.map((node) => node.name)),
  routers: new Map(),
  open: [],
  misses: new Map(),
  history: createLatest<WatchEvent>(historyKept),
  reconciledMs: startedMs,
  beyond: 0,
});

const stampOf = (atMs: number): string => new Date(atMs).toISOString();

const aboutOf = (router: RouterAccount): { router: string; vrid: number; family: Family } => ({
  router: router.id,
  vrid: router.vrid,
  family: router.family,
});

const whoIs = (book: Book, router: RouterAccount, name: string | null) => {
  if (name === null || !book.nodes.has(name)) return undefined;
  const member = router.group?.members.find((one) => one.node === name);
  return member === undefined
    ? { node: name }
    : { node: name, instance: member.instance, interface: member.interface };
};

/**
 * How far back a clue may lie: the old master had to fall silent first and be missed, or the new one had to wait for its
 * master down interval after it started.
 */
const lookBackMs = ({ change, came, router }: OpenChange): number =>
  (change.silentMs ?? 0) + 4 * (came?.intervalMs ?? router.group?.advertIntervalMs ?? 1000) + 3000;

/** A change with all that is known by now. */
export const describeChange = (
  book: Book,
  open: OpenChange,
): { readonly kind: 'transition' } & WatchTransition => {
  const { router, change } = open;
  const { reason, silentMs, atMs } = change;
  const from = change.from === null ? null : (open.left?.name ?? change.from);
  const to = change.to === null ? null : (open.came?.name ?? change.to);
  const leftName = from ?? router.mastership.left?.name ?? null;
  const leaving = reason === 'returned' ? whoIs(book, router, to) : whoIs(book, router, leftName);
  const coming = to === null ? undefined : whoIs(book, router, to);
  const nodes = [...new Set([leaving?.node, coming?.node].filter((name) => name !== undefined))];
  const clues =
    reason === 'first-heard'
      ? []
      : findClues(
          nodes.flatMap((name): readonly Clue[] => book.nodes.get(name)?.clues.list() ?? []),
          { fromMs: atMs - lookBackMs(open), toMs: atMs + settleMs + 1000, leaving, coming },
        );
  const because = clues.map(({ node, source, text, quote }) => ({
    node,
    source,
    text,
    ...(quote === undefined ? {} : { quote }),
  }));
  return {
    kind: 'transition',
    at: stampOf(atMs),
    ...aboutOf(router),
    from,
    to,
    reason,
    text: changeSentence({ ...change, ...open, from, to }, clues),
    silentMs: silentMs === null || open.heard === 'with-a-gap' ? null : Math.round(silentMs * 10) / 10,
    because,
  };
};

const openChange = (book: Book, router: RouterAccount, change: Change, nowMs: number): void => {
  if (change.to !== null && change.reason !== 'first-heard') {
    router.changes += 1;
    router.changesHour.add(change.atMs);
  }
  router.arrival = change.reason === 'first-heard' ? 'found' : 'seen';
  const senderOf = (name: string | null): Sender | undefined =>
    [...router.mastership.senders.values()].find((sender) => sender.name === name);
  const [left, came] = [senderOf(change.from), senderOf(change.to)];
  const quietSinceMs = change.atMs - (change.silentMs ?? 0);
  book.open.push({
    router,
    change,
    left,
    came,
    fromPriority: left?.priority,
    toPriority: came?.priority,
    heard: router.deafUntilMs > quietSinceMs ? 'with-a-gap' : 'throughout',
    settlesAtMs: nowMs + settleMs,
  });
  if (router.deafUntilMs > quietSinceMs && change.to !== null) router.arrival = 'found';
};

const masterNews = (
  book: Book,
  router: RouterAccount,
  news: MasterNews,
  nowMs: number,
): readonly WatchEvent[] => {
  if (news.kind === 'overlap')
    return [
      {
        kind: 'two-masters',
        at: stampOf(news.atMs),
        state: news.state,
        masters: news.masters,
        ...aboutOf(router),
      },
    ];
  openChange(book, router, news, nowMs);
  // A storm of changes does not wait for reasons.
  const overdue = book.open.length > mostOpen ? book.open.shift() : undefined;
  return overdue === undefined ? [] : [describeChange(book, overdue)];
};

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

const missKey = (router: RouterAccount, advert: AdvertFact, sender: string): string =>
  `${router.id} ${sender} ${advert.ear}`;

/** It was late only; not told unless it has been told already. */
const forgiveMiss = (book: Book, router: RouterAccount, advert: AdvertFact, sender: string): void => {
  const key = missKey(router, advert, sender);
  const open = book.misses.get(key);
  if (open === undefined) return;
  open.missed -= 1;
  if (open.missed <= 0) book.misses.delete(key);
};

const noteMiss = (
  book: Book,
  router: RouterAccount,
  advert: AdvertFact,
  sender: string,
  { missed, gapMs }: { readonly missed: number; readonly gapMs: number },
): void => {
  const key = missKey(router, advert, sender);
  const before = book.misses.get(key);
  if (before !== undefined) {
    before.missed += missed;
    before.gapMs = Math.max(before.gapMs, gapMs);
    return;
  }
  if (book.misses.size >= mostOpen) return;
  book.misses.set(key, {
    event: { kind: 'missed', ...aboutOf(router), sender, heardAt: advert.ear },
    atMs: advert.atMs,
    missed,
    gapMs,
  });
};

const settleMisses = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  for (const [key, { event, atMs, missed, gapMs }] of book.misses)
    if (nowMs - atMs >= missSpanMs) {
      book.misses.delete(key);
      events.push({ ...event, at: stampOf(atMs), missed, gapMs: Math.round(gapMs * 10) / 10 });
    }
  return events;
};

const isWorking = (source: SourceAccount | undefined): boolean => source?.state === 'working';

/** Whether anybody listens where this router can be heard. */
export const hearingOf = (book: Book, router: RouterAccount): 'listening' | 'deaf' => {
  const ears =
    router.group === undefined
      ? [...book.nodes.values()]
      : router.group.members.flatMap((member) => book.nodes.get(member.node) ?? []);
  const onNodes = ears.some((node) => isWorking(node.sources.adverts));
  const observed = router.group?.mode !== 'unicast' && isWorking(book.observer);
  return onNodes || observed ? 'listening' : 'deaf';
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

const isVip = (book: Book, address: string): boolean =>
  book.roster.groups.some((group) => group.vips.some((vip) => withoutPrefix(vip) === address));

const vipEvent = (
  node: string,
  atMs: number,
  change: { readonly vip: string; readonly state: 'added' | 'removed'; readonly interface: string },
): WatchEvent => ({ kind: 'vip', at: stampOf(atMs), node, ...change });

const takeAddresses = (
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

const takeAddress = (book: Book, fact: Extract<Fact, { kind: 'address' }>): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  const { address: vip, change: state } = fact;
  if (node?.held === undefined || (state === 'added') === node.held.has(vip)) return [];
  if (state === 'removed') node.held.delete(vip);
  else if (node.held.size < mostAddresses) node.held.set(vip, fact.interface);
  return isVip(book, vip) ? [vipEvent(fact.node, fact.atMs, { vip, state, interface: fact.interface })] : [];
};

const takeLog = (book: Book, fact: Extract<Fact, { kind: 'log' }>): readonly WatchEvent[] => {
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

const takeConnection = (book: Book, fact: Extract<Fact, { kind: 'connection' }>): readonly WatchEvent[] => {
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

const takeSource = (book: Book, fact: Extract<Fact, { kind: 'source' }>): readonly WatchEvent[] => {
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

const takeProcess = (book: Book, fact: Extract<Fact, { kind: 'process' }>): readonly WatchEvent[] => {
  const node = book.nodes.get(fact.node);
  if (node === undefined || node.process === fact.state) return [];
  const first = node.process === 'unknown';
  node.process = fact.state;
  if (first && fact.state === 'running') return [];
  node.clues.push(clueOfProcess(fact));
  return [{ kind: 'process', at: stampOf(fact.atMs), node: fact.node, state: fact.state }];
};

const takeLink = (book: Book, fact: Extract<Fact, { kind: 'link' }>): readonly WatchEvent[] => {
  book.nodes.get(fact.node)?.clues.push(clueOfLink(fact));
  const { node, interface: name, state } = fact;
  return [{ kind: 'link', at: stampOf(fact.atMs), node, interface: name, state }];
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
