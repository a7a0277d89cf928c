// How things stand, out of the book, at a moment: the table a person reads and the summary a script gets. Pure; it
// changes nothing in the book.
import type { WatchEar, WatchNode, WatchRouter, WatchSource, WatchSummary } from '../../report/watch.ts';
import type { Book } from './book.ts';
import { type Flow, paceOf } from './flow.ts';
import { hearingOf } from './hearing.ts';
import { mastersOf, type Sender } from './mastership.ts';
import type { NodeAccount, SourceAccount } from './node-account.ts';
import { withoutPrefix } from './roster.ts';
import type { RouterAccount } from './router-account.ts';
import { originOf } from './strangers.ts';

const stampOf = (atMs: number): string => new Date(atMs).toISOString();
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1000) / 1000;

const senderBySrc = (router: RouterAccount, src: string): Sender | undefined =>
  router.mastership.senders.get(src);

/** What a backup hears first, stamped by its kernel; the observer's stamps may be of arrival; the sender hears itself. */
const earRank = (flow: Flow, senderName: string): number =>
  flow.ear === 'observer' ? 1 : flow.ear === senderName ? 2 : 0;

const earsOf = (
  router: RouterAccount,
  nowMs: number,
): readonly { readonly flow: Flow; readonly ear: WatchEar }[] =>
  [...router.flows.values()].map((flow) => {
    const pace = paceOf(flow);
    return {
      flow,
      ear: {
        heardAt: flow.ear,
        sender: senderBySrc(router, flow.src)?.name ?? flow.src,
        dst: flow.dst,
        adverts: flow.adverts,
        missed: flow.missed,
        missedLastHour: flow.missedHour.within(nowMs),
        ratePerSecond: rounded(pace.ratePerSecond),
        jitterMs: rounded(pace.jitterMs),
      },
    };
  });

/** Of the present master: the ear it is shown by, and the one that missed most. */
const ofMaster = (router: RouterAccount, nowMs: number) => {
  const { master } = router.mastership;
  const ears = earsOf(router, nowMs);
  const own = master === undefined ? [] : ears.filter(({ flow }) => flow.src === master.src && flow.running);
  const [shown] = [...own].sort(
    (a, b) =>
      earRank(a.flow, master?.name ?? '') - earRank(b.flow, master?.name ?? '') ||
      b.flow.gapCount - a.flow.gapCount,
  );
  const all = [...ears]
    .sort(
      (a, b) =>
        Number(b.flow.src === master?.src) - Number(a.flow.src === master?.src) ||
        b.flow.lastAtMs - a.flow.lastAtMs ||
        a.ear.heardAt.localeCompare(b.ear.heardAt),
    )
    .map(({ ear }) => ear);
  return {
    shown,
    missed: Math.max(0, ...all.map((ear) => ear.missed)),
    missedLastHour: Math.max(0, ...all.map((ear) => ear.missedLastHour)),
    ears: all,
  };
};

const sinceOf = (
  book: Book,
  router: RouterAccount,
): { readonly since: string | null; readonly sinceIs: WatchRouter['sinceIs'] } => {
  const { master, masterSinceMs, left } = router.mastership;
  if (master === undefined || masterSinceMs === undefined)
    return left === undefined
      ? { since: null, sinceIs: null }
      : { since: stampOf(left.atMs), sinceIs: 'seen' };
  if (router.arrival === 'seen') return { since: stampOf(masterSinceMs), sinceIs: 'seen' };
  const member = router.group?.members.find((one) => one.node === master.name);
  const logged = member === undefined ? undefined : book.nodes.get(member.node)?.logged.get(member.instance);
  return logged?.state === 'MASTER' && logged.atMs <= masterSinceMs + 1000
    ? { since: stampOf(logged.atMs), sinceIs: 'logged' }
    : { since: stampOf(masterSinceMs), sinceIs: 'at-least' };
};

const memberState = (
  node: NodeAccount | undefined,
  instance: string,
  sends: boolean,
  hearing: 'listening' | 'deaf',
): WatchRouter['members'][number]['state'] => {
  if (sends) return 'MASTER';
  if (node === undefined || node.connection !== 'connected') return 'UNKNOWN';
  if (node.process === 'stopped') return 'STOPPED';
  if (node.process === 'frozen') return 'FROZEN';
  const logged = node.logged.get(instance);
  if (logged?.state === 'FAULT') return 'FAULT';
  return node.process === 'running' && hearing === 'listening' ? 'BACKUP' : 'UNKNOWN';
};

const describeRouter = (book: Book, router: RouterAccount, nowMs: number): WatchRouter => {
  const masters = mastersOf(router.mastership);
  const { master } = router.mastership;
  const hearing = hearingOf(book, router);
  const { shown, missed, missedLastHour, ears } = ofMaster(router, nowMs);
  const vips = router.group?.vips ?? router.addresses;
  return {
    id: router.id,
    vrid: router.vrid,
    family: router.family,
    origin: originOf(book, router),
    version: router.version,
    mode: router.group?.mode ?? (/^(?:22[4-9]|23\d)\.|^ff/i.test(router.dst) ? 'multicast' : 'unicast'),
    vips,
    masters,
    hearing: hearing === 'deaf' ? 'unheard' : masters.length > 0 ? 'heard' : 'silent',
    ...sinceOf(book, router),
    priority: master?.priority ?? null,
    advertIntervalMs: master?.intervalMs ?? router.group?.advertIntervalMs ?? null,
    ratePerSecond: shown?.ear.ratePerSecond ?? null,
    jitterMs: shown?.ear.jitterMs ?? null,
    missed,
    missedLastHour,
    transitions: router.changes,
    flapsLastHour: router.changesHour.within(nowMs),
    holders: vips.map((vip) => ({
      vip,
      nodes: [...book.nodes.values()].flatMap((node) =>
        node.held?.has(withoutPrefix(vip)) === true ? [node.name] : [],
      ),
    })),
    members: (router.group?.members ?? []).map((member) => ({
      node: member.node,
      instance: member.instance,
      interface: member.interface,
      priority: member.priority,
      state: memberState(
        book.nodes.get(member.node),
        member.instance,
        masters.includes(member.node),
        hearing,
      ),
    })),
    strangers: [...router.told],
    ears,
  };
};

const describeSource = ({ source, state, problem, losses }: SourceAccount): WatchSource => ({
  source,
  state,
  losses,
  ...(problem === undefined ? {} : { problem }),
});

const describeNode = (node: NodeAccount): WatchNode => ({
  name: node.name,
  address: node.address,
  connection: node.connection,
  since: stampOf(node.sinceMs),
  losses: node.losses,
  keepalived: node.process,
  sources: Object.values(node.sources).map(describeSource),
  ...(node.problem === undefined ? {} : { problem: node.problem }),
  ...(node.nextStep === undefined ? {} : { nextStep: node.nextStep }),
  ...(node.retryAtMs === undefined ? {} : { retryAt: stampOf(node.retryAtMs) }),
});

/** Ours first, by VRID; what belongs to nobody behind them. */
const inOrder = (a: WatchRouter, b: WatchRouter): number =>
  Number(a.origin !== 'ours') - Number(b.origin !== 'ours') || a.vrid - b.vrid || a.id.localeCompare(b.id);

export const summarize = (book: Book, nowMs: number): WatchSummary => ({
  at: stampOf(nowMs),
  startedAt: stampOf(book.startedMs),
  watchedMs: nowMs - book.startedMs,
  routers: [...book.routers.values()].map((router) => describeRouter(book, router, nowMs)).sort(inOrder),
  nodes: [...book.nodes.values()].map(describeNode),
  observer: {
    where: book.observerWhere,
    interface: book.observerInterface,
    ...describeSource(book.observer),
  },
  beyond: book.beyond,
});
