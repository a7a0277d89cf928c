// Clocks joined by reading one between two readings of another: each reading is right within half the time between, and
// several add up. It knows ping-pongs alone; frames in common are better and live elsewhere.
import type { Alignment } from './measured.ts';
import type { ClockName, PingPong } from './trial.ts';

export const observerClock = 'observer';

export interface Edge {
  readonly from: ClockName;
  readonly to: ClockName;
  readonly offsetNs: bigint;
  readonly plusMinusNs: number;
}

export const edgesOf = (pingPongs: readonly PingPong[]): readonly Edge[] => {
  const best = new Map<string, Edge>();
  for (const { from, seen, to } of pingPongs) {
    if (from.clock !== to.clock || to.ns < from.ns) continue;
    const plusMinusNs = Number(to.ns - from.ns) / 2;
    const key = `${from.clock} ${seen.clock}`;
    const known = best.get(key);
    if (known === undefined || plusMinusNs < known.plusMinusNs)
      best.set(key, {
        from: seen.clock,
        to: from.clock,
        offsetNs: (from.ns + to.ns) / 2n - seen.ns,
        plusMinusNs,
      });
  }
  return [...best.values()].flatMap((edge) => [
    edge,
    { from: edge.to, to: edge.from, offsetNs: -edge.offsetNs, plusMinusNs: edge.plusMinusNs },
  ]);
};

/** The way from a clock to the observer's with the least error; ping-pongs add up. */
export const alignByPingPong = (clock: ClockName, edges: readonly Edge[]): Alignment | undefined => {
  const reached = new Map<ClockName, { offsetNs: bigint; plusMinusNs: number; hops: number }>([
    [clock, { offsetNs: 0n, plusMinusNs: 0, hops: 0 }],
  ]);
  for (let round = 0; round < 3; round++)
    for (const edge of edges) {
      const here = reached.get(edge.from);
      if (here === undefined) continue;
      const plusMinusNs = here.plusMinusNs + edge.plusMinusNs;
      const known = reached.get(edge.to);
      if (known === undefined || plusMinusNs < known.plusMinusNs)
        reached.set(edge.to, {
          offsetNs: here.offsetNs + edge.offsetNs,
          plusMinusNs,
          hops: here.hops + 1,
        });
    }
  const end = reached.get(observerClock);
  return end === undefined
    ? undefined
    : {
        clock,
        offsetNs: end.offsetNs,
        plusMinusNs: end.plusMinusNs,
        method: 'ping-pong',
        samples: end.hops,
      };
};
