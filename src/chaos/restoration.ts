// Whether all is as before: every node asked again and compared with its snapshot, and the VIPs where they should be.
// What is still on its way is asked for until it has arrived or the time is over.
import type { NodeHand } from './node-hand.ts';
import { pause } from './node-hand.ts';
import { compareSnapshots, type Difference, readSnapshot, type Snapshot } from './snapshot.ts';

export interface Inspection {
  /** Command that asks for the state, by node. */
  readonly commands: ReadonlyMap<string, string>;
  /** Of all clusters on these nodes. */
  readonly vips: readonly string[];
}

export interface Restoration {
  readonly state: 'restored' | 'not-restored';
  readonly differences: readonly Difference[];
  /** Nodes that did not answer, wrong holders: in words. */
  readonly problems: readonly string[];
}

/** Everything that is not as it was, one line for each. */
export const differenceWords = ({ problems, differences }: Restoration): readonly string[] => [
  ...problems,
  ...differences.map((one) => `${one.node}, ${one.section}: ${one.lines.join(' ; ')}`),
];

/** Who should hold the VIPs of the test now; other VIPs only must be held by one node. */
export interface Holding {
  readonly vips: readonly string[];
  /** Undefined: one node, whichever. */
  readonly by: string | undefined;
}

export const takeSnapshots = async (
  hands: ReadonlyMap<string, NodeHand>,
  { commands, vips }: Inspection,
): Promise<ReadonlyMap<string, Snapshot>> => {
  const taken = await Promise.all(
    [...commands].map(async ([node, command]) => {
      const said = await hands.get(node)?.run(command);
      return said?.kind === 'said' ? readSnapshot(node, vips, said.text) : undefined;
    }),
  );
  return new Map(taken.flatMap((one) => (one === undefined ? [] : [[one.node, one] as const])));
};

export const judgeRestoration = (
  before: ReadonlyMap<string, Snapshot>,
  after: ReadonlyMap<string, Snapshot>,
  holding: Holding,
): Restoration => {
  const differences: Difference[] = [];
  const problems: string[] = [];
  const held = (of: ReadonlyMap<string, Snapshot>, vip: string): readonly string[] =>
    [...of].flatMap(([node, one]) => (one.vipsHeld.includes(vip) ? [node] : []));
  for (const vip of new Set([...before.values()].flatMap((one) => one.vipsHeld))) {
    const now = held(after, vip);
    const wanted = holding.vips.includes(vip) ? holding.by : undefined;
    if (now.length === 1 && (wanted === undefined || now[0] === wanted)) continue;
    if (now.length === 0) problems.push(`no node holds ${vip}`);
    else
      problems.push(
        `${now.join(' and ')} ${now.length > 1 ? 'hold' : 'holds'} ${vip}${wanted === undefined ? '' : `, and ${wanted} should`}`,
      );
  }
  for (const [node, was] of before) {
    const is = after.get(node);
    if (is === undefined) {
      problems.push(`${node} did not answer, so it could not be compared`);
      continue;
    }
    differences.push(...compareSnapshots(was, is));
  }
  return {
    state: differences.length === 0 && problems.length === 0 ? 'restored' : 'not-restored',
    differences,
    problems,
  };
};

/** Asks again and again until all is as before, at most so long. */
export const proveRestored = async (
  hands: ReadonlyMap<string, NodeHand>,
  inspection: Inspection,
  compared: {
    readonly before: ReadonlyMap<string, Snapshot>;
    readonly holding: Holding;
  },
  limitMs: number,
): Promise<Restoration> => {
  const endMs = Date.now() + limitMs;
  for (;;) {
    const after = await takeSnapshots(hands, inspection);
    const judged = judgeRestoration(compared.before, after, compared.holding);
    if (judged.state === 'restored' || Date.now() >= endMs) return judged;
    await pause(500);
  }
};
