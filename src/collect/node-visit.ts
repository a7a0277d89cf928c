// One node during a check: connect, ask, listen, ask again, leave. What comes back is redacted before it is kept.
// It decides nothing about when to stop; a node that fails at any point keeps what it had said so far.
import { randomBytes } from 'node:crypto';
import { type OpenEar, type OpenWitness, openEar, openWitness } from '../capture/open-ear.ts';
import type { Answer, Contact, NodeEvidence } from '../evidence/bundle.ts';
import type { Redactor } from '../evidence/redaction.ts';
import { allProbes } from '../probes/catalogue.ts';
import { composeScript, createAnswerReader, type ScriptExtra } from '../probes/script.ts';
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

/** A shell that waits for a hung command does not notice the end of its stdin. */
const SHELL_ENDS_WITHIN_MS = 1000;
/** A node that is gone answers no goodbye; whatever still runs there ends by its lifeline. */
const LEAVE_WITHIN_MS = 2500;

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
  let ear: OpenEar | undefined;
  let witness: OpenWitness | undefined;
  let transport: Transport | undefined;
  let aborted = false;
  let sealed: readonly Answer[] = [];
  const startedAtMs = Date.now();
  const marker = randomBytes(16).toString('hex');
  const reader = createAnswerReader(marker);
  const incomplete: string[] = [];
  let shell: Stream | undefined;
  let shellEnded = false;
  let leaving = false;
  let shellDrained = Promise.resolve();
  let onRound = (): void => {};

  const lose = (message: string): void => {
    if (contact.kind === 'reached' && !leaving) contact = { kind: 'lost', message, rights: contact.rights };
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
    shellDrained = (async () => {
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
  };

  const ask = async (round: 'before' | 'after', extra: ScriptExtra): Promise<void> => {
    if (shell === undefined || shellEnded) return;
    // A shell still busy with the first round would not come to the second.
    if (round === 'after' && !reader.finishedRounds().has('before')) return;
    shell.write(composeScript(allProbes, round, marker, extra));
    await roundAnswered(round);
  };

  const listen = async (): Promise<void> => {
    if (transport === undefined) return;
    const { listenLimitSeconds: limitSeconds, redactor } = plan;
    [ear, witness] = await Promise.all([
      openEar(transport, { redact: redactor.frame, limitSeconds }),
      openWitness(transport, limitSeconds),
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
    const { rights, rightsProblem } = connected.facts;
    if (rightsProblem !== undefined) incomplete.push(`${rightsProblem.message} ${rightsProblem.nextStep}`);
    contact = {
      kind: 'reached',
      rights: rights === 'sudo-password' ? 'sudo' : rights,
      connectedAfterMs: Date.now() - startedAtMs,
    };
    plan.onPhase('asking', '');
    await Promise.all([listen(), openShell().then(() => ask('before', {}))]);
    plan.onPhase('listening', '');
  };

  let goodbye: Promise<void> | undefined;
  const leave = (): Promise<void> => {
    leaving = true;
    goodbye ??= sayGoodbye();
    return goodbye;
  };

  const sayGoodbye = async (): Promise<void> => {
    shell?.end();
    const shellGone = within(shellDrained, SHELL_ENDS_WITHIN_MS, undefined).then(() => shell?.kill());
    const late = Symbol('late');
    const stopped = Promise.all([ear?.stop(), witness?.stop(), shellGone]);
    const ends = await within(stopped, LEAVE_WITHIN_MS, late);
    const silent = ends === late || (ends[0] === 'without-an-answer' && ends[1] === 'without-an-answer');
    if (silent && !reader.finishedRounds().has('after') && contact.kind === 'reached')
      contact = { kind: 'lost', message: `${plan.node} stopped answering`, rights: contact.rights };
    await transport?.close();
  };

  return {
    // One node that fails in a way nobody thought of must not end the check of the others.
    answered: start().catch((error: unknown) => {
      const message = `the visit failed: ${error instanceof Error ? error.message : String(error)}`;
      incomplete.push(message);
      if (contact.kind !== 'reached')
        contact = { kind: 'unreachable', stage: 'config', message, nextStep: 'please report this' };
      plan.onPhase('failed', message);
    }),
    evidence: () => {
      // The same list while nothing new was said, so that it is read once only.
      if (sealed.length !== answers.length) sealed = answers.map(plan.redactor.again);
      const unreached = contact.kind === 'unreachable' ? contact.message : 'it was not started in time';
      return {
        node: plan.node,
        address: plan.address,
        contact,
        answers: sealed,
        ear: ear?.ear() ?? { kind: 'deaf', reason: unreached },
        problems: incomplete,
        witness: witness?.witness() ?? { kind: 'absent', reason: unreached },
      };
    },
    listeningSinceMs: () => ear?.sinceMs(),
    finish: async (extra) => {
      plan.onPhase('asking-again', '');
      await ask('after', extra);
      await leave();
      sealed = answers.map(plan.redactor.again);
      plan.onPhase('done', '');
    },
    abort: async () => {
      aborted = true;
      shell?.kill();
      await leave();
    },
  };
};
