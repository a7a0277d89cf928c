// The book of a watch: what is kept while it goes on, and nothing else. Who writes into it stands in the files beside:
// `take-fact.ts` for facts, `changes.ts` for masters, `misses.ts` for adverts that did not come, `node-facts.ts` for what
// nodes say.
import type { WatchEvent } from '../../report/watch.ts';
import { createLatest, type Latest } from './counts.ts';
import type { Family } from './fact.ts';
import type { Change, Sender } from './mastership.ts';
import { createNodeAccount, createSource, type NodeAccount, type SourceAccount } from './node-account.ts';
import { emptyRoster, type Roster } from './roster.ts';
import type { RouterAccount } from './router-account.ts';

/** A change whose reasons are still coming in. */
export interface OpenChange {
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

export interface OpenMiss {
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

const historyKept = 500;
/** Changes and misses that wait to be told; a storm of them does not wait. */
export const mostOpen = 256;

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

export const stampOf = (atMs: number): string => new Date(atMs).toISOString();

export const aboutOf = (router: RouterAccount): { router: string; vrid: number; family: Family } => ({
  router: router.id,
  vrid: router.vrid,
  family: router.family,
});
