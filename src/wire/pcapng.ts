/**
 * The blocks of pcapng (draft-ietf-opsawg-pcapng): sections in either byte order, interfaces with their clock
 * resolution and offset, enhanced, simple and obsolete packet blocks. Everything else is skipped unread and never
 * held. Knows one block at a time; deliberately no names, comments, statistics or decryption secrets.
 */

import {
  type CaptureParser,
  type CaptureRecord,
  callCorrupt,
  passOver,
  type StepOutcome,
  wantMore,
} from './capture-parser.ts';
import { type ByteOrder, maxFrameBytes, readU16, readU32 } from './captured-frame.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** Reads the same in both byte orders. */
export const pcapngSectionHeader = 0x0a0d0d0a;

const blockTypes = { interface: 1, packetObsolete: 2, packetSimple: 3, packetEnhanced: 6 } as const;
const byteOrderMagic = 0x1a2b3c4d;

/** Packet data, its headers, and options to go with them; a larger block of these kinds is corrupt. */
const maxHeldBlockBytes = maxFrameBytes + 65_536;
const maxInterfaces = 4096;

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLengthBytes: number;
  readonly stamp: Stamp;
}

export function createPcapngParser(): CaptureParser {
  let order: ByteOrder = 'little';
  let interfaces: CaptureInterface[] = [];
  const said = new Set<ProblemCode>();

  function once(code: ProblemCode, text: string): Problem | undefined {
    if (said.has(code)) return undefined;
    said.add(code);
    return captureProblem(code, text);
  }

  function readSectionHeader(bytes: Uint8Array, at: number): 'read' | 'unknown-order' {
    if (readU32(bytes, at + 8, 'little') === byteOrderMagic) order = 'little';
    else if (readU32(bytes, at + 8, 'big') === byteOrderMagic) order = 'big';
    else return 'unknown-order';
    interfaces = [];
    return 'read';
  }

  function readPacket(block: Block, into: CaptureRecord): StepOutcome {
    const { bytes, at, used, type } = block;
    const isSimple = type === blockTypes.packetSimple;
    if (used < (isSimple ? 16 : 32)) {
      return callCorrupt(into, captureProblem('bad-length', `a packet block of ${used} bytes`));
    }
    const interfaceId = isSimple
      ? 0
      : type === blockTypes.packetObsolete
        ? readU16(bytes, at + 8, order)
        : readU32(bytes, at + 8, order);
    const origin = interfaces[interfaceId];
    if (origin === undefined) {
      const text = `a packet block names interface ${interfaceId}, which its section does not describe`;
      return passOver(into, used, once('unknown-interface', text));
    }
    into.originalLength = readU32(bytes, at + (isSimple ? 8 : 24), order);
    // A simple block does not say what was captured: it is the smallest of wire length, snapshot length and block.
    const capturedLength = isSimple
      ? Math.min(into.originalLength, used - 16, origin.snapLengthBytes || used)
      : readU32(bytes, at + 20, order);
    const dataAt = at + (isSimple ? 12 : 28);
    if (capturedLength > maxFrameBytes || dataAt + capturedLength > at + used - 4) {
      const text = `a frame of ${capturedLength} bytes in a block of ${used}: the capture is corrupt from here on`;
      return callCorrupt(into, captureProblem('frame-too-long', text));
    }
    into.bytes = used;
    into.linkType = origin.linkType;
    into.dataAt = dataAt;
    into.capturedLength = capturedLength;
    into.interfaceId = interfaceId;
    if (isSimple) {
      into.seconds = 0;
      into.nanos = 0;
      into.problem = once('no-timestamp', 'simple packet blocks: frames without a time');
    } else origin.stamp(readU32(bytes, at + 12, order), readU32(bytes, at + 16, order), into);
    return 'frame';
  }

  function readBlock(block: Block, into: CaptureRecord): StepOutcome {
    const { bytes, at, used, type } = block;
    if (type === pcapngSectionHeader) {
      return used < 28
        ? callCorrupt(into, captureProblem('bad-length', `a section header of ${used} bytes`))
        : passOver(into, used);
    }
    if (type !== blockTypes.interface) return readPacket(block, into);
    if (used < 20) {
      return callCorrupt(into, captureProblem('bad-length', `an interface block of ${used} bytes`));
    }
    if (interfaces.length === maxInterfaces) {
      const text = `more than ${maxInterfaces} interfaces in one section`;
      return callCorrupt(into, captureProblem('too-many-interfaces', text));
    }
    interfaces.push(readInterface(bytes, at, used, order));
    return passOver(into, used);
  }

  return {
    format: 'pcapng',
    step(bytes, at, into) {
      if (bytes.length - at < 12) return wantMore(into, 12);
      const isSection = readU32(bytes, at, 'big') === pcapngSectionHeader;
      if (isSection && readSectionHeader(bytes, at) === 'unknown-order') {
        return callCorrupt(
          into,
          captureProblem('unknown-format', 'a pcapng section without a byte-order mark'),
        );
      }
      const type = isSection ? pcapngSectionHeader : readU32(bytes, at, order);
      const used = readU32(bytes, at + 4, order);
      if (used < 12 || used % 4 !== 0) {
        return callCorrupt(into, captureProblem('bad-length', `a pcapng block of ${used} bytes`));
      }
      if (!isSection && !isHeldBlock(type)) return passOver(into, used);
      if (used > maxHeldBlockBytes) {
        const text = `a block of ${used} bytes: the capture is corrupt from here on`;
        return callCorrupt(into, captureProblem('frame-too-long', text));
      }
      if (bytes.length - at < used) return wantMore(into, used);
      if (readU32(bytes, at + used - 4, order) !== used) {
        return callCorrupt(into, captureProblem('bad-length', 'the two lengths of a pcapng block differ'));
      }
      return readBlock({ bytes, at, used, type }, into);
    },
  };
}

interface Block {
  readonly bytes: Uint8Array;
  /** Where it begins, and its whole length. */
  readonly at: number;
  readonly used: number;
  readonly type: number;
}

function isHeldBlock(type: number): boolean {
  return (
    type === blockTypes.interface ||
    type === blockTypes.packetEnhanced ||
    type === blockTypes.packetSimple ||
    type === blockTypes.packetObsolete
  );
}

function readInterface(bytes: Uint8Array, at: number, used: number, order: ByteOrder): CaptureInterface {
  let resolution = 6;
  let offsetSeconds = 0;
  const end = at + used - 4;
  for (let option = at + 16; option + 4 <= end; ) {
    const code = readU16(bytes, option, order);
    const lengthBytes = readU16(bytes, option + 2, order);
    const valueAt = option + 4;
    if (code === 0 || valueAt + lengthBytes > end) break;
    if (code === 9 && lengthBytes === 1) resolution = bytes[valueAt] ?? 6;
    if (code === 14 && lengthBytes === 8) offsetSeconds = readSeconds(bytes, valueAt, order);
    option = valueAt + Math.ceil(lengthBytes / 4) * 4;
  }
  return {
    linkType: readU16(bytes, at + 8, order),
    snapLengthBytes: readU32(bytes, at + 12, order),
    stamp: stampFor(resolution, offsetSeconds),
  };
}

function readSeconds(bytes: Uint8Array, at: number, order: ByteOrder): number {
  const first = BigInt(readU32(bytes, at, order));
  const second = BigInt(readU32(bytes, at + 4, order));
  return Number(BigInt.asIntN(64, order === 'big' ? (first << 32n) | second : (second << 32n) | first));
}

/** Writes 64 bits of ticks, given as two halves, as seconds and nanoseconds. */
type Stamp = (high: number, low: number, into: CaptureRecord) => void;

/** if_tsresol: a negative power of ten, or of two when the top bit is set. */
function stampFor(resolution: number, offsetSeconds: number): Stamp {
  const exponent = resolution & 0x7f;
  if (resolution < 0x80 && exponent <= 9) {
    const ticksPerSecond = 10 ** exponent;
    const nsPerTick = 10 ** (9 - exponent);
    // Long division by halves of words: no intermediate value leaves the integers a number holds exactly.
    return (high, low, into) => {
      const top = Math.floor(high / ticksPerSecond);
      const upper = (high - top * ticksPerSecond) * 65_536 + (low >>> 16);
      const middle = Math.floor(upper / ticksPerSecond);
      const rest = (upper - middle * ticksPerSecond) * 65_536 + (low & 0xffff);
      const bottom = Math.floor(rest / ticksPerSecond);
      into.seconds = top * 4_294_967_296 + middle * 65_536 + bottom + offsetSeconds;
      into.nanos = (rest - bottom * ticksPerSecond) * nsPerTick;
    };
  }
  const bits = BigInt(exponent);
  const ticksPerNs = 10n ** (bits > 9n ? bits - 9n : 0n);
  return (high, low, into) => {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    const ns = resolution >= 0x80 ? (ticks * 1_000_000_000n) >> bits : ticks / ticksPerNs;
    into.seconds = Number(ns / 1_000_000_000n) + offsetSeconds;
    into.nanos = Number(ns % 1_000_000_000n);
  };
}

function captureProblem(code: ProblemCode, text: string): Problem {
  return { layer: 'capture', code, text };
}
