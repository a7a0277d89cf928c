// A connection to one node that comes back: commands are run over it, and after a loss the next one connects anew. It
// knows nothing about what is run.
import type { Connected, ConnectionFacts, Transport } from '../transport/transport.ts';

export type Said =
  | { readonly kind: 'said'; readonly text: string; readonly status: number }
  /** No answer: the connection is gone or the command took too long. */
  | { readonly kind: 'silent'; readonly why: string /** What it said before. */; readonly text: string };

export interface NodeHand {
  readonly node: string;
  /** Connects when it must. */
  open(): Promise<
    | { readonly kind: 'open'; readonly transport: Transport; readonly facts: ConnectionFacts }
    | { readonly kind: 'closed'; readonly why: string }
  >;
  run(command: string, timeoutMs?: number): Promise<Said>;
  /** Tries again, over new connections, until an answer satisfies or the time is over. */
  insist(command: string, enough: (text: string) => boolean, untilMs: number): Promise<Said>;
  close(): Promise<void>;
}

const RUN_LIMIT_MS = 10_000;
const RETRY_EVERY_MS = 500;
/** A dead connection does not say goodbye. */
const CLOSE_LIMIT_MS = 1000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Undefined when it takes longer; it goes on all the same. */
export const within = async <T>(work: Promise<T>, limitMs: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  const first = await Promise.race([work, late]);
  clearTimeout(timer);
  return first;
};

export const openHand = (node: string, connect: () => Promise<Connected>): NodeHand => {
  let connected: Promise<Connected> | undefined;

  const drop = async (): Promise<void> => {
    const old = connected;
    connected = undefined;
    if (old === undefined) return;
    const was = await within(old, CLOSE_LIMIT_MS);
    if (was?.kind === 'connected') await within(was.transport.close(), CLOSE_LIMIT_MS);
  };

  const open: NodeHand['open'] = async () => {
    connected ??= connect();
    const got = await connected;
    if (got.kind === 'connected') return { kind: 'open', transport: got.transport, facts: got.facts };
    connected = undefined;
    return { kind: 'closed', why: got.failure.message };
  };

  const run = async (command: string, timeoutMs = RUN_LIMIT_MS): Promise<Said> => {
    const got = await within(open(), timeoutMs);
    if (got === undefined || got.kind === 'closed') {
      if (got === undefined) void drop();
      return { kind: 'silent', why: got?.why ?? 'it did not connect in time', text: '' };
    }
    const { exit, stdout } = await got.transport.run(command, { timeoutMs, stdin: '' });
    const text = new TextDecoder().decode(stdout);
    if (exit.kind === 'exited') return { kind: 'said', text, status: exit.code };
    if (exit.kind === 'signalled')
      return { kind: 'silent', why: `the command was ended by ${exit.signal}`, text };
    void drop();
    return {
      kind: 'silent',
      text,
      why: exit.kind === 'timeout' ? `no answer within ${Math.round(exit.afterMs / 1000)} s` : exit.reason,
    };
  };

  return {
    node,
    open,
    run,
    insist: async (command, enough, untilMs) => {
      for (;;) {
        const left = untilMs - Date.now();
        const said = await run(command, Math.max(2000, Math.min(RUN_LIMIT_MS, left)));
        if (said.kind === 'said' && enough(said.text)) return said;
        if (Date.now() + RETRY_EVERY_MS >= untilMs) return said;
        await pause(RETRY_EVERY_MS);
      }
    },
    close: drop,
  };
};
