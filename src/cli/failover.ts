// `vipdoctor failover`: the plan, and with --measure the consent, the run and its result. It knows the order of things,
// the signals and the exit codes; hurting, healing and measuring are elsewhere.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Book } from '../chaos/bench.ts';
import { runExperiment } from '../chaos/experiment.ts';
import { type NodeHand, openHand } from '../chaos/node-hand.ts';
import { planLines } from '../chaos/plan-text.ts';
import { viewPlan } from '../chaos/plan-view.ts';
import { standing } from '../chaos/preconditions.ts';
import { type Preparation, prepareFailover } from '../chaos/preparation.ts';
import { BundleError, requireNewFolder } from '../evidence/bundle-folder.ts';
import { createRedactor } from '../evidence/redaction.ts';
import { escapeJson, escapeLine } from '../report/escape.ts';
import type { FailoverPlan } from '../report/failover-plan.ts';
import { trialOf } from '../timeline/document.ts';
import { measureTrial } from '../timeline/measure.ts';
import { accessOf } from './access.ts';
import type { ParsedArguments } from './argument-values.ts';
import { exitCodes } from './exit-code.ts';
import { writeRun } from './failover-folder.ts';
import { type FailoverRequest, probeWishes, readFailoverRequest } from './failover-options.ts';
import {
  composeReport,
  exitCodeOf,
  measureAgain,
  NOT_RESTORED,
  nagiosWithoutReport,
  tellEnd,
  write,
  writeReport,
} from './failover-result.ts';
import { openTalk, type Talk } from './failover-talk.ts';
import { OperationError, reasonOf, UsageError } from './faults.ts';
import { ledgerFolder, openLedgerFolder } from './ledger-folder.ts';
import { openLiveSource } from './live-source.ts';
import { requirePlaceFor } from './output-file.ts';
import { askOnTerminal, type Interruption } from './questions.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';

/** Signals this close together are one: a terminal sends Ctrl-C to every process of a chain. */
const SAME_SIGNAL_MS = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Watch extends Interruption {
  readonly follow: (book: Book) => void;
  readonly release: () => void;
}

/** The first signal heals; the second leaves it to the node's own timer, and says when that fires. */
const watchSignals = (terminal: Terminal): Watch => {
  const controller = new AbortController();
  let book: Book | undefined;
  let firstAtMs = 0;
  const onSignal = (): void => {
    const nowMs = performance.now();
    const armed = book?.armed();
    if (!controller.signal.aborted) {
      firstAtMs = nowMs;
      controller.abort();
      const words =
        armed === undefined ? 'ending' : `healing ${armed.node}; once more leaves it to its own timer`;
      void terminal.err(`vipdoctor: interrupted; ${words}\n`);
      return;
    }
    if (nowMs - firstAtMs <= SAME_SIGNAL_MS) return;
    if (armed === undefined) process.exit(exitCodes.interrupted);
    const seconds = Math.max(0, Math.ceil((armed.firesAtMs - Date.now()) / 1000));
    const words = `left to ${armed.node}: its own timer heals it within ${seconds} s; then run "vipdoctor recover"`;
    process.stderr.write(`vipdoctor: ${words}\n`, () => process.exit(NOT_RESTORED));
  };
  for (const signal of signals) process.on(signal, onSignal);
  // Who can no longer see what happens has left: the same as Ctrl-C.
  const forgetGone = terminal.onGone(() => {
    if (!controller.signal.aborted) onSignal();
  });
  return {
    signal: controller.signal,
    interrupt: onSignal,
    follow: (opened) => {
      book = opened;
    },
    release: () => {
      forgetGone();
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
};

interface Desk {
  readonly terminal: Terminal;
  readonly watch: Watch;
  readonly parsed: ParsedArguments;
  readonly talk: Talk;
}

const planDocument = ({ arena, planned, objections, post }: Preparation): FailoverPlan => ({
  schemaVersion: 1,
  kind: 'failover-plan',
  tool,
  vip: arena.vip,
  vrid: arena.group.vrid,
  master: arena.master?.node ?? null,
  observer:
    post === undefined ? null : { where: post.where, interface: post.interface, note: post.note ?? null },
  faults: planned.map(({ deed, prediction }) => ({
    fault: deed.fault,
    node: deed.node,
    inject: deed.inject,
    heal: deed.heal,
    expectedClass: deed.expectedClass,
    newMaster: prediction.winner.node,
    takeoverMs: { min: prediction.takeoverMs.minMs, max: prediction.takeoverMs.maxMs },
    masterAfter: prediction.masterAfter.node,
    risks: deed.risks,
  })),
  objections,
});

const showPlan = async (
  terminal: Terminal,
  request: FailoverRequest,
  preparation: Preparation,
  to: 'result' | 'talk',
): Promise<void> => {
  if (to === 'result' && request.format === 'json')
    return write(terminal, request, `${escapeJson(JSON.stringify(planDocument(preparation), null, 2))}\n`);
  const lines = planLines(viewPlan(preparation, request)).map((line) => escapeLine(line));
  if (to === 'talk') return terminal.err(`${lines.join('\n')}\n\n`);
  return write(
    terminal,
    request,
    `${[...lines, '', 'Nothing was touched. Add --measure to do it.'].join('\n')}\n`,
  );
};

/** Typing the VIP is the consent: a plain yes is given too easily. */
const askConsent = async (
  terminal: Terminal,
  preparation: Preparation,
  watch: Watch,
): Promise<'given' | 'refused'> => {
  if (terminal.questions === 'impossible')
    throw new UsageError('nobody can be asked here: add --yes and --vip ADDRESS');
  const { vip, master } = preparation.arena;
  const floor = { take: async () => undefined, giveBack: () => undefined };
  const answer = await askOnTerminal(
    floor,
    watch,
  )({
    kind: 'keyboard-interactive',
    node: vip,
    text: `This interrupts ${vip} on ${master?.node ?? '?'}. Type ${vip} to go on:`,
    echo: 'on',
  });
  return answer?.trim() === vip ? 'given' : 'refused';
};

const openWitnesses = async ({ check, witnesses }: FailoverRequest): Promise<readonly NodeHand[]> => {
  if (witnesses.length === 0) return [];
  const { source } = await openLiveSource(check, { kind: 'live', hosts: witnesses }, undefined);
  return source.nodes.map((node) => openHand(node.name, node.connect));
};

const measure = async (request: FailoverRequest, preparation: Preparation, desk: Desk): Promise<number> => {
  const { terminal, watch, parsed } = desk;
  const startedAtMs = Date.now();
  const witnesses = await openWitnesses(request);
  const redactor = createRedactor();
  let book: Book | undefined;
  const result = await runExperiment({
    preparation,
    faults: request.faults,
    faultWishes: request.faultWishes,
    trialsEach: request.trialsEach,
    timing: request.timing,
    probes: probeWishes(request, preparation.arena.vip),
    witnesses,
    rescueAfterMs: request.rescueAfterMs,
    maxOutageMs: request.maxOutageMs,
    redact: redactor.frame,
    run: `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${randomBytes(2).toString('hex')}`,
    ledger: { keeper: { host: hostname(), pid: process.pid }, access: accessOf(parsed) },
    keeper: openLedgerFolder(ledgerFolder(process.env)),
    signal: watch.signal,
    tell: desk.talk.tell,
    measure: (subject, trial) => trialOf(measureTrial(subject, trial)),
    onBook: (opened) => {
      book = opened;
      watch.follow(opened);
    },
  })
    .catch(async (error: unknown): Promise<undefined> => {
      if (book === undefined || book.ledger().steps.length === 0) throw error;
      await complain(terminal, `the run broke off: ${reasonOf(error)}`);
      await complain(terminal, 'whether all is restored was not proven: run "vipdoctor recover"');
      return undefined;
    })
    .finally(() => Promise.all(witnesses.map((hand) => hand.close())));
  if (result === undefined) return NOT_RESTORED;
  const report = composeReport({ request, preparation, result, startedAtMs });
  await tellEnd(terminal, result);
  if (report !== undefined) {
    const { recordTo } = request.check;
    if (recordTo !== undefined) {
      const { subject, trials } = result;
      await writeRun(recordTo, { report, subject, trials, ledger: book?.ledger() }).catch((error: unknown) =>
        complain(terminal, reasonOf(error)),
      );
    }
    await writeReport(terminal, request, report, desk.talk.kept());
  } else if (request.format === 'nagios') await write(terminal, request, nagiosWithoutReport(result));
  return exitCodeOf(request, result, report);
};

const proceed = async (request: FailoverRequest, preparation: Preparation, desk: Desk): Promise<number> => {
  const { terminal, watch } = desk;
  if (request.action === 'plan') {
    await showPlan(terminal, request, preparation, 'result');
    return 0;
  }
  await showPlan(terminal, request, preparation, 'talk');
  const against = standing(preparation.objections, request.forced);
  if (against.length > 0) {
    const refusals = against.map((one) => `refused, ${one.name}: ${one.why}`);
    throw new OperationError(refusals.join('\n'));
  }
  if (request.consent === 'ask' && (await askConsent(terminal, preparation, watch)) === 'refused') {
    await complain(terminal, 'nothing was touched');
    return watch.signal.aborted ? exitCodes.interrupted : exitCodes.failure;
  }
  return measure(request, preparation, desk);
};

export const runFailoverCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const request = readFailoverRequest(parsed);
  const { target } = request.check;
  if (target.kind === 'lab') {
    const { reenterInLab } = await import('./lab-entry.ts');
    return reenterInLab(argv);
  }
  if (target.kind === 'recorded') return measureAgain(target.folder, request, terminal);
  if (request.check.recordTo !== undefined) {
    if (request.action === 'plan') throw new UsageError('--record keeps what was measured: add --measure');
    await requireNewFolder(request.check.recordTo).catch((error: unknown) => {
      throw error instanceof BundleError ? new OperationError(error.message) : error;
    });
  }
  if (request.check.outputPath !== undefined) await requirePlaceFor(request.check.outputPath);
  const watch = watchSignals(terminal);
  try {
    const floor = { take: async () => undefined, giveBack: () => undefined };
    const ask = terminal.questions === 'possible' ? askOnTerminal(floor, watch) : undefined;
    const { source, notes } = await openLiveSource(request.check, target, ask);
    for (const note of notes) await complain(terminal, note);
    const talk = openTalk(terminal, request);
    const prepared = await prepareFailover({
      source,
      tool,
      arena: {
        ...(request.vip === undefined ? {} : { vip: request.vip }),
        ...(request.vrid === undefined ? {} : { vrid: request.vrid }),
      },
      faults: request.faults,
      faultWishes: request.faultWishes,
      rescueAfterMs: request.rescueAfterMs,
      signal: watch.signal,
      tell: talk.tell,
    });
    if (prepared.kind === 'interrupted') return exitCodes.interrupted;
    if (prepared.kind === 'unclear') throw new OperationError(prepared.why);
    try {
      return await proceed(request, prepared.preparation, { terminal, watch, parsed, talk });
    } finally {
      await prepared.preparation.close();
    }
  } finally {
    watch.release();
  }
};
