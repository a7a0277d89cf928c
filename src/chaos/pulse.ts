// The lock on one node, held over our connection, and its heartbeat: a beat a second that the node must answer. It
// knows when the node was last heard; what a silence means is for whoever watches.
import { randomBytes } from 'node:crypto';
import { quote } from '../transport/quote.ts';
import type { Transport } from '../transport/transport.ts';
import { lockCommand, readLockLine } from './node-lock.ts';

export interface Pulse {
  /** Since the node last answered, ms; `ended` when its shell is gone. */
  silentMs(): number | 'ended';
  release(): Promise<void>;
}

export type Locked =
  | { readonly kind: 'locked'; readonly pulse: Pulse }
  | { readonly kind: 'refused'; readonly why: string };

const BEAT_EVERY_MS = 1000;
const LOCK_LIMIT_MS = 10_000;
const RELEASE_LIMIT_MS = 2000;

export const lockNode = async (transport: Transport, run: string, who: string): Promise<Locked> => {
  const opened = await transport.stream(`exec sh -c ${quote(lockCommand(run, who))}`);
  if (opened.kind === 'failed') return { kind: 'refused', why: opened.failed.message };
  const { stream } = opened;
  let heardMs = performance.now();
  let over = false;
  let rest = '';
  let settle: (locked: Locked) => void = () => {};
  const first = new Promise<Locked>((resolve) => {
    settle = resolve;
  });
  let drained: Promise<void> = Promise.resolve();
  const beat = setInterval(() => stream.write(`${randomBytes(3).toString('hex')}\n`), BEAT_EVERY_MS);
  const pulse: Pulse = {
    silentMs: () => (over ? 'ended' : performance.now() - heardMs),
    release: async () => {
      clearInterval(beat);
      stream.end();
      const late = setTimeout(() => stream.kill(), RELEASE_LIMIT_MS);
      await drained;
      clearTimeout(late);
    },
  };
  drained = (async () => {
    for await (const chunk of stream.stdout) {
      const lines = `${rest}${new TextDecoder().decode(chunk)}`.split('\n');
      rest = (lines.pop() ?? '').slice(-1000);
      for (const text of lines) {
        const line = readLockLine(text);
        if (line.kind === 'noise') continue;
        heardMs = performance.now();
        if (line.kind === 'held') settle({ kind: 'refused', why: `another run holds the lock: ${line.by}` });
        if (line.kind === 'locked') settle({ kind: 'locked', pulse });
      }
    }
    over = true;
    const end = await stream.finished;
    settle({
      kind: 'refused',
      why: new TextDecoder().decode(end.stderr).trim().slice(0, 200) || 'it could not be locked',
    });
  })();
  const limit = setTimeout(
    () => settle({ kind: 'refused', why: 'it did not answer in time' }),
    LOCK_LIMIT_MS,
  );
  const locked = await first;
  clearTimeout(limit);
  if (locked.kind === 'refused') await pulse.release();
  return locked;
};
