// The observer's ear during a watch: on the machine vipdoctor runs on through `cap` in a child that may die, else
// through tcpdump; or on another host. Whatever ends is started again with growing pauses, and that is said.
import { localAddresses, type ObserverChoice } from '../capture/observer.ts';
import { startCapEar } from '../capture/observer-cap.ts';
import { chooseLocalInterface } from '../capture/observer-local.ts';
import { advertFilter } from '../capture/packet-filter.ts';
import { connectLocal } from '../transport/local.ts';
import { readAdvert, type Vantage } from './ear-reading.ts';
import { createHostClock, ownClock } from './host-clock.ts';
import { keepConnected } from './keep-connected.ts';
import { advertStream } from './node-streams.ts';
import { createPatience, waitFor } from './patience.ts';
import type { Fact } from './state/fact.ts';

export interface ObserverWatch {
  /** Tells which addresses the segment has, so that an interface can be chosen. */
  locate(addresses: readonly string[]): void;
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
}

const vantageOf = (clock: Vantage['clock'], onlyInterface: string): Vantage => ({
  ear: 'observer',
  clock,
  macs: () => new Set(),
  interfaces: () => new Map(),
  onlyInterface,
});

const sourceFact = (
  state: Extract<Fact, { kind: 'source' }>['state'],
  more: { problem?: string; retryInMs?: number } = {},
): Fact => ({
  kind: 'source',
  atMs: Date.now(),
  node: 'observer',
  source: 'adverts',
  state,
  ...more,
});

type CapRun =
  | { readonly kind: 'never-worked'; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: string; readonly workedMs: number };

/** One life of the child that holds libpcap. */
const runCap = async (name: string, onFact: (fact: Fact) => void, signal: AbortSignal): Promise<CapRun> => {
  const vantage = vantageOf(ownClock, name);
  const cap = await startCapEar({
    interface: name,
    filter: advertFilter,
    maxRestarts: 0,
    onFrame: (frame) => {
      const advert = readAdvert(frame, vantage, Date.now());
      if (advert !== undefined) onFact(advert);
    },
    onProblem: () => undefined,
  });
  if (cap.kind === 'unavailable') return { kind: 'never-worked', reason: cap.reason };
  const sinceMs = performance.now();
  onFact(sourceFact('working'));
  const stop = (): void => {
    void cap.stop();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const reason = await cap.ended;
  signal.removeEventListener('abort', stop);
  return {
    kind: 'ended',
    reason: `the capture process ended (${reason})`,
    workedMs: performance.now() - sinceMs,
  };
};

const keepCap = async (
  name: string,
  onFact: (fact: Fact) => void,
  signal: AbortSignal,
): Promise<'ended' | 'impossible'> => {
  const patience = createPatience({ firstMs: 250, mostMs: 5000 });
  let everWorked = false;
  while (!signal.aborted) {
    const run = await runCap(name, onFact, signal);
    if (signal.aborted) return 'ended';
    if (run.kind === 'ended') {
      everWorked = true;
      patience.worked(run.workedMs);
    } else if (!everWorked) return 'impossible';
    const retryInMs = patience.next();
    onFact(sourceFact('down', { problem: run.reason, retryInMs }));
    await waitFor(retryInMs, signal);
  }
  return 'ended';
};

export const watchFromObserver = (
  choice: ObserverChoice,
  onFact: (fact: Fact) => void,
  signal: AbortSignal,
): ObserverWatch => {
  const where = choice.kind === 'host' ? choice.name : choice.kind;
  const tell = (name: string | null): void =>
    onFact({ kind: 'observer', atMs: Date.now(), where, interface: name });

  const overTransport = (
    connect: Parameters<typeof keepConnected>[0]['connect'],
    name: string,
  ): Promise<void> =>
    keepConnected({
      connect,
      signal,
      streams: [
        advertStream(vantageOf(choice.kind === 'local' ? ownClock : createHostClock(), name), onFact, name),
      ],
      onConnected: () => undefined,
      onNews: (news) => {
        if (news.state === 'lost')
          onFact(sourceFact('down', { problem: news.problem, retryInMs: news.retryInMs }));
        else if (news.state === 'given-up') onFact(sourceFact('absent', { problem: news.problem }));
      },
    });

  const listen = async (name: string): Promise<void> => {
    tell(name);
    if (choice.kind === 'host') return overTransport(choice.connect, name);
    if ((await keepCap(name, onFact, signal)) === 'ended') return;
    await overTransport(() => connectLocal({ node: 'observer' }), name);
  };

  let started: Promise<void> | undefined;
  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const begin = (name: string): void => {
    started = listen(name);
    void started.then(finish, (error: unknown) => {
      onFact(sourceFact('absent', { problem: error instanceof Error ? error.message : String(error) }));
      finish();
    });
  };
  const dismiss = (problem: string): void => {
    tell(null);
    onFact(sourceFact('absent', { problem }));
  };
  signal.addEventListener('abort', () => {
    if (started === undefined) finish();
  });
  if (choice.kind === 'none') dismiss(choice.reason);
  else if (choice.interface !== undefined) begin(choice.interface);
  else if (choice.kind === 'host')
    dismiss(`say which interface of ${choice.name} is in the segment with --interface`);
  else tell(null);

  return {
    locate: (addresses) => {
      if (choice.kind !== 'local' || started !== undefined || signal.aborted) return;
      const chosen = chooseLocalInterface({ local: localAddresses(), addresses });
      if (chosen.kind === 'chosen') begin(chosen.interface);
      else onFact(sourceFact('absent', { problem: chosen.reason }));
    },
    ended,
  };
};
