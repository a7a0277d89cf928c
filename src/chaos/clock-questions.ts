// Clocks of hosts read between two readings of our own: the way to join clocks that no common frame joins, good to half
// the way there and back. It asks and notes; what the readings mean is worked out where trials are measured.
import type { PingPong } from '../timeline/trial.ts';
import type { NodeHand } from './node-hand.ts';

/** Ours: it joins the others, and nothing else is stamped with it. */
const ownClock = 'vipdoctor';

const QUESTIONS = 3;
const ANSWER_WITHIN_MS = 2000;

const nowNs = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));

const askOnce = async (hand: NodeHand, clock: string): Promise<readonly PingPong[]> => {
  const fromNs = nowNs();
  const said = await hand.run('date +%s%N', ANSWER_WITHIN_MS);
  const toNs = nowNs();
  const seen = said.kind === 'said' ? /^\d{19}$/.exec(said.text.trim())?.[0] : undefined;
  return seen === undefined
    ? []
    : [
        {
          from: { clock: ownClock, ns: fromNs },
          seen: { clock, ns: BigInt(seen) },
          to: { clock: ownClock, ns: toNs },
        },
      ];
};

/** One after the other, so that they do not wait for each other; a host that does not answer has none. */
export const askClock = async (hand: NodeHand, clock: string): Promise<readonly PingPong[]> => {
  const told: PingPong[] = [];
  for (let n = 0; n < QUESTIONS; n += 1) {
    const answer = await askOnce(hand, clock);
    if (answer.length === 0) break;
    told.push(...answer);
  }
  return told;
};
