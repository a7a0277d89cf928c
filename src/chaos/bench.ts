// What a run works with from its first trial to its last, and the steps on the target that must not go wrong: arm and
// read back, heal and prove it, disarm and prove it. Every step is in the ledger, on disk, before it is taken.
import type { ProbeWish } from '../capture/injector.ts';
import type { RedactFrame } from '../capture/open-ear.ts';
import type { Tell } from './events.ts';
import type { FaultDeed } from './faults/fault.ts';
import { type Ledger, type LedgerKeeper, type LedgerStep, type StepPhase, withStep } from './ledger.ts';
import type { NodeHand } from './node-hand.ts';
import type { Post } from './post.ts';
import type { Pulse } from './pulse.ts';
import {
  armCommand,
  type Disarmed,
  disarmCommand,
  healCommand,
  readBack,
  readBackCommand,
  readDisarmed,
  readHealed,
} from './rescue.ts';

export interface Bench {
  readonly run: string;
  readonly hands: ReadonlyMap<string, NodeHand>;
  readonly pulses: ReadonlyMap<string, Pulse>;
  readonly post: Post;
  readonly witnesses: readonly NodeHand[];
  readonly probes: readonly ProbeWish[];
  readonly redact: RedactFrame;
  readonly rescueAfterMs: number;
  readonly maxOutageMs: number;
  readonly book: Book;
  /** Takes the lock of a node that forgot it over a reboot. */
  readonly lockAgain: (node: string) => Promise<void>;
  /** Aborted by the first Ctrl-C: heal and end. */
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** The ledger while it is being written. */
export interface Book {
  ledger(): Ledger;
  note(step: LedgerStep, phase: StepPhase): Promise<LedgerStep>;
  save(change: (ledger: Ledger) => Ledger): Promise<void>;
  /** What is armed right now, for whoever must leave it to the node. */
  armed(): { readonly node: string; readonly firesAtMs: number } | undefined;
}

/** A full disk must stop an injection, and must not stop a healing: later steps are said instead. */
export const openBook = async (first: Ledger, keeper: LedgerKeeper, tell: Tell): Promise<Book> => {
  let ledger = first;
  const save: Book['save'] = async (change) => {
    const next = change(ledger);
    await keeper.save(next);
    ledger = next;
  };
  await keeper.save(first);
  return {
    ledger: () => ledger,
    save,
    note: async (step, phase) => {
      const next = { ...step, phase };
      try {
        await save((now) => withStep(now, next));
      } catch (error) {
        if (phase === 'arming' || phase === 'injecting') throw error;
        ledger = withStep(ledger, next);
        const why = error instanceof Error ? error.message : String(error);
        tell({ kind: 'ledger', state: 'not-written', run: ledger.run, why });
      }
      return next;
    },
    armed: () => {
      const step = ledger.steps.find((one) => one.phase !== 'disarmed');
      return step === undefined ? undefined : { node: step.node, firesAtMs: step.firesAtMs };
    },
  };
};

export type Arming =
  | { readonly kind: 'armed'; readonly step: LedgerStep }
  | { readonly kind: 'refused'; readonly why: string };

/** No proof, no injection: what could not be read back is taken away again. */
export const armRescue = async (
  bench: Bench,
  deed: FaultDeed,
  site: { readonly id: string; readonly systemd: 'present' | 'absent' },
): Promise<Arming> => {
  const hand = bench.hands.get(deed.node);
  if (hand === undefined) return { kind: 'refused', why: `there is no connection to ${deed.node}` };
  const { id, systemd } = site;
  const afterSeconds = Math.ceil(bench.rescueAfterMs / 1000);
  const step = await bench.book.note(
    {
      node: deed.node,
      id,
      fault: deed.fault,
      heal: deed.heal,
      healed: deed.healed,
      systemd,
      firesAtMs: Date.now() + afterSeconds * 1000 + 2000,
      phase: 'arming',
    },
    'arming',
  );
  const rescue = { kind: 'rescue', node: deed.node, firesAtMs: step.firesAtMs, afterSeconds } as const;
  const refuse = async (cause: string): Promise<Arming> => {
    const gone = await disarm(bench, step);
    const why =
      gone.kind === 'disarmed' ? cause : `${cause}; and what was begun could not be taken back: ${gone.why}`;
    bench.tell({ ...rescue, state: 'refused', why });
    return { kind: 'refused', why };
  };
  const armed = await hand.run(armCommand({ id, deed, afterSeconds, systemd }));
  if (armed.kind === 'silent') return refuse(`the rescue could not be armed: ${armed.why}`);
  if (armed.text.trim() !== 'armed')
    return refuse(`the rescue could not be armed: ${armed.text.trim().slice(0, 300)}`);
  bench.tell({ ...rescue, state: 'armed' });
  const seen = await hand.run(readBackCommand(id, systemd));
  if (seen.kind === 'silent') return refuse(`the rescue could not be read back: ${seen.why}`);
  const proof = readBack({ id, deed, systemd }, seen.text);
  if (proof.kind !== 'armed') return refuse(`the rescue could not be proven: ${proof.why}`);
  bench.tell({ ...rescue, state: 'read-back' });
  return { kind: 'armed', step };
};

/** How long after the node's own timer we still wait for it, ms. */
const AFTER_RESCUE_MS = 20_000;

export type Healing =
  | { readonly kind: 'healed'; readonly fromNs: bigint; readonly toNs: bigint }
  | { readonly kind: 'not-proven'; readonly why: string };

/** Tries until the node's own timer must have fired, and a little longer to see it. */
export const healNow = async (
  hand: NodeHand | undefined,
  step: LedgerStep,
  leastMs = AFTER_RESCUE_MS,
): Promise<Healing> => {
  if (hand === undefined) return { kind: 'not-proven', why: `there is no connection to ${step.node}` };
  const said = await hand.insist(
    healCommand(step.id, step),
    (text) => readHealed(text) !== undefined,
    Math.max(step.firesAtMs + AFTER_RESCUE_MS, Date.now() + leastMs),
  );
  if (said.kind === 'silent') return { kind: 'not-proven', why: said.why };
  const healed = readHealed(said.text);
  return healed === undefined
    ? { kind: 'not-proven', why: said.text.trim().slice(0, 300) }
    : { kind: 'healed', ...healed };
};

export const disarmOn = async (hand: NodeHand | undefined, step: LedgerStep): Promise<Disarmed> => {
  if (hand === undefined) return { kind: 'not-proven', why: `there is no connection to ${step.node}` };
  const said = await hand.insist(
    disarmCommand(step.id, step.systemd),
    (text) => readDisarmed(text).kind === 'disarmed',
    Date.now() + AFTER_RESCUE_MS,
  );
  return said.kind === 'silent' ? { kind: 'not-proven', why: said.why } : readDisarmed(said.text);
};

export const disarm = async (bench: Bench, step: LedgerStep): Promise<Disarmed> => {
  const outcome = await disarmOn(bench.hands.get(step.node), step);
  if (outcome.kind === 'disarmed') await bench.book.note(step, 'disarmed');
  bench.tell({
    kind: 'rescue',
    node: step.node,
    firesAtMs: step.firesAtMs,
    afterSeconds: Math.ceil(bench.rescueAfterMs / 1000),
    ...(outcome.kind === 'not-proven'
      ? { state: 'not-proven', why: outcome.why }
      : { state: outcome.rescue === 'had-fired' ? 'had-fired' : 'disarmed' }),
  });
  return outcome;
};
