// Lines gathered into blocks of bytes, digits written without making texts of them: a million lines are a few hundred
// writes. It knows how a line begins and nothing of what else is in it.
import { type Moment, nsText } from './moment.ts';

export interface LineBuffer {
  /** Adds `{"frame":N,"atNs":T` and the tail. */
  add(frame: number, at: Moment, tail: Uint8Array): void;
  /** Full blocks and the one begun, in order; they belong to the caller until given back. */
  take(): readonly Uint8Array[];
  /** Blocks that were written out may be used again. */
  giveBack(blocks: readonly Uint8Array[]): void;
}

const blockBytes = 1 << 18;
const mostSpare = 32;
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const opening = ascii('{"frame":');
const beforeTime = ascii(',"atNs":');
/** Opening, frame number, time: never more than this. */
const headBytes = 96;
const zero = 0x30;

/** `between`: what separates values besides the end of the line. */
export const createLineBuffer = (between: 'nothing' | 'comma'): LineBuffer => {
  const further = between === 'comma' ? ascii(',{"frame":') : opening;
  let start = opening;
  const spare: Uint8Array<ArrayBufferLike>[] = [];
  let full: Uint8Array[] = [];
  let block: Uint8Array<ArrayBufferLike> = new Uint8Array(blockBytes);
  let used = 0;

  const startBlock = (wantedBytes: number): void => {
    if (used > 0) full.push(block.subarray(0, used));
    block = spare.pop() ?? new Uint8Array(blockBytes);
    if (block.length < wantedBytes) block = new Uint8Array(wantedBytes);
    used = 0;
  };

  const put = (bytes: Uint8Array): void => {
    block.set(bytes, used);
    used += bytes.length;
  };

  const putDigits = (value: number, width: number): void => {
    let rest = value;
    for (let at = used + width - 1; at >= used; at--) {
      const quotient = Math.floor(rest / 10);
      block[at] = zero + (rest - quotient * 10);
      rest = quotient;
    }
    used += width;
  };

  const putTime = (at: Moment): void => {
    if (at.seconds > 0 && Number.isSafeInteger(at.seconds)) {
      putDigits(at.seconds, digitsOf(at.seconds));
      putDigits(at.nanos, 9);
    } else put(ascii(nsText(at)));
  };

  return {
    add: (frame, at, tail) => {
      if (used + headBytes + tail.length > block.length) startBlock(headBytes + tail.length);
      put(start);
      start = further;
      putDigits(frame, digitsOf(frame));
      put(beforeTime);
      putTime(at);
      put(tail);
    },
    take: () => {
      startBlock(0);
      const taken = full;
      full = [];
      return taken;
    },
    giveBack: (blocks) => {
      for (const one of blocks)
        if (spare.length < mostSpare && one.buffer.byteLength === blockBytes)
          spare.push(new Uint8Array(one.buffer));
    },
  };
};

const digitsOf = (value: number): number => {
  let digits = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  return digits;
};
