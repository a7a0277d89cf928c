/**
 * Captures read as they arrive: recognises pcap (microseconds, nanoseconds, both byte orders) and pcapng by their
 * first bytes, and writes pcap with nanoseconds. Holds at most one unfinished record. Knows neither files nor
 * processes: whoever has bytes pushes them.
 */

import { copyOf } from './bytes.ts';
import type { CaptureParser, ParserStep } from './capture-parser.ts';
import { type ByteOrder, type CapturedFrame, maxFrameBytes, readU16, readU32 } from './captured-frame.ts';
import { createPcapngParser, pcapngSectionHeader } from './pcapng.ts';
import type { Problem, ProblemCode } from './problem.ts';

export type { CapturedFrame } from './captured-frame.ts';

export interface CaptureReader {
  /** Frames completed by this chunk. The chunk is copied; the caller may reuse it. */
  push(chunk: Uint8Array): readonly CapturedFrame[];
  /** No more bytes will come. Every problem of the whole stream; push yields nothing from here on. */
  end(): readonly Problem[];
  /** Problems met so far, for streams that do not end. */
  problems(): readonly Problem[];
  /** `undecided` until the first four bytes are there; `stopped` after corruption or end. */
  state(): 'undecided' | 'pcap' | 'pcapng' | 'stopped';
}

/** Beyond this many problems the rest is not listed: a corrupt stream must not fill memory with complaints. */
const maxProblems = 100;

export function createCaptureReader(): CaptureReader {
  const problems: Problem[] = [];
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

  function parse(bytes: Uint8Array): readonly CapturedFrame[] {
    const frames: CapturedFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (parser === undefined) {
        parser = recogniseFormat(bytes);
        if (parser === undefined) {
          note(captureProblem('unknown-format', unknownFormatText(bytes)));
          stop();
          return frames;
        }
      }
      const step: ParserStep = parser.step(bytes, at);
      if (step.kind === 'corrupt') {
        note(step.problem);
        stop();
        return frames;
      }
      if (step.kind === 'more') {
        neededBytes = step.needed;
        break;
      }
      if (step.frame !== undefined) frames.push(step.frame);
      if (step.problem !== undefined) note(step.problem);
      neededBytes = 1;
      at += step.used;
    }
    skipBytes = Math.max(0, at - bytes.length);
    if (at < bytes.length) {
      held = [bytes.subarray(at)];
      heldBytes = bytes.length - at;
    }
    return frames;
  }

  return {
    push(chunk) {
      if (isStopped) return [];
      seenBytes += chunk.length;
      const skipped = Math.min(skipBytes, chunk.length);
      skipBytes -= skipped;
      if (skipped < chunk.length) {
        held.push(copyOf(chunk, skipped, chunk.length));
        heldBytes += chunk.length - skipped;
      }
      if (heldBytes === 0 || heldBytes < neededBytes) return [];
      const bytes = joinChunks(held, heldBytes);
      held = [];
      heldBytes = 0;
      return parse(bytes);
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

function joinChunks(chunks: readonly Uint8Array[], lengthBytes: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const joined = new Uint8Array(lengthBytes);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

const microsecondMagic = 0xa1b2c3d4;
const nanosecondMagic = 0xa1b23c4d;

function recogniseFormat(bytes: Uint8Array): CaptureParser | undefined {
  if (readU32(bytes, 0, 'big') === pcapngSectionHeader) return createPcapngParser();
  for (const order of ['little', 'big'] as const) {
    const magic = readU32(bytes, 0, order);
    if (magic === microsecondMagic) return createPcapParser(order, 1000n);
    if (magic === nanosecondMagic) return createPcapParser(order, 1n);
  }
  return undefined;
}

function unknownFormatText(bytes: Uint8Array): string {
  if (readU16(bytes, 0, 'big') === 0x1f8b) return 'a gzip file: decompress it first';
  return 'neither pcap nor pcapng: the first four bytes are of neither';
}

function createPcapParser(order: ByteOrder, nsPerUnit: bigint): CaptureParser {
  let linkType: number | undefined;
  let second = -1;
  let secondNs = 0n;

  function readHeader(bytes: Uint8Array, at: number): ParserStep {
    if (bytes.length - at < pcapHeaderBytes) return { kind: 'more', needed: pcapHeaderBytes };
    // The upper half of this field carries frame check sequence flags.
    linkType = readU32(bytes, at + 20, order) & 0xffff;
    return { kind: 'next', used: pcapHeaderBytes };
  }

  return {
    format: 'pcap',
    step(bytes, at) {
      if (linkType === undefined) return readHeader(bytes, at);
      if (bytes.length - at < pcapRecordBytes) return { kind: 'more', needed: pcapRecordBytes };
      const capturedLength = readU32(bytes, at + 8, order);
      if (capturedLength > maxFrameBytes) {
        return { kind: 'corrupt', problem: frameTooLong(capturedLength) };
      }
      const used = pcapRecordBytes + capturedLength;
      if (bytes.length - at < used) return { kind: 'more', needed: used };
      const recordSecond = readU32(bytes, at, order);
      if (recordSecond !== second) {
        second = recordSecond;
        secondNs = BigInt(recordSecond) * 1_000_000_000n;
      }
      const frame = {
        linkType,
        atNs: secondNs + BigInt(readU32(bytes, at + 4, order)) * nsPerUnit,
        capturedLength,
        originalLength: readU32(bytes, at + 12, order),
        bytes: bytes.subarray(at + pcapRecordBytes, at + used),
        interfaceId: 0,
      };
      return { kind: 'next', used, frame };
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

const pcapHeaderBytes = 24;
const pcapRecordBytes = 16;

/** The file header of a little-endian pcap with nanosecond timestamps. */
export function writePcapHeader(linkType: number): Uint8Array {
  const header = new Uint8Array(pcapHeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, nanosecondMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, maxFrameBytes, true);
  view.setUint32(20, linkType, true);
  return header;
}

/** One record behind such a header. */
export function writePcapRecord(frame: Pick<CapturedFrame, 'atNs' | 'bytes' | 'originalLength'>): Uint8Array {
  const record = new Uint8Array(pcapRecordBytes + frame.bytes.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, Number(frame.atNs / 1_000_000_000n), true);
  view.setUint32(4, Number(frame.atNs % 1_000_000_000n), true);
  view.setUint32(8, frame.bytes.length, true);
  view.setUint32(12, frame.originalLength, true);
  record.set(frame.bytes, pcapRecordBytes);
  return record;
}
