/**
 * Captures as frames with memory of their own, for whoever keeps some of them, and pcap written with nanoseconds.
 * The walk through the file is the scanner's; this file knows neither files nor processes.
 */

import { copyOf } from './bytes.ts';
import { createCaptureScanner } from './capture-scanner.ts';
import { type CapturedFrame, maxFrameBytes } from './captured-frame.ts';
import type { Problem } from './problem.ts';

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

export function createCaptureReader(): CaptureReader {
  let frames: CapturedFrame[] = [];
  let second = -1;
  let secondNs = 0n;
  const scanner = createCaptureScanner((bytes, record) => {
    const { seconds, nanos, dataAt, capturedLength, linkType, originalLength, interfaceId } = record;
    if (seconds !== second) {
      second = seconds;
      secondNs = BigInt(seconds) * 1_000_000_000n;
    }
    frames.push({
      linkType,
      atNs: secondNs + BigInt(nanos),
      capturedLength,
      originalLength,
      bytes: bytes.subarray(dataAt, dataAt + capturedLength),
      interfaceId,
    });
  });
  return {
    push(chunk) {
      frames = [];
      scanner.push(copyOf(chunk, 0, chunk.length));
      const completed = frames;
      frames = [];
      return completed;
    },
    end: scanner.end,
    problems: scanner.problems,
    state: scanner.state,
  };
}

const nanosecondMagic = 0xa1b23c4d;
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
