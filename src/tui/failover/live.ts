// Sightings of a running trial gathered into what the screen shows of it. Pure; it draws nothing.
import type { Sighting } from '../../chaos/sighting.ts';
import type { Claim, LiveTrial, Slice } from './state.ts';

/** Slices kept: some minutes of a trial. */
const longest = 6000;

const claimed = (live: LiveTrial, node: string, atMs: number): readonly Claim[] => {
  if (live.injectedMs === undefined || node === live.oldMaster || atMs < live.injectedMs) return live.claims;
  // Who begins again after a silence begins anew.
  return [...live.claims.filter((claim) => claim.node !== node), { node, atMs, lastMs: atMs }];
};

const heard = (live: LiveTrial, { adverts, toMs }: Slice): readonly Claim[] => {
  const senders = new Set(
    adverts.flatMap(({ node, priority }) => (node === undefined || priority === 0 ? [] : [node])),
  );
  return live.claims.some(({ node }) => senders.has(node))
    ? live.claims.map((claim) =>
        senders.has(claim.node) ? { ...claim, lastMs: Math.max(claim.lastMs, toMs) } : claim,
      )
    : live.claims;
};

export const takeSighting = (live: LiveTrial, sighting: Sighting, nowMs: number): LiveTrial => {
  const seenMs = sighting.what === 'slice' ? sighting.toMs : sighting.atMs;
  const seen = { ...live, lastMs: Math.max(live.lastMs, seenMs), lastSeenAtMs: nowMs };
  switch (sighting.what) {
    case 'slice':
      return {
        ...seen,
        slices: [...live.slices.slice(-longest), sighting],
        claims: heard(live, sighting),
        answeredMs: sighting.probes.some(({ answered }) => answered.length > 0)
          ? sighting.toMs
          : live.answeredMs,
      };
    case 'advertises':
      return { ...seen, claims: claimed(live, sighting.node, sighting.atMs) };
    case 'vip-appeared':
      return { ...seen, vipMoves: [...live.vipMoves, { atMs: seenMs, node: sighting.node, now: 'held' }] };
    case 'vip-vanished':
      return { ...seen, vipMoves: [...live.vipMoves, { atMs: seenMs, node: sighting.node, now: 'gone' }] };
    default:
      return seen;
  }
};
