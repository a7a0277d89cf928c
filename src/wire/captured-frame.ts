/**
 * One frame as a capture file or a capture stream delivers it, and the bounds every reader keeps. Knows nothing of
 * the frame's content and nothing of the file format it came from.
 */

export interface CapturedFrame {
  /** LINKTYPE_ number of tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** Nanoseconds since 1970 by the capturing machine's clock; 0 when the format has no time (simple packet block). */
  readonly atNs: bigint;
  readonly capturedLength: number;
  /** Length on the wire; larger than capturedLength when the capture was cut to a snapshot length. */
  readonly originalLength: number;
  /** A view into memory the reader owns and never rewrites; copy it when a few of many frames are kept for long. */
  readonly bytes: Uint8Array;
  /** pcapng interface number within its section; 0 in pcap. */
  readonly interfaceId: number;
}

/** 256 KiB, tcpdump's largest snapshot length: more than this in one frame is a corrupt length, not a frame. */
export const maxFrameBytes = 262_144;

export type ByteOrder = 'little' | 'big';

export function readU16(bytes: Uint8Array, at: number, order: ByteOrder): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return order === 'big' ? (first << 8) | second : (second << 8) | first;
}

export function readU32(bytes: Uint8Array, at: number, order: ByteOrder): number {
  const first = readU16(bytes, at, order);
  const second = readU16(bytes, at + 2, order);
  return (order === 'big' ? (first << 16) | second : (second << 16) | first) >>> 0;
}
