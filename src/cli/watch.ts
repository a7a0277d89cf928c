// `vipdoctor watch`: from a request to a running watch to lines on stdout, and an exit code. It knows the order of
// things; watching, and what events look like, are elsewhere.
import { createWriteStream } from 'node:fs';
import type { TerminalStyle } from '../report/typeset.ts';
import { renderWatchLine } from '../report/watch-ndjson.ts';
import { createWatchText } from '../report/watch-text.ts';
import type { TerminalDoor } from '../tui/door.ts';
import type { Watch } from '../watch/watch.ts';
import type { ParsedArguments } from './argument-values.ts';
import type { LiveTarget } from './check-options.ts';
import { exitCodes } from './exit-code.ts';
import { OperationError } from './faults.ts';
import { requirePlaceFor } from './output-file.ts';
import { askOnTerminal } from './questions.ts';
import { mindDoor, watchSignals } from './signals.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';
import { openDoor } from './tui-door.ts';
import { readWatchRequest, type WatchRequest } from './watch-options.ts';
import { keepYoungMemorySmall } from './young-memory.ts';

interface Sink {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A watch may run for days: a file is appended to as things happen, so that nothing is lost when it ends badly. */
const openSink = async (terminal: Terminal, path: string | undefined): Promise<Sink> => {
  if (path === undefined) return { write: terminal.out, close: async () => undefined };
  await requirePlaceFor(path);
  const file = createWriteStream(path, { flags: 'a' });
  let failure: Error | undefined;
  file.on('error', (error) => {
    failure = error;
  });
  const check = (): void => {
    if (failure !== undefined) throw new OperationError(`${path} cannot be written: ${failure.message}`);
  };
  return {
    write: async (text) => {
      check();
      await new Promise<void>((resolve) => file.write(text, () => resolve()));
      check();
    },
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
};

type Ending = Pick<Watch, 'outcome'>;

const exitCodeOf = async (watch: Ending, signal: AbortSignal, terminal: Terminal): Promise<number> => {
  if (signal.aborted) return exitCodes.interrupted;
  if (watch.outcome() === 'watched') return 0;
  await complain(terminal, 'nothing could be watched: no node could be logged in to');
  return exitCodes.failure;
};

const optionsOf = ({ durationMs, summaryEveryMs }: WatchRequest) => ({
  tool,
  ...(durationMs === undefined ? {} : { durationMs }),
  ...(summaryEveryMs === undefined ? {} : { summaryEveryMs }),
});

/** Loaded late: a screen is up sooner without it. */
const loadEngine = async () => {
  const [{ openLiveSource }, { startWatch }] = await Promise.all([
    import('./live-source.ts'),
    import('../watch/watch.ts'),
  ]);
  return { openLiveSource, startWatch };
};

/** As lines on stdout or in a file. */
const runOnPaper = async (request: WatchRequest, target: LiveTarget, terminal: Terminal): Promise<number> => {
  const { check, format } = request;
  const sink = await openSink(terminal, check.outputPath);
  const interruption = watchSignals(terminal);
  let stop = (): void => interruption.interrupt();
  // Who reads no more has seen enough: it ends as if it had been told to.
  const forgetGone = terminal.onGone(() => stop(), 'terminal-or-reader');
  try {
    const ask =
      terminal.questions === 'possible'
        ? askOnTerminal({ take: async () => undefined, giveBack: () => undefined }, interruption)
        : undefined;
    const { openLiveSource, startWatch } = await loadEngine();
    const { source, notes } = await openLiveSource(check, target, ask);
    for (const note of notes) await complain(terminal, note);
    const watch = startWatch({ source, signal: interruption.signal, ...optionsOf(request) });
    stop = watch.stop;
    const style =
      check.outputPath === undefined ? terminal.outStyle(check.color) : terminal.fileStyle(check.color);
    const render = format === 'ndjson' ? renderWatchLine : createWatchText(style);
    for await (const event of watch.events) {
      const text = render(event);
      if (text !== '') await sink.write(text);
    }
    return await exitCodeOf(watch, interruption.signal, terminal);
  } finally {
    forgetGone();
    interruption.release();
    await sink.close();
  }
};

/** On a screen; what stays on the terminal afterwards is the last summary with the changes that were seen. */
const runOnScreen = async (
  request: WatchRequest,
  target: LiveTarget,
  { terminal, door }: { readonly terminal: Terminal; readonly door: TerminalDoor },
): Promise<number> => {
  const interruption = watchSignals(terminal, () => undefined);
  const minded = mindDoor(door, interruption);
  try {
    const { openWatchScreen } = await import('./watch-screen.ts');
    // The screen stands before what watches is loaded.
    const screen = await openWatchScreen({
      door,
      interruption,
      subject: target.hosts.length > 0 ? target.hosts.join(', ') : 'the inventory',
    });
    let notes: readonly string[] = [];
    let watch: Watch;
    try {
      const { openLiveSource, startWatch } = await loadEngine();
      const opened = await openLiveSource(request.check, target, screen.ask);
      notes = opened.notes;
      watch = startWatch({
        source: opened.source,
        signal: interruption.signal,
        ...optionsOf(request),
      });
      await screen.show(watch);
    } finally {
      await screen.close();
    }
    if (!minded.isGone()) {
      for (const note of notes) await complain(terminal, note);
      await terminal.out(parting(watch, terminal.outStyle(request.check.color)));
    }
    return await exitCodeOf(watch, interruption.signal, terminal);
  } finally {
    interruption.release();
    minded.release();
  }
};

/** Changes that stay in the scrollback, newest last. */
const PARTING_CHANGES = 20;

const parting = (watch: Watch, style: TerminalStyle): string => {
  const write = createWatchText(style);
  const changes = watch
    .history()
    .filter((event) => ['transition', 'two-masters', 'stranger'].includes(event.kind));
  return [...changes.slice(-PARTING_CHANGES), { kind: 'summary', ...watch.look() } as const]
    .map(write)
    .join('');
};

export const runWatchCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const request = readWatchRequest(parsed);
  const { target } = request.check;
  if (target.kind === 'live') {
    // Before the screen is loaded: the room does not shrink again.
    keepYoungMemorySmall();
    const door =
      request.display === 'screen' ? openDoor({ terminal, ...request.check, ...request }) : undefined;
    return door === undefined
      ? runOnPaper(request, target, terminal)
      : runOnScreen(request, target, { terminal, door });
  }
  const { reenterInLab } = await import('./lab-entry.ts');
  return reenterInLab(argv);
};
