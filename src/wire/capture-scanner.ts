/**
 * Walks through a capture as it arrives and shows each frame where it lies: recognises pcap (microseconds,
 * nanoseconds, both byte orders, Kuznetsov's longer records) and pcapng by their first bytes. Holds at most one
 * unfinished record. Knows neither files nor processes, and nothing of a frame's content.
 */

import { copyOf } from './bytes.ts';
import {
  blankRecord,
  type CaptureParser,
  type CaptureRecord,
  callCorrupt,
  passOver,
  type StepOutcome,
  wantMore,
} from './capture-parser.ts';
import { type ByteOrder, maxFrameBytes, readU16, readU32 } from './captured-frame.ts';
import { createPcapngParser, pcapngSectionHeader } from './pcapng.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** Sees a frame where it lies; both arguments are only good during the call. */
export type FrameVisitor = (bytes: Uint8Array, record: Readonly<CaptureRecord>) => void;

export interface CaptureScanner {
  /** Shows the frames completed by this chunk. What is left of an unfinished one is copied. */
  push(chunk: Uint8Array): void;
  /** No more bytes will come. Every problem of the whole stream; push shows nothing from here on. */
  end(): readonly Problem[];
  /** Problems met so far, for streams that do not end. */
  problems(): readonly Problem[];
  /** `undecided` until the first four bytes are there; `stopped` after corruption or end. */
  state(): 'undecided' | 'pcap' | 'pcapng' | 'stopped';
}

/** Beyond this many problems the rest is not listed: a corrupt stream must not fill memory with complaints. */
const maxProblems = 100;

export function createCaptureScanner(visit: FrameVisitor): CaptureScanner {
  const problems: Problem[] = [];
  const record = blankRecord();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let neededBytes = 4;
  let skipBytes = 0;
  let seenBytes = 0;
  let parser: CaptureParser | undefined;
  let isStopped = false;

  function note(problem: Problem): void {
    if (problems.length < maxProblems) problems.push(problem);
  }

  function stop(): void {
    isStopped = true;
    held = [];
    heldBytes = 0;
  }

  function recognise(bytes: Uint8Array): CaptureParser | undefined {
    const found = recogniseFormat(bytes);
    if (found === undefined) {
      note(captureProblem('unknown-format', unknownFormatText(bytes)));
      stop();
    }
    return found;
  }

  /** How many of the bytes are done with; may be more than there are. */
  function walk(bytes: Uint8Array, steps: CaptureParser): number {
    let at = 0;
    while (at < bytes.length) {
      record.problem = undefined;
      const outcome = steps.step(bytes, at, record);
      if (record.problem !== undefined) note(record.problem);
      if (outcome === 'corrupt') {
        stop();
        return bytes.length;
      }
      if (outcome === 'more') {
        neededBytes = record.bytes;
        return at;
      }
      neededBytes = 1;
      at += record.bytes;
      if (outcome === 'frame') visit(bytes, record);
    }
    return at;
  }

  return {
    push(chunk) {
      if (isStopped) return;
      seenBytes += chunk.length;
      const skipped = Math.min(skipBytes, chunk.length);
      skipBytes -= skipped;
      const fresh = skipped === 0 ? chunk : chunk.subarray(skipped);
      if (fresh.length === 0) return;
      if (heldBytes + fresh.length < neededBytes) {
        held.push(copyOf(fresh, 0, fresh.length));
        heldBytes += fresh.length;
        return;
      }
      const bytes = heldBytes === 0 ? fresh : joinChunks(held, fresh, heldBytes);
      held = [];
      heldBytes = 0;
      parser ??= recognise(bytes);
      if (parser === undefined) return;
      const done = walk(bytes, parser);
      skipBytes = Math.max(0, done - bytes.length);
      if (done < bytes.length) {
        held = [copyOf(bytes, done, bytes.length)];
        heldBytes = bytes.length - done;
      }
    },
    end() {
      if (!isStopped) {
        if (seenBytes === 0) note(captureProblem('empty', 'the capture holds no bytes at all'));
        else if (heldBytes > 0 || skipBytes > 0) {
          note(captureProblem('truncated', `the capture ends inside a record, ${heldBytes} bytes into it`));
        }
        stop();
      }
      return problems;
    },
    problems: () => problems,
    state: () => (isStopped ? 'stopped' : (parser?.format ?? 'undecided')),
  };
}

function joinChunks(chunks: readonly Uint8Array[], last: Uint8Array, heldBytes: number): Uint8Array {
  const joined = new Uint8Array(heldBytes + last.length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  joined.set(last, at);
  return joined;
}

const magicNumbers = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d, kuznetsov: 0xa1b2cd34 } as const;

function recogniseFormat(bytes: Uint8Array): CaptureParser | undefined {
  if (readU32(bytes, 0, 'big') === pcapngSectionHeader) return createPcapngParser();
  for (const order of ['little', 'big'] as const) {
    const magic = readU32(bytes, 0, order);
    if (magic === magicNumbers.microseconds)
      return createPcapParser({ order, nsPerUnit: 1000, recordBytes: 16 });
    if (magic === magicNumbers.nanoseconds) return createPcapParser({ order, nsPerUnit: 1, recordBytes: 16 });
    // Old patched libpcaps put interface index, protocol and packet type behind the usual 16 bytes.
    if (magic === magicNumbers.kuznetsov)
      return createPcapParser({ order, nsPerUnit: 1000, recordBytes: 24 });
  }
  return undefined;
}

function unknownFormatText(bytes: Uint8Array): string {
  if (readU16(bytes, 0, 'big') === 0x1f8b) return 'a gzip file: decompress it first';
  const magic = readU32(bytes, 0, 'big');
  if (magic === 0x28b52ffd) return 'a zstd file: decompress it first';
  if (magic === 0xfd377a58) return 'an xz file: decompress it first';
  if (magic === 0x04224d18) return 'an lz4 file: decompress it first';
  return 'neither pcap nor pcapng: the first four bytes are of neither';
}

const pcapHeaderBytes = 24;
const nsPerSecond = 1_000_000_000;

function createPcapParser({
  order,
  nsPerUnit,
  recordBytes,
}: {
  readonly order: ByteOrder;
  readonly nsPerUnit: number;
  readonly recordBytes: number;
}): CaptureParser {
  let linkType = -1;

  function readHeader(bytes: Uint8Array, at: number, into: CaptureRecord): StepOutcome {
    if (bytes.length - at < pcapHeaderBytes) return wantMore(into, pcapHeaderBytes);
    // The upper half of this field carries frame check sequence flags.
    linkType = readU32(bytes, at + 20, order) & 0xffff;
    return passOver(into, pcapHeaderBytes);
  }

  return {
    format: 'pcap',
    step(bytes, at, into) {
      if (linkType < 0) return readHeader(bytes, at, into);
      if (bytes.length - at < recordBytes) return wantMore(into, recordBytes);
      const capturedLength = readU32(bytes, at + 8, order);
      if (capturedLength > maxFrameBytes) return callCorrupt(into, frameTooLong(capturedLength));
      const used = recordBytes + capturedLength;
      if (bytes.length - at < used) return wantMore(into, used);
      const nanos = readU32(bytes, at + 4, order) * nsPerUnit;
      const carry = nanos < nsPerSecond ? 0 : Math.floor(nanos / nsPerSecond);
      into.bytes = used;
      into.linkType = linkType;
      into.seconds = readU32(bytes, at, order) + carry;
      into.nanos = nanos - carry * nsPerSecond;
      into.dataAt = at + recordBytes;
      into.capturedLength = capturedLength;
      into.originalLength = readU32(bytes, at + 12, order);
      into.interfaceId = 0;
      return 'frame';
    },
  };
}

function frameTooLong(lengthBytes: number): Problem {
  return captureProblem(
    'frame-too-long',
    `a frame of ${lengthBytes} bytes: the capture is corrupt from here on`,
  );
}

function captureProblem(code: ProblemCode, text: string): Problem {
  return { layer: 'capture', code, text };
}
