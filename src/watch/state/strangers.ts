// VRIDs and senders that belong to none of the nodes: when they are told about, when they are forgotten, and how routers
// heard before the nodes had told about themselves find their place. Nothing is called a stranger while a node it could
// belong to has not been read.
import type { WatchEvent } from '../../report/watch.ts';
import type { Book } from './book.ts';
import type { Family } from './fact.ts';
import type { Sender } from './mastership.ts';
import { createRouter, type RouterAccount } from './router-account.ts';

export const unknownId = ({ vrid, family }: { readonly vrid: number; readonly family: Family }): string =>
  `${vrid}/${family}/?`;

/** A stranger not heard for so many intervals, and so long at least, has gone. */
const goneIntervals = 10;
const goneMs = 30_000;
/** An unknown VRID that has been silent for so long is forgotten. */
const forgottenMs = 600_000;
/** A node that does not answer keeps the others waiting for so long. */
const announcedWithinMs = 10_000;

export const originOf = (book: Book, router: RouterAccount): 'ours' | 'unknown' | 'unidentified' =>
  router.group !== undefined ? 'ours' : book.roster.unread.length > 0 ? 'unidentified' : 'unknown';

const stampOf = (atMs: number): string => new Date(atMs).toISOString();

const strangerText = (router: RouterAccount, sender: Sender, state: 'heard' | 'silent'): string => {
  const mac = sender.mac === undefined ? '' : ` (${sender.mac})`;
  if (router.group === undefined)
    return state === 'heard'
      ? `VRID ${router.vrid} is configured on none of the nodes; ${sender.src}${mac} sends it`
      : `${sender.src}${mac} has stopped sending VRID ${router.vrid}`;
  return state === 'heard'
    ? `${sender.src}${mac} sends VRID ${router.vrid} and is none of the nodes`
    : `${sender.src}${mac} has stopped sending VRID ${router.vrid}`;
};

const eventOf = (
  router: RouterAccount,
  sender: Sender,
  state: 'heard' | 'silent',
  atMs: number,
): WatchEvent => ({
  kind: 'stranger',
  at: stampOf(atMs),
  router: router.id,
  vrid: router.vrid,
  family: router.family,
  state,
  what: router.group === undefined ? 'vrid' : 'sender',
  sender: sender.src,
  mac: sender.mac ?? null,
  addresses: sender.addresses,
  text: strangerText(router, sender, state),
});

const isStranger = (book: Book, router: RouterAccount, sender: Sender): boolean =>
  book.roster.unread.length === 0 && (router.group === undefined || sender.kind === 'foreign');

/** Told once for each sender, as soon as it is certain. */
export const strangerOf = (
  book: Book,
  router: RouterAccount,
  sender: Sender,
  atMs: number,
): readonly WatchEvent[] => {
  if (!isStranger(book, router, sender) || router.told.has(sender.src)) return [];
  router.told.add(sender.src);
  return [eventOf(router, sender, 'heard', atMs)];
};

const nameAgain = (book: Book, router: RouterAccount): void => {
  for (const sender of router.mastership.senders.values()) {
    if (sender.kind === 'ours') continue;
    const node =
      book.roster.addresses.get(sender.src) ??
      (sender.mac === undefined ? undefined : book.roster.macs.get(sender.mac));
    sender.kind = node !== undefined ? 'ours' : book.roster.unread.length > 0 ? 'unidentified' : 'foreign';
    if (node !== undefined) sender.name = node;
  }
};

const announced = (router: RouterAccount, atMs: number): WatchEvent => ({
  kind: 'router',
  at: stampOf(atMs),
  router: router.id,
  vrid: router.vrid,
  family: router.family,
  origin: 'ours',
  text: `${router.group?.vips.join(', ') || 'no VIP'} on ${
    router.group?.members.map((member) => `${member.node} ${member.interface}`).join(', ') ?? '?'
  }`,
});

/** Every group has its router; one heard before it was known whose it is becomes that of the group. */
const adoptGroups = (book: Book, atMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  const ids = new Set(book.roster.groups.map((group) => group.id));
  for (const group of book.roster.groups) {
    const known = book.routers.get(group.id);
    if (known !== undefined) {
      known.group = group;
      continue;
    }
    const waiting = book.routers.get(unknownId(group));
    const fits = waiting !== undefined && waiting.vrid === group.vrid;
    const router = fits ? waiting : createRouter(group.id, { vrid: group.vrid, family: group.family, group });
    if (fits) {
      book.routers.delete(router.id);
      router.id = group.id;
      router.group = group;
    }
    book.routers.set(group.id, router);
  }
  // Told once all members are known, or have had time enough to become so.
  if (book.roster.unread.length === 0 || atMs - book.startedMs > announcedWithinMs)
    for (const router of book.routers.values())
      if (router.group !== undefined && router.announced === 'no') {
        router.announced = 'yes';
        events.push(announced(router, atMs));
      }
  // A group that is configured no more: kept as unknown while it is still heard.
  for (const router of [...book.routers.values()])
    if (router.group !== undefined && !ids.has(router.id)) {
      book.routers.delete(router.id);
      if (router.lastHeardMs === undefined || book.routers.has(unknownId(router))) continue;
      router.group = undefined;
      router.id = unknownId(router);
      book.routers.set(router.id, router);
    }
  return events;
};

const forget = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [];
  for (const router of [...book.routers.values()]) {
    for (const sender of router.mastership.senders.values()) {
      if (!router.told.has(sender.src)) continue;
      if (nowMs - sender.lastAtMs <= Math.max(goneMs, goneIntervals * sender.intervalMs)) continue;
      router.told.delete(sender.src);
      if (router.mastership.master !== sender) router.mastership.senders.delete(sender.src);
      events.push(eventOf(router, sender, 'silent', nowMs));
    }
    if (router.group === undefined && nowMs - (router.lastHeardMs ?? 0) > forgottenMs)
      book.routers.delete(router.id);
  }
  return events;
};

/** Puts routers and senders in their place after the roster changed, tells strangers, forgets those that have gone. */
export const reconcileRouters = (book: Book, nowMs: number): readonly WatchEvent[] => {
  const events: WatchEvent[] = [...adoptGroups(book, nowMs)];
  for (const router of book.routers.values()) {
    nameAgain(book, router);
    for (const sender of router.mastership.senders.values())
      if (nowMs - sender.lastAtMs < goneMs) events.push(...strangerOf(book, router, sender, nowMs));
  }
  return [...events, ...forget(book, nowMs)];
};
