// A change of master in one sentence: what the wire showed, and what the nodes said about it. Pure words; which clues
// belong to a change is decided where it is recorded.
import type { TransitionReason } from '../../report/watch.ts';
import type { Clue } from './clues.ts';

export interface ChangeFacts {
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: TransitionReason;
  readonly silentMs: number | null;
  /** Priorities, where known. */
  readonly fromPriority: number | undefined;
  readonly toPriority: number | undefined;
  /** Nobody listened for a part of the silence. */
  readonly heard: 'throughout' | 'with-a-gap';
}

export const secondsText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

const onWire = ({ from, to, reason, silentMs, fromPriority, toPriority, heard }: ChangeFacts): string => {
  const after = silentMs === null || heard === 'with-a-gap' ? '' : ` after ${secondsText(silentMs)}`;
  if (to === null)
    return reason === 'priority-0'
      ? `${from ?? 'the master'} resigned (priority 0) and nobody took over${after}`
      : `${from ?? 'the master'} fell silent and nobody took over${after}`;
  switch (reason) {
    case 'first-heard':
      return `${to} is master`;
    case 'priority-0':
      return from === null
        ? `${to} took over${after} without a master`
        : `${from} resigned (priority 0), ${to} took over${after}`;
    case 'silence':
      if (heard === 'with-a-gap') return `${to} is master; the change came while nobody listened`;
      return from === null
        ? `${to} took over${after} without a master`
        : `${from} fell silent, ${to} took over${after}`;
    case 'outranked': {
      const ranks =
        fromPriority !== undefined && toPriority !== undefined ? ` (${toPriority} over ${fromPriority})` : '';
      return fromPriority !== undefined && fromPriority === toPriority
        ? `${to} took over from ${from ?? '?'}: same priority ${toPriority}, higher address`
        : `${to} outranks ${from ?? '?'}${ranks}`;
    }
    case 'yielded':
      return `${from ?? '?'} stopped, ${to} goes on`;
    case 'returned':
      return heard === 'with-a-gap' ? `${to} is heard again` : `${to} is master again${after} of silence`;
  }
};

/** What ranks lower only says again what the wire showed. */
const sentenceFromRank = 45;

/** The best clue of what left and of what came, behind what the wire showed. */
export const changeSentence = (facts: ChangeFacts, clues: readonly Clue[]): string => {
  const [first, second] = clues.filter((clue) => clue.rank >= sentenceFromRank);
  const wire = onWire(facts);
  if (first === undefined) return wire;
  return second === undefined || second.node === first.node
    ? `${wire}: ${first.text}`
    : `${wire}: ${first.text}; ${second.text}`;
};
