// Lines gathered into blocks of bytes, digits written without making texts of them: a million lines are a few hundred
// writes. It knows how a line begins and nothing of what else is in it.
import { type Moment, nsText } from './moment.ts';

export interface LineBuffer {
  /** Adds `{"frame":N,"atNs":T` and the tail. */
  add(frame: number, at: Moment, tail: Uint8Array): void;
  /** The same with a tail that is not needed again: written in place, without bytes of its own. `latin1` is quicker, for ASCII. */
  addOnce(frame: number, at: Moment, tail: string, encoding: 'latin1' | 'utf8'): void;
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
/** A unit of UTF-16 takes no more than this in UTF-8. */
const mostBytesPerCharacter = 3;
const zero = 0x30;

/** `between`: what separates values besides the end of the line. */
export const createLineBuffer = (between: 'nothing' | 'comma'): LineBuffer => {
  const further = between === 'comma' ? ascii(',{"frame":') : opening;
  let start = opening;
  const spare: Buffer[] = [];
  let full: Uint8Array[] = [];
  let block: Buffer = Buffer.alloc(blockBytes);
  let used = 0;

  const startBlock = (wantedBytes: number): void => {
    if (used > 0) full.push(block.subarray(0, used));
    block = spare.pop() ?? Buffer.alloc(blockBytes);
    if (block.length < wantedBytes) block = Buffer.alloc(wantedBytes);
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

  const putHead = (frame: number, at: Moment, tailBytes: number): void => {
    if (used + headBytes + tailBytes > block.length) startBlock(headBytes + tailBytes);
    put(start);
    start = further;
    putDigits(frame, digitsOf(frame));
    put(beforeTime);
    putTime(at);
  };

  return {
    add: (frame, at, tail) => {
      putHead(frame, at, tail.length);
      put(tail);
    },
    addOnce: (frame, at, tail, encoding) => {
      putHead(frame, at, tail.length * mostBytesPerCharacter);
      used += block.write(tail, used, encoding);
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
          spare.push(Buffer.from(one.buffer));
    },
  };
};

const digitsOf = (value: number): number => {
  let digits = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  return digits;
};
