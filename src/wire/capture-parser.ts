/**
 * What a file format has to answer so that a capture can be read piece by piece. Knows the shape of one step;
 * deliberately no format and no buffering. One record object serves a whole capture: a million frames cost no
 * million objects.
 */

import type { Problem } from './problem.ts';

/** Where a frame lies and when it was captured; overwritten by the next step. */
export interface CaptureRecord {
  /** LINKTYPE_ number of tcpdump.org/linktypes.html. */
  linkType: number;
  /** Whole seconds since 1970 by the capturing machine's clock; 0 when the format has no time. */
  seconds: number;
  /** 0 to 999,999,999 beyond them. */
  nanos: number;
  /** Where the frame begins in the bytes given, and how many of its bytes are there. */
  dataAt: number;
  capturedLength: number;
  /** Length on the wire. */
  originalLength: number;
  /** pcapng interface number within its section; 0 in pcap. */
  interfaceId: number;

  /**
   * `more`: so many bytes from here are wanted, always bounded. `frame` and `nothing`: so many are done with; for
   * `nothing` they may reach behind the bytes given, which skips without holding them.
   */
  bytes: number;
  problem: Problem | undefined;
}

/** `corrupt`: nothing behind this point can be trusted, and `problem` says why. */
export type StepOutcome = 'frame' | 'nothing' | 'more' | 'corrupt';

export function blankRecord(): CaptureRecord {
  return {
    linkType: 0,
    seconds: 0,
    nanos: 0,
    dataAt: 0,
    capturedLength: 0,
    originalLength: 0,
    interfaceId: 0,
    bytes: 0,
    problem: undefined,
  };
}

export interface CaptureParser {
  readonly format: 'pcap' | 'pcapng';
  /** Takes one step at `at` and writes its outcome into the record; frame fields hold only for `frame`. */
  step(bytes: Uint8Array, at: number, into: CaptureRecord): StepOutcome;
}

export function wantMore(into: CaptureRecord, bytes: number): StepOutcome {
  into.bytes = bytes;
  return 'more';
}

export function passOver(into: CaptureRecord, bytes: number, problem?: Problem): StepOutcome {
  into.bytes = bytes;
  into.problem = problem;
  return 'nothing';
}

export function callCorrupt(into: CaptureRecord, problem: Problem): StepOutcome {
  into.bytes = 0;
  into.problem = problem;
  return 'corrupt';
}
