/**
 * What a file format has to answer so that a capture can be read piece by piece. Knows the shape of one step;
 * deliberately no format and no buffering.
 */

import type { CapturedFrame } from './captured-frame.ts';
import type { Problem } from './problem.ts';

export type ParserStep =
  /** `needed` bytes from here are wanted before the next step can be taken; always bounded. */
  | { readonly kind: 'more'; readonly needed: number }
  /** `used` bytes are done with; may reach behind the bytes given, which skips without holding them. */
  | {
      readonly kind: 'next';
      readonly used: number;
      readonly frame?: CapturedFrame | undefined;
      readonly problem?: Problem | undefined;
    }
  /** Nothing behind this point can be trusted. */
  | { readonly kind: 'corrupt'; readonly problem: Problem };

export interface CaptureParser {
  readonly format: 'pcap' | 'pcapng';
  step(bytes: Uint8Array, at: number): ParserStep;
}
