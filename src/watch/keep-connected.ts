// A host that should stay connected: connected, its streams kept running, and when the connection is lost, connected
// again with growing pauses, until it is told to end. Nothing of it stays on the host. What the streams say is read
// elsewhere.
import type { Connected, Transport } from '../transport/transport.ts';
import { keepStream, type StreamPlan } from './keep-stream.ts';
import { createPatience, waitFor } from './patience.ts';

export type ConnectionNews =
  | { readonly state: 'connecting' | 'connected' }
  | {
      readonly state: 'lost';
      readonly problem: string;
      readonly nextStep?: string;
      readonly retryInMs: number;
    }
  /** It cannot work as it is, so trying again is left to the operator. */
  | { readonly state: 'given-up'; readonly problem: string; readonly nextStep: string };

export interface ConnectionPlan {
  readonly connect: () => Promise<Connected>;
  readonly streams: readonly StreamPlan[];
  /** Connected anew; ends with the signal, which also ends when the connection is lost. */
  readonly onConnected: (transport: Transport, session: AbortSignal) => void;
  readonly onNews: (news: ConnectionNews) => void;
  readonly signal: AbortSignal;
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One connection, from its first stream to its end; gives why it was lost. */
const runSession = async (transport: Transport, plan: ConnectionPlan): Promise<string> => {
  if (plan.signal.aborted) {
    await transport.close();
    return 'it was ended';
  }
  const session = new AbortController();
  const endWithAll = (): void => session.abort();
  plan.signal.addEventListener('abort', endWithAll, { once: true });
  let tellLost: (reason: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    tellLost = resolve;
  });
  session.signal.addEventListener('abort', () => tellLost('it was ended'), { once: true });
  const streams = plan.streams.map((stream) =>
    keepStream({ transport, plan: stream, signal: session.signal, onLost: tellLost }).catch(
      (error: unknown) => tellLost(describe(error)),
    ),
  );
  plan.onConnected(transport, session.signal);
  const reason = await lost;
  session.abort();
  plan.signal.removeEventListener('abort', endWithAll);
  await Promise.race([Promise.all(streams), waitFor(goodbyeMs, new AbortController().signal)]);
  await transport.close();
  return reason;
};

/** A host that is gone answers no goodbye; whatever still runs there ends by its lifeline. */
const goodbyeMs = 2500;

/** Resolves once it was told to end and nothing runs on the host any more. */
export const keepConnected = async (plan: ConnectionPlan): Promise<void> => {
  const { signal, onNews } = plan;
  const patience = createPatience({ firstMs: 500, mostMs: 15_000 });
  let everConnected = false;
  while (!signal.aborted) {
    onNews({ state: 'connecting' });
    const connected = await plan.connect().catch(
      (error: unknown): Connected => ({
        kind: 'failed',
        failure: {
          stage: 'config',
          message: describe(error),
          nextStep: 'please report this',
          retryable: 'no',
        },
      }),
    );
    if (connected.kind === 'failed') {
      const { message: problem, nextStep, retryable } = connected.failure;
      if (signal.aborted) return;
      // A login refused once will be refused again, and some hosts lock out who insists. One that worked before may
      // only be starting.
      if (retryable === 'no' && !everConnected) {
        onNews({ state: 'given-up', problem, nextStep });
        return;
      }
      const retryInMs = patience.next();
      onNews({ state: 'lost', problem, nextStep, retryInMs });
      await waitFor(retryInMs, signal);
      continue;
    }
    everConnected = true;
    onNews({ state: 'connected' });
    const sinceMs = performance.now();
    const problem = await runSession(connected.transport, plan);
    if (signal.aborted) return;
    patience.worked(performance.now() - sinceMs);
    const retryInMs = patience.next();
    onNews({ state: 'lost', problem: `the connection was lost: ${problem}`, retryInMs });
    await waitFor(retryInMs, signal);
  }
};
