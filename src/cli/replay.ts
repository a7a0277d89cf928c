// `vipdoctor replay`: from a capture to lines, a document or a text, and an exit code. It knows the order of things,
// where bytes come from and go to; decoding and judging are elsewhere.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { composeDocument, gapsOf, type ReplayDocument } from '../replay/document.ts';
import { createReplay, createVipScout, type Replay, type Replayed } from '../replay/replay.ts';
import { renderReplayText } from '../replay/text.ts';
import { escapeJson } from '../report/escape.ts';
import { severityRank } from '../report/story.ts';
import { type ParsedArguments, readChoice, readTexts } from './argument-values.ts';
import { OperationError, reasonOf, UsageError } from './faults.ts';
import { type Meter, openMeter } from './meter.ts';
import {
  type FailLevel,
  type OutputRequest,
  readFailLevel,
  readOutput,
  readStrictness,
} from './output-options.ts';
import { replayFormats } from './replay-options.ts';
import { type CaptureSource, openCapture } from './replay-source.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';

interface ReplayRequest extends OutputRequest {
  readonly path: string;
  readonly format: (typeof replayFormats)[number];
  readonly failOn: FailLevel;
  readonly incomplete: 'fails' | 'passes';
}

const readRequest = (parsed: ParsedArguments, argv: readonly string[]): ReplayRequest => {
  // The parser hands a lone dash over as an empty word.
  const files = [...readTexts(parsed, 'file'), ...readTexts(parsed, '--')].map((word) =>
    word === '' && argv.includes('-') ? '-' : word,
  );
  const [path, ...others] = files;
  if (path === undefined || path === '')
    throw new UsageError('which capture? Name a pcap or pcapng file, or - for stdin');
  if (others.length > 0) throw new UsageError('replay reads one capture at a time');
  const format = readChoice(parsed, 'format', { choices: replayFormats, fallback: 'text' });
  return {
    path,
    format,
    // Lines carry no findings: they fail a script only where it asked for that.
    failOn: readFailLevel(parsed, format === 'ndjson' ? 'never' : 'high'),
    incomplete: readStrictness(parsed),
    ...readOutput(parsed),
  };
};

/** Where the result goes; each write is finished when its promise is. */
interface Outlet {
  write(bytes: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

const writeTo = (stream: NodeJS.WritableStream, bytes: Uint8Array | string): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

const openOutlet = async (path: string | undefined): Promise<Outlet> => {
  if (path === undefined)
    return {
      write: (bytes) => writeTo(process.stdout, bytes),
      close: async () => undefined,
    };
  const failed = (error: unknown): OperationError =>
    new OperationError(`the result could not be written to ${path}: ${reasonOf(error)}`);
  const stream = createWriteStream(path);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw failed(error);
  }
  // Each write reports its own failure; without a listener the first would end the program.
  stream.on('error', () => undefined);
  return {
    write: (bytes) =>
      writeTo(stream, bytes).catch((error: unknown) => {
        throw failed(error);
      }),
    close: () =>
      new Promise((resolve, reject) => {
        stream.once('error', (error) => reject(failed(error)));
        stream.end(() => resolve());
      }),
  };
};

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const readingWords = (readBytes: number, totalBytes: number | undefined): string =>
  totalBytes === undefined || totalBytes === 0
    ? `read ${megabytes(readBytes)}`
    : `read ${megabytes(readBytes)} of ${megabytes(totalBytes)}, ${Math.floor((100 * readBytes) / totalBytes)} %`;

const lineForms = { text: 'none', json: 'array', ndjson: 'lines' } as const;

const startReplay = async (source: CaptureSource, format: ReplayRequest['format']): Promise<Replay> => {
  const lines = lineForms[format];
  const { ahead, aheadSlowly } = source;
  if (aheadSlowly !== undefined) {
    const scout = createVipScout();
    await aheadSlowly(scout.push);
    const vips = scout.vips();
    return createReplay({ lines, lookAhead: () => vips });
  }
  if (ahead === undefined) return createReplay({ lines });
  return createReplay({
    lines,
    lookAhead: () => {
      const scout = createVipScout();
      ahead(scout.push);
      return scout.vips();
    },
  });
};

const run = async (
  source: CaptureSource,
  replay: Replay,
  { outlet, meter }: { readonly outlet: Outlet; readonly meter: Meter },
): Promise<Replayed> => {
  let readBytes = 0;
  for await (const chunk of source.chunks()) {
    readBytes += chunk.length;
    await meter.show(() => readingWords(readBytes, source.totalBytes));
    const blocks = replay.push(chunk);
    for (const block of blocks) await outlet.write(block);
    replay.giveBack(blocks);
    if (replay.isStopped()) break;
  }
  await meter.end();
  return replay.end();
};

const json = (value: unknown): string => escapeJson(JSON.stringify(value));

/** The frames were written while they were read; they stand first, clusters and findings last. */
const documentHead = '{"schemaVersion":1,"kind":"replay","frames":[\n';
const documentTail = ({ schemaVersion: _, kind: __, ...rest }: ReplayDocument): string =>
  `],\n${Object.entries(rest)
    .map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`)
    .join(',\n')}}\n`;

const exitCodeOf = (document: ReplayDocument, { failOn, incomplete }: ReplayRequest): number => {
  const fails =
    failOn !== 'never' &&
    document.findings.some((finding) => severityRank(finding.severity) >= severityRank(failOn));
  if (fails) return 1;
  return incomplete === 'fails' && (document.gaps.length > 0 || document.verdict === 'unknown') ? 3 : 0;
};

/** Bytes that are no capture at all; a capture that only breaks off was read as far as it goes. */
const noCapture = ({ format, captureProblems }: Replayed, path: string): OperationError | undefined =>
  format === 'unknown'
    ? new OperationError(
        `${path === '-' ? 'stdin' : path} is no capture: ${captureProblems[0]?.text ?? 'it is too short'}`,
      )
    : undefined;

export const runReplayCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const request = readRequest(parsed, argv);
  const { path, format, color, outputPath } = request;
  const source = await openCapture(path, process.stdin);
  const outlet = await openOutlet(outputPath);
  const replay = await startReplay(source, format);
  let head: string | undefined = format === 'json' ? documentHead : undefined;
  const late: Outlet = {
    ...outlet,
    // Nothing is written before the first frame: what is no capture leaves stdout empty.
    write: async (bytes) => {
      if (head !== undefined) await outlet.write(head);
      head = undefined;
      await outlet.write(bytes);
    },
  };
  // Frames that scroll by are progress enough.
  const meter = openMeter(
    terminal,
    format !== 'text' && outputPath === undefined ? 'silent' : 'after-a-while',
  );
  const replayed = await run(source, replay, { outlet: late, meter });
  const failure = noCapture(replayed, path);
  if (failure !== undefined) throw failure;
  const cutShort = source.cutShort();
  if (format === 'ndjson' && request.failOn === 'never' && request.incomplete === 'passes') {
    for (const gap of [...gapsOf(replayed), ...(cutShort === undefined ? [] : [cutShort])])
      await complain(terminal, gap);
    await outlet.close();
    return 0;
  }
  const composed = composeDocument({ replayed, source: path, tool });
  const document = cutShort === undefined ? composed : { ...composed, gaps: [...composed.gaps, cutShort] };
  const code = exitCodeOf(document, request);
  terminal.settle?.(code);
  if (format === 'json') await late.write(documentTail(document));
  if (format === 'text') {
    const style = outputPath === undefined ? terminal.outStyle(color) : terminal.fileStyle(color);
    await outlet.write(renderReplayText(document, style));
  } else for (const gap of document.gaps) await complain(terminal, gap);
  await outlet.close();
  return code;
};
