// Sightings of a running trial gathered into what the screen shows of it. Pure; it draws nothing.
import type { Sighting } from '../../chaos/sighting.ts';
import type { LiveTrial } from './state.ts';

/** Slices kept: some minutes of a trial. */
const longest = 6000;

export const takeSighting = (live: LiveTrial, sighting: Sighting, nowMs: number): LiveTrial => {
  const seenMs = sighting.what === 'slice' ? sighting.toMs : sighting.atMs;
  const seen = { ...live, lastMs: Math.max(live.lastMs, seenMs), lastSeenAtMs: nowMs };
  switch (sighting.what) {
    case 'slice':
      return {
        ...seen,
        slices: [...live.slices.slice(-longest), sighting],
        answeredMs: sighting.probes.some(({ answered }) => answered.length > 0)
          ? sighting.toMs
          : live.answeredMs,
      };
    case 'advertises':
      return live.injectedMs === undefined ||
        live.takenOver !== undefined ||
        sighting.node === live.oldMaster ||
        sighting.atMs < live.injectedMs
        ? seen
        : { ...seen, takenOver: { node: sighting.node, atMs: sighting.atMs } };
    case 'vip-appeared':
      return { ...seen, vipMoves: [...live.vipMoves, { atMs: seenMs, node: sighting.node, now: 'held' }] };
    case 'vip-vanished':
      return { ...seen, vipMoves: [...live.vipMoves, { atMs: seenMs, node: sighting.node, now: 'gone' }] };
    default:
      return seen;
  }
};
