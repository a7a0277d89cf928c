// One command on a host that should run as long as the connection does: started under a lifeline, read as it speaks,
// started again with growing pauses when it ends. Whether the connection itself is gone it only reports.
import { noInterpreter } from '../capture/interpreters.ts';
import { noLog } from '../capture/log-follower.ts';
import { withLifeline } from '../transport/lifeline.ts';
import type { CommandEnd, Stream, Transport } from '../transport/transport.ts';
import { createPatience, waitFor } from './patience.ts';

export type StreamState =
  | { readonly state: 'starting' | 'working' }
  | { readonly state: 'down'; readonly problem: string; readonly retryInMs: number }
  /** It cannot be had there, and is not tried again. */
  | { readonly state: 'absent'; readonly problem: string };

export interface StreamPlan {
  readonly command: () => string;
  /** A new run begins: what was half read is forgotten. */
  readonly onStart: () => void;
  /** Returns `working` when it has given its sign of life. */
  readonly onChunk: (chunk: Uint8Array) => 'working' | 'starting';
  readonly onState: (state: StreamState) => void;
}

export interface StreamWishes {
  readonly transport: Transport;
  readonly plan: StreamPlan;
  /** Ends it in order. */
  readonly signal: AbortSignal;
  /** The connection is gone. */
  readonly onLost: (reason: string) => void;
}

/** How long the last words may take after stdin was closed, ms. */
const lastWordsMs = 1500;

/** What tcpdump says when all is well. */
const chatter =
  /listening on |data link type|verbose output suppressed|packets? (?:captured|received|dropped)/;

const lastLine = (bytes: Uint8Array): string =>
  new TextDecoder()
    .decode(bytes)
    .trim()
    .split('\n')
    .filter((line) => !chatter.test(line))
    .at(-1)
    ?.slice(0, 200) ?? '';

const whyEnded = ({ exit, stderr }: CommandEnd): string => {
  const said = lastLine(stderr);
  const how =
    exit.kind === 'exited'
      ? exit.code > 128
        ? `ended by signal ${exit.code - 128}`
        : `exit status ${exit.code}`
      : exit.kind === 'signalled'
        ? `signal ${exit.signal}`
        : exit.kind;
  return said === '' ? how : `${said} (${how})`;
};

const absence: Readonly<Record<number, string>> = {
  [noInterpreter]: 'there is neither tcpdump nor python3 nor perl to listen with',
  [noLog]: 'there is no journal, container log or syslog file that can be read',
};

const readStream = async (stream: Stream, { plan, signal }: StreamWishes): Promise<CommandEnd> => {
  let late: NodeJS.Timeout | undefined;
  const finish = (): void => {
    stream.end();
    late = setTimeout(() => stream.kill(), lastWordsMs);
  };
  if (signal.aborted) finish();
  else signal.addEventListener('abort', finish, { once: true });
  let state: 'starting' | 'working' = 'starting';
  for await (const chunk of stream.stdout) {
    if (signal.aborted) continue;
    const next = plan.onChunk(chunk);
    if (next === state) continue;
    state = next;
    plan.onState({ state });
  }
  const end = await stream.finished;
  clearTimeout(late);
  signal.removeEventListener('abort', finish);
  return end;
};

export const keepStream = async (wishes: StreamWishes): Promise<void> => {
  const { transport, plan, signal, onLost } = wishes;
  const patience = createPatience({ firstMs: 500, mostMs: 10_000 });
  while (!signal.aborted) {
    plan.onStart();
    plan.onState({ state: 'starting' });
    const opened = await transport.stream(withLifeline(plan.command()));
    let problem: string;
    if (opened.kind === 'failed') problem = opened.failed.message;
    else {
      const startedMs = performance.now();
      const end = await readStream(opened.stream, wishes);
      if (signal.aborted) return;
      if (end.exit.kind === 'lost') {
        onLost(end.exit.reason);
        return;
      }
      const missing = end.exit.kind === 'exited' ? absence[end.exit.code] : undefined;
      if (missing !== undefined) {
        plan.onState({ state: 'absent', problem: missing });
        return;
      }
      patience.worked(performance.now() - startedMs);
      problem = whyEnded(end);
    }
    const retryInMs = patience.next();
    plan.onState({ state: 'down', problem, retryInMs });
    await waitFor(retryInMs, signal);
  }
};
