// Connections that should last: they end when they are told to, at whatever moment, and come back when they are lost.
import { describe, expect, it } from 'vitest';
import type { Connected, Stream, Transport } from '../../src/transport/transport.ts';
import { type ConnectionNews, keepConnected } from '../../src/watch/keep-connected.ts';
import type { StreamPlan } from '../../src/watch/keep-stream.ts';

interface Paper {
  readonly transport: Transport;
  /** The connection goes away. */
  lose(): void;
  closed(): boolean;
}

/** A transport whose streams say one word and then wait for their end. */
const paperTransport = (): Paper => {
  let closed = false;
  const open = new Set<(exit: 'in-order' | 'lost') => void>();
  const stream = (): Stream => {
    let finish: (exit: 'in-order' | 'lost') => void = () => {};
    const over = new Promise<'in-order' | 'lost'>((resolve) => {
      finish = resolve;
    });
    open.add(finish);
    async function* stdout(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1);
      await over;
    }
    return {
      stdout: stdout(),
      write: () => undefined,
      end: () => finish('in-order'),
      kill: () => finish('in-order'),
      finished: over.then((how) => ({
        exit: how === 'lost' ? { kind: 'lost', reason: 'it went away' } : { kind: 'exited', code: 0 },
        stderr: new Uint8Array(0),
        truncated: 'no',
        startedAtMs: 0,
        durationMs: 0,
      })),
    };
  };
  return {
    transport: {
      node: 'n1',
      run: () => Promise.reject(new Error('not used')),
      stream: async () => ({ kind: 'streaming', stream: stream() }),
      close: async () => {
        closed = true;
      },
    },
    lose: () => {
      for (const finish of open) finish('lost');
    },
    closed: () => closed,
  };
};

const connected = (transport: Transport): Connected => ({
  kind: 'connected',
  transport,
  facts: { via: 'local', user: 'root', rights: 'root', notes: [] },
});

const plan = (onState: (state: string) => void): StreamPlan => ({
  command: () => 'true',
  onStart: () => undefined,
  onChunk: () => 'working',
  onState: ({ state }) => onState(state),
});

describe('a connection that is kept', () => {
  it('ends although it is told to while it is still being made', async () => {
    const paper = paperTransport();
    const end = new AbortController();
    let arrive: (found: Connected) => void = () => {};
    const kept = keepConnected({
      connect: () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      streams: [plan(() => undefined)],
      onConnected: () => undefined,
      onNews: () => undefined,
      signal: end.signal,
    });
    end.abort();
    arrive(connected(paper.transport));
    await kept;
    expect(paper.closed()).toBe(true);
  });

  it('ends its streams in order when it is told to', async () => {
    const paper = paperTransport();
    const end = new AbortController();
    await keepConnected({
      connect: async () => connected(paper.transport),
      streams: [plan((state) => state === 'working' && end.abort())],
      onConnected: () => undefined,
      onNews: () => undefined,
      signal: end.signal,
    });
    expect(paper.closed()).toBe(true);
  });

  it('is made again when it is lost, and says so', async () => {
    const end = new AbortController();
    const news: ConnectionNews[] = [];
    let connections = 0;
    let present = paperTransport();
    await keepConnected({
      connect: async () => {
        connections += 1;
        present = paperTransport();
        return connected(present.transport);
      },
      streams: [
        plan((state) => {
          if (state !== 'working') return;
          if (connections === 1) present.lose();
          else end.abort();
        }),
      ],
      onConnected: () => undefined,
      onNews: (one) => news.push(one),
      signal: end.signal,
    });
    expect(news.map(({ state }) => state)).toEqual([
      'connecting',
      'connected',
      'lost',
      'connecting',
      'connected',
    ]);
    expect(news[2]).toMatchObject({ problem: 'the connection was lost: it went away' });
  });

  it('does not insist where the first login is refused', async () => {
    const news: ConnectionNews[] = [];
    await keepConnected({
      connect: async () => ({
        kind: 'failed',
        failure: { stage: 'authentication', message: 'refused', nextStep: 'a key', retryable: 'no' },
      }),
      streams: [],
      onConnected: () => undefined,
      onNews: (one) => news.push(one),
      signal: new AbortController().signal,
    });
    expect(news.at(-1)).toEqual({ state: 'given-up', problem: 'refused', nextStep: 'a key' });
  });
});
