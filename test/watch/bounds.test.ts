// Whatever comes in, the book keeps no more than it may: counted in what it holds, and in bytes.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createEventLine } from '../../src/watch/event-line.ts';
import { group, openScene, rosterOf } from './scene.ts';

describe('bounds', () => {
  it('holds no more VRIDs, senders, flows, history or open changes than it may', () => {
    const scene = openScene();
    for (let vrid = 0; vrid < 256; vrid += 1)
      for (let host = 0; host < 40; host += 1)
        scene.send('x', { vrid, src: `10.9.${vrid}.${host}`, ears: [`e${host}`] });
    for (const family of [1, 2, 3]) scene.send('x', { vrid: 1, src: `10.8.0.${family}` });
    scene.wait(5000);
    const { book } = scene;
    expect(book.routers.size).toBeLessThanOrEqual(512);
    for (const router of book.routers.values()) {
      expect(router.mastership.senders.size).toBeLessThanOrEqual(16);
      expect(router.flows.size).toBeLessThanOrEqual(128);
      expect(router.told.size).toBeLessThanOrEqual(16);
    }
    expect(book.history.list().length).toBeLessThanOrEqual(500);
    expect(book.open.length).toBeLessThanOrEqual(256);
    expect(scene.look().beyond).toBeGreaterThan(0);
  });

  it('takes no more memory after three hundred thousand adverts than after fifteen thousand', () => {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('gc');
    const heapBytes = (): number => {
      if (typeof gc === 'function') gc();
      return process.memoryUsage().heapUsed;
    };
    const scene = openScene(rosterOf([group(101), group(102, { vips: ['10.0.0.6/32'] })]));
    const busy = (turns: number): void => {
      for (let turn = 0; turn < turns; turn += 1) {
        // A master that changes now and then, and an advert that is missed now and then.
        const node = Math.floor(turn / 50) % 2 === 0 ? 'n1' : 'n2';
        scene.send(node, { intervalMs: 10, ears: turn % 97 === 0 ? ['n1'] : ['n1', 'n2', 'n3'] });
        scene.wait(10);
        scene.events.length = 0;
      }
    };
    busy(5000);
    const sizes = (): readonly number[] => [
      scene.book.open.length,
      scene.book.misses.size,
      ...[...scene.book.routers.values()].flatMap((router) => [
        router.flows.size,
        router.mastership.senders.size,
        router.mastership.rivals.size,
      ]),
    ];
    const before = sizes();
    const beforeBytes = heapBytes();
    busy(100_000);
    const grownBytes = heapBytes() - beforeBytes;
    for (const [at, size] of sizes().entries()) expect(size).toBeLessThanOrEqual((before[at] ?? 0) + 16);
    expect(scene.book.history.list()).toHaveLength(500);
    expect(typeof gc).toBe('function');
    expect(grownBytes).toBeLessThan(2 * 1024 * 1024);
  });

  it('leaves events out when nobody takes them, and says how many', async () => {
    const line = createEventLine(() => Date.parse('2026-11-20T03:00:00Z'));
    for (let at = 0; at < 6000; at += 1)
      line.push({ kind: 'log', at: '2026-11-20T03:00:00.000Z', node: 'n1', text: `${at}`, quote: '' });
    line.close();
    const taken = [];
    for await (const event of line) taken.push(event);
    expect(taken).toHaveLength(5001);
    expect(taken.at(-1)).toMatchObject({ kind: 'dropped', count: 1000 });
  });
});
