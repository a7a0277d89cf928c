// The ledger: what was done to which node, and how to undo it, written down before it is done. Types and the one
// question recovering asks; keeping it on disk is a matter of whoever runs the test.
import { z } from 'zod';
import { faultNames } from './faults/fault.ts';

/** `arming`: perhaps armed, not hurt. `injecting`: perhaps hurt. `disarmed`: healed, and nothing of it is left. */
export const stepPhases = ['arming', 'injecting', 'healed', 'disarmed'] as const;
export type StepPhase = (typeof stepPhases)[number];

const snapshot = z.object({
  node: z.string(),
  vipsHeld: z.array(z.string()),
  sections: z.array(z.tuple([z.string(), z.array(z.string())])),
});

const step = z.object({
  node: z.string(),
  /** Names the rescue on the node. */
  id: z.string(),
  fault: z.enum(faultNames),
  heal: z.string(),
  healed: z.string(),
  systemd: z.enum(['present', 'absent']),
  /** When the node heals itself, ms since the epoch, on our clock. */
  firesAtMs: z.number(),
  phase: z.enum(stepPhases),
});

export const ledgerSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('failover-ledger'),
  run: z.string(),
  startedAt: z.string(),
  /** Process that keeps it, on the machine of that name: while it lives nobody else recovers. */
  keeper: z.object({ host: z.string(), pid: z.number().int() }),
  cluster: z.object({
    vrid: z.number(),
    vip: z.string(),
    vips: z.array(z.string()),
    nodes: z.array(z.string()),
  }),
  /** How the nodes are reached: what the command line said. Opaque here. */
  access: z.unknown(),
  before: z.array(snapshot),
  /** Commands that ask for the state to compare, by node. */
  snapshotCommands: z.array(z.tuple([z.string(), z.string()])),
  steps: z.array(step),
  phase: z.enum(['open', 'closed']),
});

export type Ledger = z.infer<typeof ledgerSchema>;
export type LedgerStep = z.infer<typeof step>;

/** Steps that may still hurt or leave something on a node. */
export const openSteps = (ledger: Ledger): readonly LedgerStep[] =>
  ledger.phase === 'closed' ? [] : ledger.steps.filter((one) => one.phase !== 'disarmed');

export const withStep = (ledger: Ledger, changed: LedgerStep): Ledger => ({
  ...ledger,
  steps: [...ledger.steps.filter((one) => one.id !== changed.id), changed],
});

/** On disk when it resolves: the file and its name are synced. */
export interface LedgerKeeper {
  readonly save: (ledger: Ledger) => Promise<void>;
}
