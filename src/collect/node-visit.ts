// One node during a check: connect, ask, listen, ask again, leave. What comes back is redacted before it is kept.
// It decides nothing about when to stop; a node that fails at any point keeps what it had said so far.
import { randomBytes } from 'node:crypto';
import { createEarReader, earCommand } from '../capture/ear.ts';
import { createWitnessReader, witnessCommand } from '../capture/witness.ts';
import type { Answer, Contact, Ear, NodeEvidence, Witness } from '../evidence/bundle.ts';
import type { Redactor } from '../evidence/redaction.ts';
import type { RouteQuestion } from '../probes/script.ts';
import { composeScript, createAnswerReader } from '../probes/script.ts';
import { withLifeline } from '../transport/lifeline.ts';
import type { Connected, Stream, Transport } from '../transport/transport.ts';

export type VisitPhase = 'connecting' | 'asking' | 'listening' | 'asking-again' | 'done' | 'failed';

export interface VisitPlan {
  readonly node: string;
  readonly address: string;
  readonly connect: () => Promise<Connected>;
  readonly redactor: Redactor;
  /** Longest time for one round of questions, ms. */
  readonly askLimitMs: number;
  /** Longest time the ears may stay on the node should we vanish, s. */
  readonly listenLimitSeconds: number;
  readonly onPhase: (phase: VisitPhase, detail: string) => void;
}

export interface NodeVisit {
  /** Resolves when the first round is answered (or failed); listening goes on. */
  readonly answered: Promise<void>;
  /** What is known so far; may be asked at any time. */
  evidence(): NodeEvidence;
  /** When the first of its ears began to hear, ms since the epoch; undefined before. */
  listeningSinceMs(): number | undefined;
  /** Asks again, stops listening, leaves. */
  finish(extra: ScriptExtra): Promise<void>;
  /** Ends everything on the node at once. */
  abort(): Promise<void>;
}

const STOPPING_WITHIN_MS = 1500;

const within = async <T, L>(work: Promise<T>, limitMs: number, late: L): Promise<T | L> => {
  let timer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    work,
    new Promise<L>((resolve) => {
      timer = setTimeout(() => resolve(late), limitMs);
    }),
  ]);
  clearTimeout(timer);
  return outcome;
};

export const visitNode = (plan: VisitPlan): NodeVisit => {
  const answers: Answer[] = [];
  let contact: Contact = {
    kind: 'unreachable',
    stage: 'connect',
    message: 'the connection was still being made when the check ended',
    nextStep: 'raise --timeout',
  };
  let ear: () => Ear = () => ({ kind: 'deaf', reason: 'it was never listened to' });
  let witness: () => Witness = () => ({ kind: 'absent', reason: 'it was never asked to run' });
  let transport: Transport | undefined;
  let listeningSince: number | undefined;
  let aborted = false;
  const streams: { readonly stream: Stream; readonly drained: Promise<void> }[] = [];
  const startedAtMs = Date.now();
  const marker = randomBytes(16).toString('hex');
  const reader = createAnswerReader(marker);
  const incomplete: string[] = [];
  let shell: Stream | undefined;
  let shellEnded = false;
  let onRound = (): void => {};

  const lose = (message: string): void => {
    if (contact.kind === 'reached') contact = { kind: 'lost', message, rights: contact.rights };
  };

  /** Waits until a round is answered, the shell is gone, or time is up. */
  const roundAnswered = async (round: 'before' | 'after'): Promise<void> => {
    const late = Symbol('late');
    const outcome = await within(
      new Promise<void>((resolve) => {
        onRound = () => {
          if (reader.finishedRounds().has(round) || shellEnded) resolve();
        };
        onRound();
      }),
      plan.askLimitMs,
      late,
    );
    if (reader.finishedRounds().has(round)) return;
    const why =
      outcome === late
        ? `the questions were not answered within ${Math.round(plan.askLimitMs / 1000)} s`
        : 'the answers ended early';
    incomplete.push(why);
    plan.onPhase('failed', why);
  };

  const openShell = async (): Promise<void> => {
    if (transport === undefined) return;
    const opened = await transport.stream('exec sh');
    if (opened.kind === 'failed') {
      lose(opened.failed.message);
      return;
    }
    shell = opened.stream;
    const { stream } = opened;
    const keep = (batch: readonly Answer[]): void => {
      for (const answer of batch) answers.push(plan.redactor.answer(plan.node, answer));
    };
    const drained = (async () => {
      for await (const chunk of stream.stdout) {
        keep(reader.push(chunk));
        onRound();
      }
      keep(reader.end());
      shellEnded = true;
      onRound();
      const end = await stream.finished;
      if (end.exit.kind === 'lost') lose(`the connection was lost: ${end.exit.reason}`);
    })();
    streams.push({ stream, drained });
  };

  const ask = async (round: 'before' | 'after', extra: ScriptExtra): Promise<void> => {
    if (shell === undefined || shellEnded) return;
    shell.write(composeScript(probes, round, marker, extra));
    await roundAnswered(round);
  };

  const listen = async (): Promise<void> => {
    if (transport === undefined) return;
    const open = async (command: string, push: (chunk: Uint8Array) => void, fail: (why: string) => void) => {
      const opened = await transport?.stream(
        withLifeline(command, { limitSeconds: plan.listenLimitSeconds }),
      );
      if (opened === undefined) return;
      if (opened.kind === 'failed') {
        fail(opened.failed.message);
        return;
      }
      const { stream } = opened;
      const drained = (async () => {
        for await (const chunk of stream.stdout) push(chunk);
        const end = await stream.finished;
        const said = new TextDecoder().decode(end.stderr).trim();
        if (end.exit.kind === 'lost') lose(`the connection was lost: ${end.exit.reason}`);
        fail(said);
      })();
      streams.push({ stream, drained });
    };
    const earReader = createEarReader(plan.redactor.frame, () => {
      listeningSince ??= Date.now();
    });
    const witnessReader = createWitnessReader();
    ear = earReader.ear;
    witness = witnessReader.witness;
    await Promise.all([
      open(earCommand(), earReader.push, earReader.ended),
      open(witnessCommand(), witnessReader.push, witnessReader.ended),
    ]);
  };

  const start = async (): Promise<void> => {
    plan.onPhase('connecting', '');
    const connected = await plan.connect();
    if (connected.kind === 'failed') {
      const { failure } = connected;
      contact = {
        kind: 'unreachable',
        stage: failure.stage,
        message: failure.message,
        nextStep: failure.nextStep,
      };
      plan.onPhase('failed', failure.message);
      return;
    }
    transport = connected.transport;
    if (aborted) {
      await transport.close();
      return;
    }
    const { rights } = connected.facts;
    contact = {
      kind: 'reached',
      rights: rights === 'sudo-password' ? 'sudo' : rights,
      connectedAfterMs: Date.now() - startedAtMs,
    };
    plan.onPhase('asking', '');
    await Promise.all([listen(), openShell().then(() => ask('before', {}))]);
    plan.onPhase('listening', '');
  };

  const stopListening = async (): Promise<void> => {
    for (const { stream } of streams) stream.end();
    await within(Promise.all(streams.map(({ drained }) => drained)), STOPPING_WITHIN_MS, undefined);
    for (const { stream } of streams) stream.kill();
  };

  return {
    answered: start(),
    evidence: () => ({
      node: plan.node,
      address: plan.address,
      contact,
      answers: answers.map(plan.redactor.again),
      ear: ear(),
      witness: witness(),
    }),
    listeningSinceMs: () => listeningSince,
    finish: async (extra) => {
      plan.onPhase('asking-again', '');
      await ask('after', extra);
      await stopListening();
      await transport?.close();
      plan.onPhase('done', '');
    },
    abort: async () => {
      aborted = true;
      await stopListening();
      await transport?.close();
    },
  };
};
