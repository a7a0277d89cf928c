// Finishes what a ledger still shows as open: heals, takes rescues away, and compares with the snapshot taken before.
// Everything it does is harmless to a node that was healed already.
import type { Connected } from '../transport/transport.ts';
import { disarmOn, healNow } from './bench.ts';
import { type Ledger, type LedgerKeeper, openSteps, withStep } from './ledger.ts';
import { type NodeHand, openHand } from './node-hand.ts';
import { dropStaleLock } from './node-lock.ts';
import { lockNode, type Pulse } from './pulse.ts';
import { proveRestored, type Restoration } from './restoration.ts';
import type { Snapshot } from './snapshot.ts';

export interface RecoveryWishes {
  readonly ledger: Ledger;
  readonly keeper: LedgerKeeper;
  /** Undefined for a node that is not known any more. */
  readonly connect: (node: string) => (() => Promise<Connected>) | undefined;
  readonly say: (line: string) => void;
}

export interface Recovery {
  readonly state: 'recovered' | 'not-recovered';
  readonly restoration: Restoration;
  readonly problems: readonly string[];
}

const RESTORED_WITHIN_MS = 20_000;
/** A node that does not answer for so long is left for another time, ms. */
const HEAL_WITHIN_MS = 10_000;

const unknownYet: Restoration = { state: 'not-restored', differences: [], problems: [] };

export const recoverRun = async ({
  ledger: first,
  keeper,
  connect,
  say,
}: RecoveryWishes): Promise<Recovery> => {
  let ledger = first;
  const hands = new Map<string, NodeHand>();
  for (const node of first.cluster.nodes) {
    const way = connect(node);
    if (way !== undefined) hands.set(node, openHand(node, way));
  }
  const problems: string[] = [];
  const pulses: Pulse[] = [];
  try {
    for (const [node, hand] of hands) {
      const got = await hand.open();
      if (got.kind === 'closed') continue;
      const locked = await lockNode(got.transport, first.run, 'vipdoctor recover');
      if (locked.kind === 'locked') pulses.push(locked.pulse);
      else problems.push(`${node}: ${locked.why}`);
    }
    // A run that is going on must not find its fault undone under its hands.
    if (problems.length > 0) return { state: 'not-recovered', restoration: unknownYet, problems };
    for (const step of openSteps(first)) {
      const hand = hands.get(step.node);
      say(`${step.node}: undoing ${step.fault}`);
      // What the node's own timer has yet to do is done now.
      const healed = await healNow(hand, { ...step, firesAtMs: 0 }, HEAL_WITHIN_MS);
      if (healed.kind === 'not-proven') {
        problems.push(`${step.node}: ${step.fault} could not be proven undone: ${healed.why}`);
        continue;
      }
      const gone = await disarmOn(hand, step);
      if (gone.kind === 'not-proven') {
        problems.push(`${step.node}: the rescue could not be taken away: ${gone.why}`);
        continue;
      }
      ledger = withStep(ledger, { ...step, phase: 'disarmed' });
      await keeper.save(ledger);
    }
    await Promise.all([...hands.values()].map((hand) => hand.run(dropStaleLock)));
    const before = new Map<string, Snapshot>(
      first.before.map((one) => [one.node, { ...one, sections: new Map(one.sections) }]),
    );
    const restoration = await proveRestored(
      hands,
      {
        commands: new Map(first.snapshotCommands),
        vips: [...new Set([...first.cluster.vips, ...first.before.flatMap((one) => one.vipsHeld)])],
      },
      { before, holding: { vips: first.cluster.vips, by: undefined } },
      RESTORED_WITHIN_MS,
    );
    const recovered = problems.length === 0 && restoration.state === 'restored';
    if (recovered) await keeper.save({ ...ledger, phase: 'closed' });
    return { state: recovered ? 'recovered' : 'not-recovered', restoration, problems };
  } finally {
    await Promise.all(pulses.map((pulse) => pulse.release()));
    await Promise.all([...hands.values()].map((hand) => hand.close()));
  }
};
