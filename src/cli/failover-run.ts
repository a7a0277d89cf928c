// The run of a failover test: started with everything that was asked for, then its result shown, recorded, written, and
// turned into an exit code. Hurting, healing and measuring are elsewhere.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Book } from '../chaos/bench.ts';
import { runExperiment } from '../chaos/experiment.ts';
import { type NodeHand, openHand } from '../chaos/node-hand.ts';
import type { Preparation } from '../chaos/preparation.ts';
import { createRedactor } from '../evidence/redaction.ts';
import { trialOf } from '../timeline/document.ts';
import { measureTrial } from '../timeline/measure.ts';
import { accessOf } from './access.ts';
import type { ParsedArguments } from './argument-values.ts';
import { writeRun } from './failover-folder.ts';
import { type FailoverRequest, probeWishes } from './failover-options.ts';
import {
  composeReport,
  endingOf,
  exitCodeOf,
  NOT_RESTORED,
  nagiosWithoutReport,
  tellEnd,
  write,
  writeReport,
} from './failover-result.ts';
import type { FailoverScreen } from './failover-screen.ts';
import type { Watch } from './failover-signals.ts';
import type { Talk } from './failover-talk.ts';
import { reasonOf } from './faults.ts';
import { ledgerFolder, openLedgerFolder } from './ledger-folder.ts';
import { openLiveSource } from './live-source.ts';
import { complain, type Terminal } from './terminal.ts';

export interface Desk {
  readonly terminal: Terminal;
  readonly watch: Watch;
  readonly parsed: ParsedArguments;
  readonly talk: Talk;
  /** Undefined where nobody sits at a terminal. */
  readonly screen: FailoverScreen | undefined;
  /** Takes the screen away, so that words can be written again. */
  readonly leaveScreen: () => Promise<void>;
}

const openWitnesses = async ({ check, witnesses }: FailoverRequest): Promise<readonly NodeHand[]> => {
  if (witnesses.length === 0) return [];
  const { source } = await openLiveSource(check, { kind: 'live', hosts: witnesses }, undefined);
  return source.nodes.map((node) => openHand(node.name, node.connect));
};

export const measure = async (
  request: FailoverRequest,
  preparation: Preparation,
  desk: Desk,
): Promise<number> => {
  const { terminal, watch, parsed } = desk;
  const startedAtMs = Date.now();
  const witnesses = await openWitnesses(request);
  const redactor = createRedactor();
  let book: Book | undefined;
  let brokenBy: string | undefined;
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
    .catch((error: unknown): undefined => {
      if (book === undefined || book.ledger().steps.length === 0) throw error;
      brokenBy = reasonOf(error);
      return undefined;
    })
    .finally(() => Promise.all(witnesses.map((hand) => hand.close())));
  const report =
    result === undefined ? undefined : composeReport({ request, preparation, result, startedAtMs });
  const { recordTo } = request.check;
  const unrecorded =
    recordTo === undefined || report === undefined || result === undefined
      ? undefined
      : await writeRun(recordTo, {
          report,
          subject: result.subject,
          trials: result.trials,
          ledger: book?.ledger(),
        }).then(() => undefined, reasonOf);
  // Who was not asked at the beginning is not asked to leave either.
  if (request.consent === 'ask') await desk.screen?.end(endingOf(result, report), report);
  await desk.leaveScreen();
  if (brokenBy !== undefined) {
    await complain(terminal, `the run broke off: ${brokenBy}`);
    await complain(terminal, 'whether all is restored was not proven: run "vipdoctor recover"');
  }
  if (result === undefined) return NOT_RESTORED;
  await tellEnd(terminal, result);
  if (unrecorded !== undefined) await complain(terminal, unrecorded);
  if (report !== undefined) await writeReport(terminal, request, report, desk.talk.kept());
  else if (request.format === 'nagios') await write(terminal, request, nagiosWithoutReport(result));
  return exitCodeOf(request, result, report);
};
