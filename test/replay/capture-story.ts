// Captures for the tests of this room, told as a story: who sends what when. Frames are built with the wire room's
// encoder; the decoders under test share nothing with it but checksums.

import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { encodeAdvert } from '../../src/wire/vrrp.ts';
import { address, bytesOf, ipv4, word } from '../wire/frame-encoder.ts';

export interface AdvertEvent {
  /** Seconds since the beginning of the story. */
  readonly at: number;
  /** Last byte of 192.0.2.x and of the MAC. */
  readonly from: number;
  readonly priority: number;
  readonly vrid?: number;
  readonly version?: 2 | 3;
  readonly intervalMs?: number;
  readonly vips?: readonly string[];
  readonly password?: string;
  readonly ttl?: number;
  readonly dst?: string;
}

export interface Frame {
  readonly at: number;
  readonly bytes: Uint8Array;
}

const macOf = (host: number): readonly number[] => [0x02, 0, 0, 0, 0, host];

const ethernet = (from: number, etherType: number, payload: Uint8Array): Uint8Array =>
  bytesOf([0x01, 0x00, 0x5e, 0x00, 0x00, 0x12], macOf(from), word(etherType), payload);

export const advertFrame = (event: AdvertEvent): Frame => {
  const { at, from, priority, vrid = 51, version = 2, intervalMs = 1000, password } = event;
  const vips = event.vips ?? ['192.0.2.100'];
  const src = `192.0.2.${from}`;
  const dst = event.dst ?? '224.0.0.18';
  const data = new Uint8Array(8);
  for (const [index, character] of [...(password ?? '')].entries()) data[index] = character.charCodeAt(0);
  const payload = encodeAdvert({
    version,
    vrid,
    priority,
    intervalMs,
    addresses: vips.map(address),
    ...(version === 2 ? { auth: { type: password === undefined ? 0 : 1, data } } : {}),
    pseudoHeader: version === 2 ? 'none' : { source: address(src), destination: address(dst) },
  });
  return {
    at,
    bytes: ethernet(
      from,
      0x0800,
      ipv4({ src, dst, protocol: 112, payload, ...(event.ttl === undefined ? {} : { ttl: event.ttl }) }),
    ),
  };
};

/** A master's adverts, one interval apart. */
export const adverts = (
  event: Omit<AdvertEvent, 'at'> & { readonly start: number; readonly end: number },
): readonly Frame[] => {
  const { start, end, ...rest } = event;
  const step = (event.intervalMs ?? 1000) / 1000;
  return Array.from({ length: Math.floor((end - start) / step + 1e-9) + 1 }, (_, index) =>
    advertFrame({ ...rest, at: start + index * step }),
  );
};

export const arpFrame = (
  at: number,
  {
    from,
    operation,
    senderIp,
    targetIp,
  }: {
    readonly from: number;
    readonly operation: 1 | 2;
    readonly senderIp: string;
    readonly targetIp: string;
  },
): Frame => ({
  at,
  bytes: ethernet(
    from,
    0x0806,
    bytesOf(
      word(1),
      word(0x0800),
      [6, 4],
      word(operation),
      macOf(from),
      address(senderIp),
      [255, 255, 255, 255, 255, 255],
      address(targetIp),
    ),
  ),
});

const startSeconds = 1_800_000_000;

/** In the order of their times. */
export const captureOf = (...parts: readonly (Frame | readonly Frame[])[]): Uint8Array => {
  const frames = parts
    .flatMap((part): readonly Frame[] => ('bytes' in part ? [part] : part))
    .toSorted((a, b) => a.at - b.at);
  return bytesOf(
    writePcapHeader(1),
    ...frames.map(({ at, bytes }) =>
      writePcapRecord({
        atNs: BigInt(startSeconds) * 1_000_000_000n + BigInt(Math.round(at * 1e6)) * 1000n,
        bytes,
        originalLength: bytes.length,
      }),
    ),
  );
};
