// `vipdoctor watch`: from a request to a running watch to lines on stdout, and an exit code. It knows the order of
// things and the signals; watching, and what events look like, are elsewhere.
import { createWriteStream } from 'node:fs';
import { renderWatchLine } from '../report/watch-ndjson.ts';
import { createWatchText } from '../report/watch-text.ts';
import { startWatch } from '../watch/watch.ts';
import type { ParsedArguments } from './argument-values.ts';
import { watchSignals } from './check.ts';
import type { LiveTarget } from './check-options.ts';
import { exitCodes } from './exit-code.ts';
import { OperationError } from './faults.ts';
import { openLiveSource } from './live-source.ts';
import { requirePlaceFor } from './output-file.ts';
import { askOnTerminal } from './questions.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';
import { readWatchRequest, type WatchRequest } from './watch-options.ts';

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

const runWatch = async (request: WatchRequest, target: LiveTarget, terminal: Terminal): Promise<number> => {
  const { check, format, durationMs, summaryEveryMs } = request;
  const sink = await openSink(terminal, check.outputPath);
  const interruption = watchSignals(terminal);
  try {
    const ask =
      terminal.questions === 'possible'
        ? askOnTerminal({ take: async () => undefined, giveBack: () => undefined }, interruption)
        : undefined;
    const { source, notes } = await openLiveSource(check, target, ask);
    for (const note of notes) await complain(terminal, note);
    const watch = startWatch({
      source,
      tool,
      signal: interruption.signal,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(summaryEveryMs === undefined ? {} : { summaryEveryMs }),
    });
    const style =
      check.outputPath === undefined ? terminal.outStyle(check.color) : terminal.fileStyle(check.color);
    const render = format === 'ndjson' ? renderWatchLine : createWatchText(style);
    for await (const event of watch.events) {
      const text = render(event);
      if (text !== '') await sink.write(text);
    }
    if (interruption.signal.aborted) return exitCodes.interrupted;
    if (watch.outcome() === 'watched') return 0;
    await complain(terminal, 'nothing could be watched: no node could be logged in to');
    return exitCodes.failure;
  } finally {
    interruption.release();
    await sink.close();
  }
};

export const runWatchCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const request = readWatchRequest(parsed);
  const { target } = request.check;
  if (target.kind === 'live') return runWatch(request, target, terminal);
  const { reenterInLab } = await import('./lab-entry.ts');
  return reenterInLab(argv);
};
