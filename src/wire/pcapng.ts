/**
 * The blocks of pcapng (draft-ietf-opsawg-pcapng): sections in either byte order, interfaces with their clock
 * resolution and offset, enhanced, simple and obsolete packet blocks. Everything else is skipped unread and never
 * held. Knows one block at a time; deliberately no names, comments, statistics or decryption secrets.
 */

import type { CaptureParser, ParserStep } from './capture-parser.ts';
import { type ByteOrder, type CapturedFrame, maxFrameBytes, readU16, readU32 } from './captured-frame.ts';
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
  toNs(ticks: bigint): bigint;
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

  function readSectionHeader(bytes: Uint8Array, at: number): ParserStep | undefined {
    if (readU32(bytes, at + 8, 'little') === byteOrderMagic) order = 'little';
    else if (readU32(bytes, at + 8, 'big') === byteOrderMagic) order = 'big';
    else return corrupt('unknown-format', 'a pcapng section without a byte-order mark');
    interfaces = [];
    return undefined;
  }

  function readPacket(body: PacketBody): ParserStep {
    const { bytes, at, used, interfaceId } = body;
    const origin = interfaces[interfaceId];
    if (origin === undefined) {
      const text = `a packet block names interface ${interfaceId}, which its section does not describe`;
      return { kind: 'next', used, problem: once('unknown-interface', text) };
    }
    const isSimple = body.ticks === undefined;
    const snapLength = isSimple && origin.snapLengthBytes > 0 ? origin.snapLengthBytes : body.capturedLength;
    const capturedLength = Math.min(body.capturedLength, snapLength);
    if (capturedLength > maxFrameBytes || body.dataAt + capturedLength > at + used - 4) {
      const text = `a frame of ${capturedLength} bytes in a block of ${used}: the capture is corrupt from here on`;
      return corrupt('frame-too-long', text);
    }
    const frame: CapturedFrame = {
      linkType: origin.linkType,
      atNs: body.ticks === undefined ? 0n : origin.toNs(body.ticks),
      capturedLength,
      originalLength: body.originalLength,
      bytes: bytes.subarray(body.dataAt, body.dataAt + capturedLength),
      interfaceId,
    };
    const problem =
      body.ticks === undefined
        ? once('no-timestamp', 'simple packet blocks: frames without a time')
        : undefined;
    return { kind: 'next', used, frame, problem };
  }

  function readBlock(bytes: Uint8Array, at: number, type: number, used: number): ParserStep {
    if (type === blockTypes.interface) {
      if (used < 20) return corrupt('bad-length', `an interface block of ${used} bytes`);
      if (interfaces.length === maxInterfaces) {
        return corrupt('too-many-interfaces', `more than ${maxInterfaces} interfaces in one section`);
      }
      interfaces.push(readInterface(bytes, at, used, order));
      return { kind: 'next', used };
    }
    if (type === pcapngSectionHeader) {
      return used < 28 ? corrupt('bad-length', `a section header of ${used} bytes`) : { kind: 'next', used };
    }
    const body = readPacketBody({ bytes, at, used, type, order });
    return body === undefined ? corrupt('bad-length', `a packet block of ${used} bytes`) : readPacket(body);
  }

  return {
    format: 'pcapng',
    step(bytes, at) {
      if (bytes.length - at < 12) return { kind: 'more', needed: 12 };
      const isSection = readU32(bytes, at, 'big') === pcapngSectionHeader;
      const failure = isSection ? readSectionHeader(bytes, at) : undefined;
      if (failure !== undefined) return failure;
      const type = isSection ? pcapngSectionHeader : readU32(bytes, at, order);
      const used = readU32(bytes, at + 4, order);
      if (used < 12 || used % 4 !== 0) return corrupt('bad-length', `a pcapng block of ${used} bytes`);
      if (!isSection && !isHeldBlock(type)) return { kind: 'next', used };
      if (used > maxHeldBlockBytes) {
        return corrupt('frame-too-long', `a block of ${used} bytes: the capture is corrupt from here on`);
      }
      if (bytes.length - at < used) return { kind: 'more', needed: used };
      if (readU32(bytes, at + used - 4, order) !== used) {
        return corrupt('bad-length', 'the two lengths of a pcapng block differ');
      }
      return readBlock(bytes, at, type, used);
    },
  };
}

function isHeldBlock(type: number): boolean {
  return (
    type === blockTypes.interface ||
    type === blockTypes.packetEnhanced ||
    type === blockTypes.packetSimple ||
    type === blockTypes.packetObsolete
  );
}

interface PacketBody {
  readonly bytes: Uint8Array;
  /** Where the block begins, and its whole length. */
  readonly at: number;
  readonly used: number;
  readonly dataAt: number;
  readonly interfaceId: number;
  readonly ticks: bigint | undefined;
  readonly capturedLength: number;
  readonly originalLength: number;
}

interface BlockSpan {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly used: number;
  readonly type: number;
  readonly order: ByteOrder;
}

function readPacketBody({ bytes, at, used, type, order }: BlockSpan): PacketBody | undefined {
  if (type === blockTypes.packetSimple) {
    if (used < 16) return undefined;
    const originalLength = readU32(bytes, at + 8, order);
    // The captured length is not written down: it is the smallest of wire length, snapshot length and block.
    const capturedLength = Math.min(originalLength, used - 16);
    return {
      bytes,
      at,
      used,
      dataAt: at + 12,
      interfaceId: 0,
      ticks: undefined,
      capturedLength,
      originalLength,
    };
  }
  if (used < 32) return undefined;
  const isObsolete = type === blockTypes.packetObsolete;
  const high = readU32(bytes, at + 12, order);
  const low = readU32(bytes, at + 16, order);
  return {
    bytes,
    at,
    used,
    dataAt: at + 28,
    interfaceId: isObsolete ? readU16(bytes, at + 8, order) : readU32(bytes, at + 8, order),
    ticks: (BigInt(high) << 32n) | BigInt(low),
    capturedLength: readU32(bytes, at + 20, order),
    originalLength: readU32(bytes, at + 24, order),
  };
}

function readInterface(bytes: Uint8Array, at: number, used: number, order: ByteOrder): CaptureInterface {
  let resolution = 6;
  let offsetNs = 0n;
  const end = at + used - 4;
  for (let option = at + 16; option + 4 <= end; ) {
    const code = readU16(bytes, option, order);
    const lengthBytes = readU16(bytes, option + 2, order);
    const valueAt = option + 4;
    if (code === 0 || valueAt + lengthBytes > end) break;
    if (code === 9 && lengthBytes === 1) resolution = bytes[valueAt] ?? 6;
    if (code === 14 && lengthBytes === 8) offsetNs = readSeconds(bytes, valueAt, order) * 1_000_000_000n;
    option = valueAt + Math.ceil(lengthBytes / 4) * 4;
  }
  return {
    linkType: readU16(bytes, at + 8, order),
    snapLengthBytes: readU32(bytes, at + 12, order),
    toNs: tickConversion(resolution, offsetNs),
  };
}

function readSeconds(bytes: Uint8Array, at: number, order: ByteOrder): bigint {
  const first = BigInt(readU32(bytes, at, order));
  const second = BigInt(readU32(bytes, at + 4, order));
  return BigInt.asIntN(64, order === 'big' ? (first << 32n) | second : (second << 32n) | first);
}

/** if_tsresol: a negative power of ten, or of two when the top bit is set. */
function tickConversion(resolution: number, offsetNs: bigint): (ticks: bigint) => bigint {
  const exponent = BigInt(resolution & 0x7f);
  if (resolution >= 0x80) return (ticks) => ((ticks * 1_000_000_000n) >> exponent) + offsetNs;
  if (exponent <= 9n) {
    const nsPerTick = 10n ** (9n - exponent);
    return (ticks) => ticks * nsPerTick + offsetNs;
  }
  const ticksPerNs = 10n ** (exponent - 9n);
  return (ticks) => ticks / ticksPerNs + offsetNs;
}

function corrupt(code: ProblemCode, text: string): ParserStep {
  return { kind: 'corrupt', problem: captureProblem(code, text) };
}

function captureProblem(code: ProblemCode, text: string): Problem {
  return { layer: 'capture', code, text };
}
