// `vipdoctor failover`: the plan, and with --measure the consent and the run; with --from the result of a recorded one.
// It knows the order of things and who looks: a screen where somebody sits at a terminal, text elsewhere.
import { viewPlan } from '../chaos/plan-view.ts';
import { standing } from '../chaos/preconditions.ts';
import { type Preparation, prepareFailover } from '../chaos/preparation.ts';
import { BundleError, requireNewFolder } from '../evidence/bundle-folder.ts';
import type { ParsedArguments } from './argument-values.ts';
import { exitCodes } from './exit-code.ts';
import { type FailoverRequest, readFailoverRequest } from './failover-options.ts';
import { askConsent, showPlan } from './failover-plan.ts';
import { measureAgain, reportEnding } from './failover-result.ts';
import { type Desk, measure } from './failover-run.ts';
import { openFailoverScreen } from './failover-screen.ts';
import { watchSignals } from './failover-signals.ts';
import { openTalk } from './failover-talk.ts';
import { OperationError, UsageError } from './faults.ts';
import { openLiveSource } from './live-source.ts';
import { requirePlaceFor } from './output-file.ts';
import { askOnTerminal } from './questions.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';
import { openDoor } from './tui-door.ts';

const doorFor = (terminal: Terminal, { display, check, screenReader }: FailoverRequest) =>
  display === 'screen' ? openDoor({ terminal, color: check.color, screenReader }) : undefined;

const proceed = async (request: FailoverRequest, preparation: Preparation, desk: Desk): Promise<number> => {
  const { terminal, watch, screen } = desk;
  const plan = viewPlan(preparation, request);
  const against = standing(preparation.objections, request.forced);
  if (screen === undefined) await showPlan(terminal, request, { preparation, plan }, 'talk');
  if (against.length > 0) {
    // On a screen the whole plan can be read before leaving.
    if (request.consent === 'ask') await screen?.ask(plan);
    const refusals = against.map((one) => `refused, ${one.name}: ${one.why}`);
    throw new OperationError(refusals.join('\n'));
  }
  const consent =
    request.consent === 'given'
      ? 'given'
      : await (screen === undefined ? askConsent(terminal, plan, watch) : screen.ask(plan));
  if (consent === 'refused') {
    await desk.leaveScreen();
    await complain(terminal, 'nothing was touched');
    return watch.signal.aborted ? exitCodes.interrupted : exitCodes.failure;
  }
  screen?.go(plan);
  return measure(request, preparation, desk);
};

/** With a screen while there is somebody to see it. */
const proceedWatched = async (
  request: FailoverRequest,
  preparation: Preparation,
  desk: Omit<Desk, 'screen' | 'leaveScreen'>,
): Promise<number> => {
  const { terminal, watch, talk } = desk;
  if (request.action === 'plan') {
    await showPlan(terminal, request, { preparation, plan: viewPlan(preparation, request) }, 'result');
    return 0;
  }
  const door = doorFor(terminal, request);
  const screen = door === undefined ? undefined : await openFailoverScreen(door, watch);
  watch.mind(screen);
  talk.show(screen);
  const leaveScreen = async (): Promise<void> => {
    talk.show(undefined);
    watch.mind(undefined);
    await screen?.close();
  };
  try {
    return await proceed(request, preparation, { ...desk, screen, leaveScreen });
  } finally {
    await leaveScreen();
  }
};

const reviewRecorded = async (
  folder: string,
  request: FailoverRequest,
  terminal: Terminal,
): Promise<number> => {
  const door = doorFor(terminal, request);
  if (door === undefined) return measureAgain(folder, request, terminal, async () => undefined);
  const watch = watchSignals(terminal);
  try {
    return await measureAgain(folder, request, terminal, async (report) => {
      const screen = await openFailoverScreen(door, watch);
      watch.mind(screen);
      try {
        await screen.end(reportEnding(report), report);
      } finally {
        watch.mind(undefined);
        await screen.close();
      }
    });
  } finally {
    watch.release();
  }
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
  if (target.kind === 'recorded') return reviewRecorded(target.folder, request, terminal);
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
      return await proceedWatched(request, prepared.preparation, { terminal, watch, parsed, talk });
    } finally {
      await prepared.preparation.close();
    }
  } finally {
    watch.release();
  }
};
