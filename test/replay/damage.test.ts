// Captures that are damaged: cut at every byte, bits turned over, lengths that lie. Whatever the bytes, `replay` ends,
// every line is JSON, and no more is held than one record. What the lines then say is not this file's matter.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplay, createVipScout } from '../../src/replay/replay.ts';
import { gallery } from '../wire/capture-gallery.ts';

const decoder = new TextDecoder();

const readAll = (chunks: readonly Uint8Array[]) => {
  const scout = createVipScout();
  for (const chunk of chunks) scout.push(chunk);
  const vips = scout.vips();
  const replay = createReplay({ lines: 'lines', lookAhead: () => vips });
  const lines = chunks
    .flatMap((chunk) => replay.push(chunk).map((block) => decoder.decode(block)))
    .join('')
    .split('\n')
    .filter((line) => line !== '');
  return { lines, end: replay.end() };
};

const expectSound = (chunks: readonly Uint8Array[]) => {
  const { lines, end } = readAll(chunks);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ problems: expect.any(Array) });
  expect(lines.length).toBeLessThanOrEqual(end.counts.frames);
  // No record is shorter than its header.
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  expect(end.counts.frames).toBeLessThanOrEqual(bytes / 12);
  return { lines, end };
};

const names = Object.keys(gallery).filter((name) => !name.startsWith('segment'));
const bytesOfCapture = (name: string): Uint8Array => gallery[name] ?? new Uint8Array(0);

describe.each(names)('%s', (name) => {
  it('cut at any byte is read up to there', () => {
    const whole = bytesOfCapture(name);
    const all = readAll([whole]).lines;
    for (let length = 0; length < whole.length; length++) {
      const { lines, end } = readAll([whole.subarray(0, length)]);
      const known = all.slice(0, lines.length).map((line) => line.replace(/"fingerprint":"[^"]*"/, ''));
      expect(lines.map((line) => line.replace(/"fingerprint":"[^"]*"/, ''))).toEqual(known);
      expect(end.counts.frames).toBeLessThanOrEqual(all.length);
    }
  });
});

const captureName = fc.constantFrom(...Object.keys(gallery));
const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('damage', () => {
  it('bits turned over anywhere', () => {
    fc.assert(
      fc.property(
        captureName,
        fc.array(fc.tuple(position, fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 24 }),
        (name, flips) => {
          const bytes = Uint8Array.from(bytesOfCapture(name));
          for (const [where, bit] of flips) {
            const at = Math.floor(where * bytes.length);
            bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          }
          expectSound([bytes]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lengths that lie: any four bytes replaced by an extreme', () => {
    const extremes = [0, 1, 3, 7, 8, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff, 0x0004_0000];
    fc.assert(
      fc.property(
        captureName,
        position,
        fc.constantFrom(...extremes),
        fc.boolean(),
        (name, where, value, little) => {
          const bytes = Uint8Array.from(bytesOfCapture(name));
          const at = Math.floor((where * (bytes.length - 4)) / 4) * 4;
          new DataView(bytes.buffer).setUint32(at, value, little);
          expectSound([bytes]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('pieces taken out, repeated, and read in chunks of any size', () => {
    fc.assert(
      fc.property(
        captureName,
        position,
        position,
        fc.integer({ min: 1, max: 4000 }),
        (name, one, other, size) => {
          const whole = bytesOfCapture(name);
          const from = Math.floor(Math.min(one, other) * whole.length);
          const to = Math.floor(Math.max(one, other) * whole.length);
          const without = Uint8Array.from([...whole.subarray(0, from), ...whole.subarray(to)]);
          const twice = Uint8Array.from([...whole.subarray(0, to), ...whole.subarray(from)]);
          for (const bytes of [without, twice]) {
            const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
              bytes.subarray(index * size, (index + 1) * size),
            );
            expect(expectSound(chunks).end.counts).toEqual(expectSound([bytes]).end.counts);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a record that claims gigabytes is not waited for', () => {
    const claim = new Uint8Array(40);
    const view = new DataView(claim.buffer);
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint32(20, 1, true);
    view.setUint32(32, 0x7fff_ffff, true);
    const replay = createReplay({ lines: 'lines' });
    replay.push(claim);
    expect(replay.isStopped()).toBe(true);
    expect(replay.end().captureProblems).toMatchObject([{ code: 'frame-too-long' }]);
  });
});
