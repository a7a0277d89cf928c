/**
 * Numbers out of bytes, in network byte order, and the ones-complement sum of RFC 1071. Knows no protocol.
 * A read past the end yields zero bits instead of a neighbour's bytes; callers check lengths first and say so.
 */

export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

export function u16(bytes: Uint8Array, at: number): number {
  return (u8(bytes, at) << 8) | u8(bytes, at + 1);
}

export function u32(bytes: Uint8Array, at: number): number {
  return ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16);
  writeU16(bytes, at + 2, value & 0xffff);
}

/** Unfolded sum of the 16-bit words in [from, to); an odd last byte counts as the high half of a word. */
export function sumWords(bytes: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, bytes.length);
  let sum = 0;
  let at = from;
  for (; at + 1 < end; at += 2) sum += u16(bytes, at);
  if (at < end) sum += u8(bytes, at) << 8;
  return sum;
}

/** Folds a sum to 16 bits; data that carries a right checksum folds to 0xffff. */
export function foldSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** A copy with memory of its own, also of a Node Buffer, whose own slice() would share it. */
export function copyOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to));
}
