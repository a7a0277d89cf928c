// `vipdoctor replay` as users meet it: formats, pipes, gzip, exit codes, what is no capture. The program is built first.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayDocumentSchema, replayJsonSchema, replayLineSchema } from '../../src/replay/schema.ts';
import { adverts, arpFrame, captureOf } from './capture-story.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/vipdoctor');
const real = join(root, 'fixtures/pcap/keepalived-2.2.7-ethernet.pcap');
const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (argv: readonly string[], input?: Uint8Array) => {
  const ended = spawnSync(process.execPath, [program, 'replay', ...argv], {
    cwd: folder,
    input: input ?? '',
  });
  return { code: ended.status, out: ended.stdout.toString(), err: ended.stderr.toString() };
};

const put = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const hide = (text: string): string => text.replace(/[0-9a-f]{16}/g, '');
const twoMasters = captureOf(
  adverts({ from: 1, priority: 150, start: 0, end: 10 }),
  adverts({ from: 2, priority: 100, start: 0.5, end: 10.5 }),
);

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(built.status, built.stderr).toBe(0);
}, 60_000);

describe('formats', () => {
  it('every line and the whole document are what the published schema says', () => {
    const lines = run([real, '--format', 'ndjson']);
    expect(lines.code).toBe(0);
    const values = lines.out.split('\n').filter((line) => line !== '');
    expect(values.length).toBeGreaterThan(100);
    for (const value of values) replayLineSchema.parse(JSON.parse(value));
    for (const capture of [real, put('two.pcap', twoMasters)]) {
      const document = replayDocumentSchema.parse(JSON.parse(run([capture, '--format', 'json']).out));
      expect(document.frames.length).toBeGreaterThan(0);
      expect(Object.keys(document).slice(-2)).toEqual(['clusters', 'findings']);
    }
  });

  it('publishes its schema', () => {
    const published: unknown = JSON.parse(readFileSync(join(root, 'docs/schema/replay.json'), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(replayJsonSchema())));
  });

  it('text says who was master of which VRID', () => {
    const { code, out, err } = run([real]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('VRID 51 (IPv4), VIP 192.0.2.100, 192.0.2.101');
    expect(out).toContain('192.0.2.1 resigned with priority');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('writes to a file, whole', () => {
    const path = join(folder, 'lines.ndjson');
    expect(run([real, '--format', 'ndjson', '-o', path])).toEqual({ code: 0, out: '', err: '' });
    expect(hide(readFileSync(path, 'utf8'))).toBe(hide(run([real, '--format', 'ndjson']).out));
  });
});

describe('where captures come from', () => {
  it('stdin and gzip say the same as the file', () => {
    const plain = hide(run([real, '--format', 'ndjson']).out);
    const bytes = readFileSync(real);
    expect(hide(run([put('real.pcap.gz', gzipSync(bytes)), '--format', 'ndjson']).out)).toBe(plain);
    const fromPipe = run(['-', '--format', 'ndjson'], bytes);
    expect(fromPipe.code).toBe(0);
    expect(hide(fromPipe.out)).toBe(plain);
  });

  it('ARP before the first advert is told from a file and from gzip', () => {
    const story = captureOf(
      arpFrame(0, { from: 9, operation: 1, senderIp: '192.0.2.9', targetIp: '192.0.2.100' }),
      adverts({ from: 1, priority: 100, start: 1, end: 2 }),
    );
    for (const path of [put('arp.pcap', story), put('arp.pcap.gz', gzipSync(story))])
      expect(run([path, '--format', 'ndjson']).out).toMatch(/^\{"frame":1,.*"kind":"arp"/);
  });

  it('a capture that breaks off is read as far as it goes, and says so', () => {
    const cut = put('cut.pcap', twoMasters.subarray(0, twoMasters.length - 5));
    const lines = run([cut, '--format', 'ndjson']);
    expect(lines.code).toBe(0);
    expect(lines.out.trim().split('\n')).toHaveLength(21);
    expect(lines.err).toContain('ends inside a record');
    const gzip = gzipSync(twoMasters);
    const half = run([put('half.pcap.gz', gzip.subarray(0, gzip.length - 12)), '--format', 'json']);
    expect(half.out).toContain('damaged or cut');
  });

  it.each([
    ['nothing', new Uint8Array(0), /no bytes/],
    ['text', Buffer.from('hello, this is no capture'), /neither pcap nor pcapng/],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0), /zstd/],
  ])('%s is no capture', (name, bytes, reason) => {
    for (const format of ['text', 'json', 'ndjson']) {
      const { code, out, err } = run([put(`${name}.pcap`, bytes), '--format', format]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(reason);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });

  it.each([[['/does/not/exist.pcap']], [[folder]], [[]], [['a.pcap', 'b.pcap']]])('refuses %s', (argv) => {
    const { code, out, err } = run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^vipdoctor: /);
    expect(err).not.toContain('please report');
  });
});

describe('exit codes', () => {
  it('findings fail, lines only where it was asked for', () => {
    const path = put('masters.pcap', twoMasters);
    expect(run([path]).code).toBe(1);
    expect(run([path, '--format', 'json']).code).toBe(1);
    expect(run([path, '--fail-on', 'never']).code).toBe(0);
    expect(run([path, '--format', 'ndjson']).code).toBe(0);
    expect(run([path, '--format', 'ndjson', '--fail-on', 'high']).code).toBe(1);
  });

  it('--strict fails where the capture leaves something open', () => {
    const calm = captureOf(adverts({ from: 1, priority: 150, start: 0, end: 10 }));
    expect(run([put('calm.pcap', calm), '--strict']).code).toBe(0);
    expect(run([put('broken.pcap', calm.subarray(0, calm.length - 3)), '--strict']).code).toBe(3);
  });

  it('a reader that goes away ends it quietly', async () => {
    const many = put('many.pcap', captureOf(adverts({ from: 1, priority: 150, start: 0, end: 20_000 })));
    const child = spawn(process.execPath, [program, 'replay', many, '--format', 'ndjson']);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect([code, err]).toEqual([0, '']);
  });
});
