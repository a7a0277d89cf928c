// When the fault struck, as exactly as the stamps around the injecting call and the last advert tell, and how long the
// takeover took from then on. It knows the two instants and their errors.
import type { Election } from './election.ts';
import type { HandoverInput } from './handover.ts';
import type { Figure } from './measured.ts';

const ms = (ns: number): number => ns / 1e6;

/** A master that is alive sends its next advert no later than this after it is due, ms. */
const lateAdvertMs = 10;

export interface Struck {
  readonly ns: number;
  readonly plusMinusNs: number;
}

/**
 * When the event struck. What goes quietly struck after the last advert and before the injecting call returned: the
 * middle, with half that as error. An orderly end, and the way back, count from the order.
 */
export const strikeOf = (input: HandoverInput, { origin, first }: Election): Struck | undefined => {
  const { event } = input;
  if (event === undefined) return undefined;
  const { fromNs, toNs, plusMinusNs } = event;
  if (event.told === 'bounds') return undefined;
  if (origin.priority === 0 || input.heir !== undefined || input.receiver === 'deaf')
    return { ns: fromNs, plusMinusNs };
  const earliestNs = origin.atNs <= toNs ? Math.max(fromNs, origin.atNs) : fromNs;
  // A healthy master would have sent its next advert, and the new one speaks only after the fault.
  const dueNs = origin.atNs + (input.subject.advertIntervalMs + lateAdvertMs) * 1e6;
  const latestNs = Math.max(earliestNs, Math.min(toNs, dueNs, first.atNs));
  return { ns: (earliestNs + latestNs) / 2, plusMinusNs: plusMinusNs + (latestNs - earliestNs) / 2 };
};

export const fromEvent = (input: HandoverInput, election: Election, struck: Struck | undefined): Figure =>
  struck === undefined
    ? {
        kind: 'not-measured',
        reason:
          input.event === undefined
            ? 'nothing joins the clock of the target to that of the observer'
            : 'the target came back by itself, and nobody saw when',
      }
    : {
        kind: 'measured',
        valueMs: ms(election.first.atNs - struck.ns),
        plusMinusMs: ms(struck.plusMinusNs + input.trial.stamps.plusMinusNs),
      };
