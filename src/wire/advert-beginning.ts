/**
 * What stands in the first bytes of a VRRP message cut off inside its header, as a short snapshot length leaves it.
 * Knows only whole fields, and says nothing where CARP would look the same.
 */

import { u8, u16 } from './bytes.ts';
import { carpAuthWords, carpMessageBytes } from './carp.ts';
import type { AdvertCarrier } from './vrrp.ts';

/** Names and units of Advert; what was not captured is absent. */
export interface AdvertBeginning {
  readonly version: number;
  readonly type: number;
  readonly vrid?: number;
  readonly priority?: number;
  readonly addressCountSaid?: number;
  readonly intervalMs?: number;
}

const headerBytes = 8;

/** Undefined without a byte, and with a whole header, which is an advert. */
export function readAdvertBeginning(bytes: Uint8Array, carrier: AdvertCarrier): AdvertBeginning | undefined {
  const { from, to, saidBytes } = carrier;
  const captured = to - from;
  if (captured < 1 || captured >= headerBytes) return undefined;
  const mayBeCarp =
    saidBytes === carpMessageBytes &&
    u8(bytes, from) === 0x21 &&
    (captured < 4 || u8(bytes, from + 3) === carpAuthWords);
  if (mayBeCarp) return undefined;
  const version = u8(bytes, from) >>> 4;
  const intervalMs = version === 3 ? (u16(bytes, from + 4) & 0x0fff) * 10 : u8(bytes, from + 5) * 1000;
  return {
    version,
    type: u8(bytes, from) & 0x0f,
    ...(captured >= 2 ? { vrid: u8(bytes, from + 1) } : undefined),
    ...(captured >= 3 ? { priority: u8(bytes, from + 2) } : undefined),
    ...(captured >= 4 ? { addressCountSaid: u8(bytes, from + 3) } : undefined),
    ...(captured >= 6 ? { intervalMs } : undefined),
  };
}
