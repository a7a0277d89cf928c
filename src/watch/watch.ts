// A watch from beginning to end: nodes and observer kept connected, what they stream put into the book, events out of
// it, and at the end nothing left running anywhere. It knows the order of things; what anything means is in `state/`,
// how it is shown is nobody's business here.
import type { ObserverChoice } from '../capture/observer.ts';
import type { Answer } from '../evidence/bundle.ts';
import { createRedactor } from '../evidence/redaction.ts';
import type { WatchEvent, WatchSummary } from '../report/watch.ts';
import type { Connected, Transport } from '../transport/transport.ts';
import { askNode } from './ask-node.ts';
import { buildRoster } from './build-roster.ts';
import { createEventLine } from './event-line.ts';
import { createHostClock } from './host-clock.ts';
import { type ConnectionNews, keepConnected } from './keep-connected.ts';
import { nodeStreams } from './node-streams.ts';
import { waitFor } from './patience.ts';
import { createBook } from './state/book.ts';
import type { Fact } from './state/fact.ts';
import { summarize } from './state/summary.ts';
import { closeBook, historyOf, takeFact } from './state/take-fact.ts';
import { watchFromObserver } from './watch-observer.ts';

export interface WatchSource {
  readonly nodes: readonly {
    readonly name: string;
    readonly address: string;
    readonly connect: () => Promise<Connected>;
  }[];
  readonly observer: ObserverChoice;
  /** Longest time for the questions to one node, ms. */
  readonly askLimitMs: number;
}

export interface WatchOptions {
  readonly source: WatchSource;
  readonly tool: { readonly name: string; readonly version: string };
  /** Between two summaries, ms; absent: only one at the beginning and one at the end. */
  readonly summaryEveryMs?: number;
  /** Ends by itself after this, ms. */
  readonly durationMs?: number;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Watch {
  /** The last one is `ended`, after everything was ended on the nodes. */
  readonly events: AsyncIterable<WatchEvent>;
  /** How things stand now. */
  look(): WatchSummary;
  /** Latest events, newest last. */
  history(): readonly WatchEvent[];
  /** `nobody`: not one stream of any node or of the observer ever worked. */
  outcome(): 'watched' | 'nobody';
  stop(): void;
}

const tickMs = 100;
/** The first summary comes when every node has answered or failed and a few adverts were due, or after so long. */
const firstSummaryWithinMs = 15_000;
const firstSummaryAfterMs = 3000;
const askAgainAfterMs = 1000;
const askAgainEveryMs = 10_000;

const newsFact = (node: string, news: ConnectionNews): Fact => ({
  kind: 'connection',
  atMs: Date.now(),
  node,
  ...news,
});

export const startWatch = ({ source, tool, summaryEveryMs, durationMs, signal }: WatchOptions): Watch => {
  const startedMs = Date.now();
  const book = createBook(source.nodes, startedMs);
  const line = createEventLine(Date.now);
  const end = new AbortController();
  let because: 'duration' | 'interrupted' | 'quit' = 'quit';
  const stop = (why: typeof because): void => {
    if (end.signal.aborted) return;
    because = why;
    end.abort();
  };
  const onInterrupt = (): void => stop('interrupted');
  signal.addEventListener('abort', onInterrupt, { once: true });

  const redactor = createRedactor();
  const answersOf = new Map<string, readonly Answer[]>();
  let links: ReturnType<typeof buildRoster>['links'] = new Map();
  let outcome: ReturnType<Watch['outcome']> = 'nobody';
  const note = (fact: Fact): void => {
    if (fact.kind === 'source' && fact.state === 'working') outcome = 'watched';
    for (const event of takeFact(book, fact)) line.push(event);
  };

  const observer = watchFromObserver(source.observer, note, end.signal);

  const settled = new Set<string>();
  const renewRoster = (): void => {
    const built = buildRoster(
      source.nodes.map(({ name, address }) => ({ name, address, answers: answersOf.get(name) })),
      tool,
    );
    links = built.links;
    note({ kind: 'roster', atMs: Date.now(), roster: built.roster });
    observer.locate(
      built.roster.groups.flatMap((group) => [
        ...group.members.flatMap((member) => member.source ?? []),
        ...group.vips.map((vip) => vip.replace(/\/\d+$/, '')),
      ]),
    );
  };

  /** `later`: it did not work, and may when tried again. */
  const ask = async (name: string, transport: Transport, session: AbortSignal): Promise<'done' | 'later'> => {
    const asked = await askNode({
      node: name,
      transport,
      redactor,
      limitMs: source.askLimitMs,
      signal: session,
    });
    settled.add(name);
    if (session.aborted) return 'done';
    if (asked.kind === 'failed') return 'later';
    answersOf.set(name, asked.answers);
    renewRoster();
    return 'done';
  };

  const watchNode = ({ name, connect }: WatchSource['nodes'][number]): Promise<void> => {
    let session: { readonly transport: Transport; readonly signal: AbortSignal } | undefined;
    let asking: 'no' | 'soon' = 'no';
    let askedMs = 0;
    const askNow = (): void => {
      if (session === undefined || session.signal.aborted) return;
      askedMs = performance.now();
      void ask(name, session.transport, session.signal).then((outcome) => {
        if (outcome === 'later') askSoon();
      });
    };
    const askSoon = (): void => {
      if (asking === 'soon') return;
      asking = 'soon';
      const pauseMs = Math.max(askAgainAfterMs, askedMs + askAgainEveryMs - performance.now());
      void waitFor(pauseMs, end.signal).then(() => {
        asking = 'no';
        askNow();
      });
    };
    return keepConnected({
      connect,
      signal: end.signal,
      streams: nodeStreams({
        node: name,
        clock: createHostClock(),
        macs: () => links.get(name)?.macs ?? new Set(),
        interfaces: () => links.get(name)?.interfaces ?? new Map(),
        redact: (text) =>
          redactor.answer(name, {
            probe: 'log',
            part: 'lines',
            round: 'before',
            exit: 0,
            text,
            truncated: 'no',
          }).text,
        onFact: note,
        onConfigurationMayDiffer: askSoon,
      }),
      onConnected: (transport, sessionSignal) => {
        session = { transport, signal: sessionSignal };
        askNow();
      },
      onNews: (news) => {
        if (news.state === 'lost' || news.state === 'given-up') settled.add(name);
        note(newsFact(name, news));
      },
    });
  };

  const look = (): WatchSummary => summarize(book, Date.now());
  const tellSummary = (): void => line.push({ kind: 'summary', ...look() });

  const givenUp = (): boolean =>
    [...book.nodes.values()].every((node) => node.connection === 'given-up') &&
    (book.observer.state === 'absent' || book.observerInterface === null);

  const run = async (): Promise<void> => {
    line.push({
      kind: 'started',
      at: new Date(startedMs).toISOString(),
      schemaVersion: 1,
      tool,
      nodes: source.nodes.map(({ name, address }) => ({ name, address })),
    });
    let summaryMs: number | undefined;
    const ticking = setInterval(() => {
      const nowMs = Date.now();
      note({ kind: 'tick', atMs: nowMs });
      const sinceMs = nowMs - startedMs;
      if (durationMs !== undefined && sinceMs >= durationMs) stop('duration');
      if (givenUp()) stop('quit');
      const ready = settled.size >= source.nodes.length && sinceMs >= firstSummaryAfterMs;
      if (summaryMs === undefined) {
        if (!ready && sinceMs < firstSummaryWithinMs) return;
        summaryMs = nowMs;
        tellSummary();
      } else if (summaryEveryMs !== undefined && nowMs - summaryMs >= summaryEveryMs) {
        summaryMs = nowMs;
        tellSummary();
      }
    }, tickMs);
    try {
      await Promise.all([...source.nodes.map(watchNode), observer.ended, whenAborted(end.signal)]);
    } finally {
      clearInterval(ticking);
      stop('quit');
      signal.removeEventListener('abort', onInterrupt);
      for (const event of closeBook(book)) line.push(event);
      tellSummary();
      const nowMs = Date.now();
      line.push({
        kind: 'ended',
        at: new Date(nowMs).toISOString(),
        because,
        durationMs: nowMs - startedMs,
      });
      line.close();
    }
  };
  const running = run();

  return {
    events: {
      async *[Symbol.asyncIterator]() {
        yield* line;
        await running;
      },
    },
    look,
    history: () => historyOf(book),
    outcome: () => outcome,
    stop: () => stop('quit'),
  };
};

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
