// Changes of master: opened when the wire shows them, described with the reasons that have come in by then.
import type { WatchEvent, WatchTransition } from '../../report/watch.ts';
import { aboutOf, type Book, mostOpen, type OpenChange, stampOf } from './book.ts';
import { type Clue, findClues } from './clues.ts';
import type { Change, MasterNews, Sender } from './mastership.ts';
import { changeSentence } from './reasons.ts';
import type { RouterAccount } from './router-account.ts';

/** Reasons come through other streams than adverts; so long a change waits for them. */
const settleMs = 1500;

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

export const masterNews = (
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
