// The command line of `watch` as a request.
import { describe, expect, it } from 'vitest';
import { readWatchRequest, watchOptions } from '../../src/cli/watch-options.ts';

const read = (parsed: Readonly<Record<string, unknown>>) =>
  readWatchRequest({ host: ['n1', 'n2'], ...parsed });

describe('watch on the command line', () => {
  it('is a screen by default, goes on until it is ended, and sums up once a minute', () => {
    const request = read({});
    expect(request).toMatchObject({ display: 'screen', format: 'text', summaryEveryMs: 60_000 });
    expect(request.durationMs).toBeUndefined();
  });

  it.each([
    ['90', 90_000],
    ['1.5s', 1500],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
  ])('--for %s', (given, ms) => {
    expect(read({ for: given }).durationMs).toBe(ms);
  });

  it.each(['', '0', '-5', '5 m', '1y', '400d', 'soon'])('--for "%s" is refused', (given) => {
    expect(() => read({ for: given })).toThrow(/--for/);
  });

  it('--summary 0 means none in between', () => {
    expect(read({ summary: '0' }).summaryEveryMs).toBeUndefined();
    expect(read({ summary: '5' }).summaryEveryMs).toBe(5000);
  });

  it('ndjson is for scripts, a file gets text', () => {
    expect(read({ format: 'ndjson' })).toMatchObject({ display: 'document', format: 'ndjson' });
    expect(read({ output: 'night.txt' })).toMatchObject({ display: 'document', format: 'text' });
    expect(() => read({ format: 'tui', output: 'night.txt' })).toThrow(/screen/);
    expect(() => read({ format: 'junit' })).toThrow(/--format takes/);
  });

  it('offers what check offers to reach nodes, and nothing that judges or records', () => {
    for (const name of [
      'inventory',
      'user',
      'identity',
      'jump',
      'known-hosts',
      'observer',
      'interface',
      'lab',
    ])
      expect(watchOptions).toHaveProperty([name]);
    for (const name of ['fail-on', 'strict', 'record', 'from', 'listen', 'accept', 'baseline'])
      expect(watchOptions).not.toHaveProperty([name]);
  });
});
