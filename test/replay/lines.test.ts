// The lines of `--format ndjson`: names and values, what repeats itself and what does not, secrets, hostile bytes, and
// captures in pieces. Whatever the memory of frames remembers must be what decoding each frame alone would say.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeDocument } from '../../src/replay/document.ts';
import { createReplay, createVipScout, type ReplayOptions } from '../../src/replay/replay.ts';
import { renderReplayText } from '../../src/replay/text.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { createCaptureReader, writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { cooked2, ipv4, secret8, tagged } from '../wire/frame-encoder.ts';
import { advertFrame, adverts, arpFrame, captureOf } from './capture-story.ts';

type Line = Record<string, unknown>;

const decoder = new TextDecoder();

const textOf = (
  capture: Uint8Array,
  options: Partial<ReplayOptions> = {},
  sizes: readonly number[] = [capture.length],
): string => {
  const replay = createReplay({ lines: 'lines', ...options });
  let text = '';
  for (let at = 0, turn = 0; at < capture.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    const blocks = replay.push(capture.subarray(at, at + size));
    for (const block of blocks) text += decoder.decode(block);
    replay.giveBack(blocks);
    at += size;
  }
  replay.end();
  return text;
};

const linesOf = (capture: Uint8Array, options: Partial<ReplayOptions> = {}): readonly Line[] =>
  textOf(capture, options)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));

const capture = (linkType: number, frames: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([
    writePcapHeader(linkType),
    ...frames.map((bytes, index) =>
      writePcapRecord({ atNs: BigInt(index + 1) * 1_000_000_007n, bytes, originalLength: bytes.length }),
    ),
  ]);

describe('what a line says', () => {
  it('an advert', () => {
    expect(
      linesOf(
        captureOf(advertFrame({ at: 0.25, from: 1, priority: 150, vips: ['192.0.2.100', '192.0.2.7'] })),
      ),
    ).toEqual([
      {
        frame: 1,
        atNs: 1_800_000_000_250_000_000,
        kind: 'advert',
        src: '192.0.2.1',
        dst: '224.0.0.18',
        srcMac: '02:00:00:00:00:01',
        ttl: 255,
        version: 2,
        type: 1,
        vrid: 51,
        priority: 150,
        intervalMs: 1000,
        addressCount: 2,
        addresses: ['192.0.2.100', '192.0.2.7'],
        auth: { type: 'none' },
        checksum: 'good',
        problems: [],
      },
    ]);
  });

  it('times to the nanosecond, also before the first second', () => {
    const text = textOf(capture(1, [advertFrame({ at: 0, from: 1, priority: 1 }).bytes]));
    expect(text).toContain('"atNs":1000000007,');
    const early = Buffer.concat([
      writePcapHeader(1),
      writePcapRecord({
        atNs: 5n,
        bytes: advertFrame({ at: 0, from: 1, priority: 1 }).bytes,
        originalLength: 54,
      }),
    ]);
    expect(textOf(early)).toContain('"atNs":5,');
  });

  it('the innermost VLAN, and all of them when stacked', () => {
    const packet = advertFrame({ at: 0, from: 1, priority: 1 }).bytes.subarray(14);
    const [one, two] = linesOf(
      capture(1, [
        tagged([[0x8100, 7]], 0x0800, packet),
        tagged(
          [
            [0x88a8, 5],
            [0x8100, 7],
          ],
          0x0800,
          packet,
        ),
      ]),
    );
    expect(one).toMatchObject({ vlan: 7 });
    expect(one).not.toHaveProperty('vlans');
    expect(two).toMatchObject({ vlan: 7, vlans: [5, 7] });
  });

  it('every frame of protocol 112 and 51, also one that holds no message', () => {
    const odd = [
      ipv4({ protocol: 112, payload: new Uint8Array(3) }),
      ipv4({ protocol: 51, payload: Uint8Array.of(6, 4, 0, 0, ...new Array<number>(40).fill(1)) }),
      ipv4({ protocol: 6, payload: new Uint8Array(40) }),
    ];
    const lines = linesOf(
      capture(
        276,
        odd.map((packet) => cooked2(0, 0x0800, packet)),
      ),
    );
    expect(lines.map((line) => [line.frame, line.kind])).toEqual([
      [1, 'unknown'],
      [2, 'unknown'],
    ]);
    expect(lines[0]?.problems).toMatchObject([{ layer: 'vrrp', code: 'truncated' }]);
  });

  it('ARP only where it concerns a VIP, from the first frame on when somebody looks ahead', () => {
    const story = captureOf(
      arpFrame(0, { from: 9, operation: 1, senderIp: '192.0.2.9', targetIp: '192.0.2.100' }),
      arpFrame(0.1, { from: 9, operation: 1, senderIp: '192.0.2.9', targetIp: '192.0.2.77' }),
      adverts({ from: 1, priority: 100, start: 1, end: 2 }),
      arpFrame(3, { from: 1, operation: 2, senderIp: '192.0.2.100', targetIp: '192.0.2.9' }),
    );
    const frames = (lines: readonly Line[]) => lines.map((line) => line.frame);
    expect(frames(linesOf(story))).toEqual([3, 4, 5]);
    const scout = createVipScout();
    scout.push(story);
    expect(frames(linesOf(story, { lookAhead: () => scout.vips() }))).toEqual([1, 3, 4, 5]);
  });

  it('the same values as a JSON array', () => {
    const story = captureOf(adverts({ from: 1, priority: 100, start: 0, end: 9 }));
    const array: unknown = JSON.parse(`[${textOf(story, { lines: 'array' }, [100])}]`);
    expect(array).toEqual(linesOf(story));
  });
});

describe('what is remembered', () => {
  /** Small changes of good frames: most hit the memory, some only nearly. */
  const nearly = fc.array(
    fc.record({
      from: fc.constantFrom(1, 2),
      priority: fc.constantFrom(0, 100, 200),
      flip: fc.option(fc.record({ at: fc.nat(53), bit: fc.nat(7) }), { nil: undefined }),
      identification: fc.nat(0xffff),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it('is what decoding each frame alone says', () => {
    fc.assert(
      fc.property(nearly, (plans) => {
        const frames = plans.map(({ from, priority, flip, identification }) => {
          const { bytes } = advertFrame({ at: 0, from, priority });
          const before = ((bytes[18] ?? 0) << 8) | (bytes[19] ?? 0);
          const stored = ((bytes[24] ?? 0) << 8) | (bytes[25] ?? 0);
          // RFC 1624: the header checksum follows the identification.
          let sum = (~stored & 0xffff) + (~before & 0xffff) + identification;
          while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
          const view = new DataView(bytes.buffer);
          view.setUint16(18, identification);
          view.setUint16(24, ~sum & 0xffff);
          if (flip !== undefined) bytes[flip.at] = (bytes[flip.at] ?? 0) ^ (1 << flip.bit);
          return bytes;
        });
        const lines = new Map(linesOf(capture(1, frames)).map((line) => [line.frame, line]));
        for (const [index, bytes] of frames.entries()) {
          const { content, ip, problems } = decodePacket(1, bytes);
          const line = lines.get(index + 1);
          if (content.kind !== 'vrrp' || ip === undefined) continue;
          expect(line).toMatchObject({
            src: ip.src,
            dst: ip.dst,
            ttl: ip.ttl,
            vrid: content.advert.vrid,
            priority: content.advert.priority,
            intervalMs: content.advert.intervalMs,
            addresses: content.advert.addresses,
            checksum: content.advert.checksum.verdict,
            problems,
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on the pieces a capture comes in', () => {
    const bytes = readFileSync('fixtures/pcap/keepalived-2.2.7-ethernet.pcap');
    const hide = (text: string) => text.replace(/"fingerprint":"\w+"/g, '');
    const whole = hide(textOf(bytes));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(hide(textOf(bytes, {}, sizes))).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });
});

describe('hostile captures', () => {
  const story = captureOf(
    adverts({ from: 1, priority: 150, password: 'n0tasecr', start: 0, end: 6 }),
    adverts({ from: 2, priority: 100, password: 'n0tasecr', start: 0.5, end: 6.5 }),
    arpFrame(3, { from: 1, operation: 2, senderIp: '192.0.2.100', targetIp: '192.0.2.9' }),
  );
  const readAll = (bytes: Uint8Array): string => {
    const replay = createReplay({ lines: 'lines' });
    const text = replay
      .push(bytes)
      .map((block) => decoder.decode(block))
      .join('');
    const document = composeDocument({
      replayed: replay.end(),
      source: 'hostile.pcap',
      tool: { name: 'vipdoctor', version: '0' },
    });
    const shown = renderReplayText(document, { color: 'none', width: 80, unicode: 'utf8' });
    return text + JSON.stringify(document) + shown;
  };

  it('cut anywhere', () => {
    for (let length = 0; length <= story.length; length += 3) {
      const said = readAll(story.subarray(0, length));
      expect(said).toContain('"kind":"replay"');
    }
  });

  it('damaged anywhere, and the lines stay JSON', () => {
    const damage = fc.array(fc.tuple(fc.nat(story.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(story);
        for (const [at, value] of changes) bytes[at] = value;
        for (const line of linesOf(bytes)) expect(typeof line.frame).toBe('number');
        expect(readAll(bytes)).toContain('"kind":"replay"');
      }),
      { numRuns: 120 },
    );
  });

  it('random bytes behind every link type', () => {
    const linkTypes = fc.constantFrom(0, 1, 12, 101, 113, 228, 229, 276, 9, 4711);
    fc.assert(
      fc.property(
        linkTypes,
        fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 8 }),
        (linkType, frames) => {
          expect(readAll(capture(linkType, frames))).toContain('"kind":"replay"');
        },
      ),
      { numRuns: 120 },
    );
  });

  it('a password is nowhere, as text or as two addresses, whatever the count byte says', () => {
    const asText = String.fromCharCode(...secret8);
    const asAddress = secret8.slice(0, 4).join('.');
    const asHex = Buffer.from(secret8).toString('hex');
    for (let count = 0; count < 256; count += count < 16 ? 1 : 16)
      for (const authType of [1, 2, 7]) {
        const { bytes } = advertFrame({ at: 0, from: 1, priority: 150, password: asText });
        bytes[37] = count;
        bytes[38] = authType;
        const said = readAll(capture(1, [bytes, bytes.subarray(0, 52), bytes.subarray(0, 48)]));
        expect(said).not.toContain(asText);
        expect(said).not.toContain(asAddress);
        expect(said).not.toContain(asHex);
      }
  });

  it('equal passwords have equal fingerprints in one run and other ones in the next', () => {
    const fingerprints = () =>
      linesOf(story).flatMap((line) => /"fingerprint":"(\w+)"/.exec(JSON.stringify(line))?.[1] ?? []);
    const first = new Set(fingerprints());
    expect(first.size).toBe(1);
    expect([...first]).not.toEqual([...new Set(fingerprints())]);
  });

  it('the same frames as the reader that keeps them', () => {
    const reader = createCaptureReader();
    const kept = reader.push(story).map((frame) => String(frame.atNs));
    expect(
      textOf(story)
        .match(/"atNs":\d+/g)
        ?.map((text) => text.slice(7)),
    ).toEqual(kept);
  });
});
