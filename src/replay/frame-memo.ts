// Remembers what frames meant. A master sends the same advert again and again; only the IPv4 identification and with
// it the header checksum differ. Whatever was worked out for one such frame holds for the next, so it is worked out
// once. Memory is bounded: a slot for each hash, the newest frame wins. It does not know what is remembered.
import type { FramePlace } from './sighting.ts';

interface Remembered<T> {
  readonly place: FramePlace;
  readonly originalLength: number;
  /** The frame as it was. */
  readonly bytes: Uint8Array;
  /** Where its IPv4 header begins; -1 where every byte must be equal. */
  readonly ipv4At: number;
  readonly residue: number;
  readonly value: T;
}

export interface FrameSpan extends FramePlace {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly originalLength: number;
  readonly ipv4At: number;
}

export interface FrameMemo<T> {
  recall(): T | undefined;
  /** Of the frame just asked about. */
  keep(value: T): void;
}

const slots = 8192;
/** Longer frames are not adverts; they are looked at anew each time. */
const longestBytes = 512;
/** After so many questions it is decided anew whether remembering pays; it does from one answer in ten. */
const adaptsAfter = 16_384;
const worthwhileShare = 10;
const seldom = 32;
const identificationAt = 4;
const checksumAt = 10;

/** What identification and checksum add to the ones-complement sum of the header: equal for equally right headers. */
const residueOf = (bytes: Uint8Array, ipAt: number): number => {
  const sum =
    (((bytes[ipAt + 4] ?? 0) + (bytes[ipAt + 10] ?? 0)) << 8) +
    (bytes[ipAt + 5] ?? 0) +
    (bytes[ipAt + 11] ?? 0);
  const folded = (sum & 0xffff) + (sum >>> 16);
  // Both spellings of zero in ones-complement arithmetic.
  return folded === 0xffff ? 0 : folded;
};

const sameBytes = (
  bytes: Uint8Array,
  from: number,
  kept: Uint8Array,
  [start, end]: readonly [number, number],
) => {
  for (let at = start; at < end; at++) if (bytes[from + at] !== kept[at]) return false;
  return true;
};

/** Asked about one frame at a time: `span` is overwritten by the caller for the next. */
export const createFrameMemo = <T>(span: FrameSpan): FrameMemo<T> => {
  const memory: (Remembered<T> | undefined)[] = new Array<Remembered<T> | undefined>(slots).fill(undefined);

  /** Of the frame in each slot, so that another one in it is told without reading it. */
  const hashes = new Int32Array(slots);

  /** Addresses, message and its checksum tell frames apart; a collision costs a decoding and nothing else. */
  const hashOf = (): number => {
    const { bytes, from, to, ipv4At } = span;
    const first = ipv4At < 0 ? from : from + ipv4At + checksumAt + 2;
    const last = Math.min(to, first + 64);
    let hash = to - from;
    for (let at = first; at < last; at++) hash = Math.imul(hash, 31) + (bytes[at] ?? 0);
    return hash;
  };

  const slotOf = (hash: number): number => (hash ^ (hash >>> 13)) & (slots - 1);
  /** Of the frame asked about last, which is the one that is kept next. */
  let hash = 0;

  const isSame = (kept: Remembered<T>): boolean => {
    const { bytes, from, to, ipv4At } = span;
    const length = to - from;
    if (
      kept.bytes.length !== length ||
      kept.ipv4At !== ipv4At ||
      kept.originalLength !== span.originalLength ||
      kept.place.linkType !== span.linkType ||
      kept.place.interfaceId !== span.interfaceId
    )
      return false;
    if (ipv4At < 0) return sameBytes(bytes, from, kept.bytes, [0, length]);
    return (
      residueOf(bytes, from + ipv4At) === kept.residue &&
      sameBytes(bytes, from, kept.bytes, [0, ipv4At + identificationAt]) &&
      sameBytes(bytes, from, kept.bytes, [ipv4At + identificationAt + 2, ipv4At + checksumAt]) &&
      sameBytes(bytes, from, kept.bytes, [ipv4At + checksumAt + 2, length])
    );
  };

  let asked = 0;
  let recalled = 0;
  /** Every so manieth frame is kept: where nothing repeats itself, remembering is wasted work. */
  let keepsEvery = 1;
  let turn = 0;

  const adapt = (): void => {
    if (asked < adaptsAfter) return;
    keepsEvery = recalled * worthwhileShare < asked ? seldom : 1;
    asked = 0;
    recalled = 0;
  };

  return {
    recall: () => {
      if (span.to - span.from > longestBytes) return undefined;
      adapt();
      asked += 1;
      hash = hashOf();
      const slot = slotOf(hash);
      if (hashes[slot] !== hash) return undefined;
      const kept = memory[slot];
      if (kept === undefined || !isSame(kept)) return undefined;
      recalled += 1;
      return kept.value;
    },
    keep: (value) => {
      const { bytes, from, to, ipv4At, originalLength, linkType, interfaceId } = span;
      turn += 1;
      if (to - from > longestBytes || turn % keepsEvery !== 0) return;
      const copy = new Uint8Array(bytes.subarray(from, to));
      const slot = slotOf(hash);
      hashes[slot] = hash;
      memory[slot] = {
        place: { linkType, interfaceId },
        originalLength,
        bytes: copy,
        ipv4At,
        residue: ipv4At < 0 ? 0 : residueOf(bytes, from + ipv4At),
        value,
      };
    },
  };
};
