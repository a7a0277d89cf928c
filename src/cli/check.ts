// `vipdoctor check`: from a request to a session to a written report and an exit code. It knows the order of things;
// reaching nodes, judging and rendering are elsewhere.
import { BundleError } from '../evidence/bundle-folder.ts';
import { type Acceptance, remarksOn } from '../report/acceptance.ts';
import { type Baseline, withBaseline } from '../report/baseline.ts';
import { escapeLine } from '../report/escape.ts';
import { renderReport } from '../report/render.ts';
import type { CheckReport } from '../report/report.ts';
import type { CheckSource, SessionEvent } from '../session.ts';
import type { Prompt } from '../transport/transport.ts';
import type { TerminalDoor } from '../tui/door.ts';
import type { ParsedArguments } from './argument-values.ts';
import { type CheckRequest, type CheckTarget, readCheckRequest } from './check-options.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import { OperationError } from './faults.ts';
import { requirePlaceFor, writeWhole } from './output-file.ts';
import { advance, eventLine, noProgress, progressLine } from './progress.ts';
import { askOnTerminal, type Floor } from './questions.ts';
import { readAccepted, readEarlier } from './settled-options.ts';
import { mindDoor, watchSignals } from './signals.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';
import { openDoor } from './tui-door.ts';

interface Talk {
  readonly hear: (event: SessionEvent) => Promise<void>;
  readonly floor: Floor;
  /** Takes the updating line away. */
  readonly quiet: () => Promise<void>;
}

export const openTalk = (terminal: Terminal, request: CheckRequest): Talk => {
  const style = terminal.errStyle(request.color);
  const wipe = '\r\x1b[K';
  let progress = noProgress;
  let shown = '';
  let openFloor: 'free' | 'taken' = 'free';
  const quiet = async (): Promise<void> => {
    if (shown !== '') await terminal.err(wipe);
    shown = '';
  };
  return {
    quiet,
    floor: {
      take: async () => {
        openFloor = 'taken';
        await quiet();
      },
      giveBack: () => {
        openFloor = 'free';
      },
    },
    hear: async (event) => {
      progress = advance(progress, event);
      if (openFloor === 'taken') return;
      const line = request.talk === 'verbose' ? eventLine(event, style) : undefined;
      if (line !== undefined) {
        await quiet();
        await terminal.err(`${line}\n`);
      }
      if (terminal.progress === 'plain' || event.kind === 'report') return;
      const next = progressLine(progress, style);
      if (next === shown) return;
      shown = next;
      await terminal.err(`${wipe}${next}`);
    },
  };
};

const writeReport = async (terminal: Terminal, request: CheckRequest, report: CheckReport): Promise<void> => {
  const { format, color, outputPath } = request;
  if (outputPath === undefined) {
    await terminal.out(renderReport(format, report, terminal.outStyle(color)));
    return;
  }
  await writeWhole(outputPath, renderReport(format, report, terminal.fileStyle(color)));
};

/** A target that needs no other namespace than this one. */
type Outside = Exclude<CheckTarget, { kind: 'lab' }>;

const openSource = async (
  request: CheckRequest,
  target: Outside,
  { terminal, ask }: { readonly terminal: Terminal; readonly ask: Prompt | undefined },
): Promise<CheckSource> => {
  if (target.kind === 'recorded') return { kind: 'recorded', folder: target.folder };
  const { openLiveSource } = await import('./live-source.ts');
  const { source, notes } = await openLiveSource(request, target, ask);
  for (const note of notes) await complain(terminal, note);
  return source;
};

interface Known {
  readonly acceptances: readonly Acceptance[];
  readonly baseline: Baseline | undefined;
}

const runRequest = async (
  request: CheckRequest,
  target: Outside,
  terminal: Terminal,
  { acceptances, baseline }: Known,
): Promise<number> => {
  if (request.outputPath !== undefined) await requirePlaceFor(request.outputPath);
  const interruption = watchSignals(terminal);
  const talk = openTalk(terminal, request);
  let report: CheckReport | undefined;
  let unrecorded: string | undefined;
  try {
    const ask = terminal.questions === 'possible' ? askOnTerminal(talk.floor, interruption) : undefined;
    const source = await openSource(request, target, { terminal, ask });
    const { runCheck } = await import('../session.ts');
    const session = runCheck({
      source,
      tool,
      signal: interruption.signal,
      acceptances,
      ...(request.recordTo === undefined ? {} : { recordTo: request.recordTo }),
    });
    for await (const event of session) {
      await talk.hear(event);
      if (event.kind === 'unrecorded') unrecorded = event.message;
      if (event.kind === 'report') report = withBaseline(event.report, baseline);
    }
  } catch (error) {
    await talk.quiet();
    if (error instanceof BundleError) throw new OperationError(error.message);
    throw error;
  } finally {
    interruption.release();
  }
  await talk.quiet();
  if (report === undefined) return request.format === 'nagios' ? 3 : exitCodes.interrupted;
  if (request.talk === 'verbose')
    for (const remark of remarksOn(report.acceptances ?? [])) await complain(terminal, remark);
  const code = exitCodeOf(report, request);
  terminal.settle?.(code);
  await writeReport(terminal, request, report);
  if (unrecorded === undefined) return code;
  // The report was wanted in any case; that there is no recording of it is a failure of ours.
  await complain(terminal, unrecorded);
  return request.format === 'nagios' ? code : exitCodes.failure;
};

/** Before the inventory was read: what the command line names. */
const subjectOf = (target: Outside): string =>
  target.kind === 'recorded'
    ? target.folder
    : [...target.hosts, target.inventoryPath ?? ''].filter((word) => word !== '').join(', ');

/** The same on a screen; what stays on the terminal is the text report. */
const runOnScreen = async (
  request: CheckRequest,
  target: Outside,
  {
    terminal,
    door,
    known: { acceptances, baseline },
  }: { readonly terminal: Terminal; readonly door: TerminalDoor; readonly known: Known },
): Promise<number> => {
  // On a screen the interruption is shown, not written.
  const interruption = watchSignals(terminal, () => undefined);
  const minded = mindDoor(door, interruption);
  // What there is to say besides is said when the screen is gone.
  const remarks: string[] = [];
  const aside: Terminal = {
    ...terminal,
    err: async (text) => {
      remarks.push(text);
    },
  };
  try {
    const { checkOnScreen } = await import('./check-screen.ts');
    const { ended, report, unrecorded } = await checkOnScreen({
      request,
      door,
      interruption,
      subject: subjectOf(target),
      acceptances,
      compare: (made) => withBaseline(made, baseline),
      openSource: (ask) => openSource(request, target, { terminal: aside, ask }),
    });
    const left = ended === 'left' && report !== undefined;
    const code = left ? exitCodeOf(report, request) : exitCodes.interrupted;
    terminal.settle?.(code);
    if (!minded.isGone() && report !== undefined) await writeReport(terminal, request, report);
    if (left) {
      if (unrecorded === undefined) return code;
      remarks.push(`vipdoctor: ${escapeLine(unrecorded)}\n`);
      return exitCodes.failure;
    }
    if (!minded.isGone())
      await complain(
        terminal,
        `interrupted; everything was ended on the nodes${report === undefined ? '' : '. The report is of the run before'}`,
      );
    return code;
  } catch (error) {
    if (error instanceof BundleError) throw new OperationError(error.message);
    throw error;
  } finally {
    interruption.release();
    minded.release();
    if (!minded.isGone()) for (const remark of remarks) await terminal.err(remark);
  }
};

export const runCheckCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const request = readCheckRequest(parsed);
  const { target } = request;
  const known = { acceptances: await readAccepted(parsed), baseline: await readEarlier(parsed, 'check') };
  if (target.kind !== 'lab') {
    const door = request.display === 'screen' ? openDoor({ terminal, ...request }) : undefined;
    return door === undefined
      ? runRequest(request, target, terminal, known)
      : runOnScreen(request, target, { terminal, door, known });
  }
  const { reenterInLab } = await import('./lab-entry.ts');
  return reenterInLab(argv);
};
