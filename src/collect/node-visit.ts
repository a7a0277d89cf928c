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
  finish(routes: readonly RouteQuestion[]): Promise<void>;
  /** Ends everything on the node at once. */
  abort(): Promise<void>;
}

const STOPPING_WITHIN_MS = 1500;

const within = async (work: Promise<unknown>, limitMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    }),
  ]);
  clearTimeout(timer);
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

  const lose = (message: string): void => {
    if (contact.kind === 'reached') contact = { kind: 'lost', message, rights: contact.rights };
  };

  const ask = async (round: 'before' | 'after', routes: readonly RouteQuestion[]): Promise<void> => {
    if (transport === undefined) return;
    const marker = randomBytes(12).toString('hex');
    const reader = createAnswerReader(marker, round);
    const opened = await transport.stream(withLifeline(composeScript(round, marker, routes)), {
      timeoutMs: plan.askLimitMs,
    });
    if (opened.kind === 'failed') {
      lose(opened.failed.message);
      return;
    }
    const keep = (batch: readonly Answer[]): void => {
      for (const answer of batch) answers.push(plan.redactor.answer(answer));
    };
    for await (const chunk of opened.stream.stdout) {
      keep(reader.push(chunk));
      if (reader.isDone()) break;
    }
    keep(reader.end());
    if (!reader.isDone()) {
      const end = await opened.stream.finished;
      const why =
        end.exit.kind === 'timeout'
          ? `the questions were not answered within ${Math.round(plan.askLimitMs / 1000)} s`
          : end.exit.kind === 'lost'
            ? `the connection was lost: ${end.exit.reason}`
            : 'the answers ended early';
      if (end.exit.kind === 'lost') lose(why);
      plan.onPhase('failed', why);
    }
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
    await Promise.all([listen(), ask('before', [])]);
    plan.onPhase('listening', '');
  };

  const stopListening = async (): Promise<void> => {
    for (const { stream } of streams) stream.end();
    await within(Promise.all(streams.map(({ drained }) => drained)), STOPPING_WITHIN_MS);
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
    finish: async (routes) => {
      plan.onPhase('asking-again', '');
      await ask('after', routes);
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
