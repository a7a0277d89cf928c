// What the built program says to input it cannot work with: one clear line that names the place and what to do, exit
// status 2, nothing on stdout, no trace of the program's insides, and no node asked.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/vipdoctor');
const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-wrong-'));

const run = (argv: readonly string[]) => {
  const ended = spawnSync(process.execPath, [program, ...argv], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
};

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
  writeFileSync(join(folder, 'broken.yaml'), 'nodes:\n  n1: {address: 10.0.0.1\n  n2: x\n');
  writeFileSync(join(folder, 'odd.yaml'), 'nodes:\n  n1: {address: 10.0.0.1, colour: red}\n');
  writeFileSync(join(folder, 'empty.yaml'), 'nodes: {}\n');
  writeFileSync(join(folder, 'bytes.yaml'), Uint8Array.of(0, 1, 2, 255));
  mkdirSync(join(folder, 'full'));
  writeFileSync(join(folder, 'full', 'file'), '');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('wrong input', () => {
  it.each<[readonly string[], RegExp]>([
    [['-i', 'broken.yaml'], /broken\.yaml:3: /],
    [['-i', 'odd.yaml'], /odd\.yaml:2: unknown key "colour" in nodes\.n1: known are address/],
    [['-i', 'empty.yaml'], /empty\.yaml: the inventory has no hosts/],
    [['-i', 'bytes.yaml'], /bytes\.yaml: /],
    [['-i', 'full'], /full: the inventory cannot be read/],
    [['--from', 'full'], /is this a folder made with --record\?/],
    [['--from', 'odd.yaml'], /is this a folder made with --record\?/],
    [['n1', '--listen', '0'], /--listen takes seconds, more than 0/],
    [['n1', '--listen', '-3'], /--listen takes seconds, more than 0/],
    [['n1', '--listen', 'NaN'], /--listen takes seconds, more than 0/],
    [['n1', '--timeout', 'Infinity'], /--timeout takes seconds, more than 0/],
    [['n1', '--timeout', ''], /--timeout is empty/],
    [['n1', '-o', 'nowhere/report'], /nowhere is not there or not writable; name another file/],
    [['n1', '-o', 'full'], /full is a folder: name a file for --output/],
    [['n1', '--record', 'full'], /full exists and is not empty: name a new folder for --record/],
    [['n1', '--record', 'odd.yaml'], /odd\.yaml exists and is not empty: name a new folder/],
    [['n1', '--record', '/proc/nowhere/at/all'], /cannot be made .*: name another folder for --record/],
    [['n1', '--identity', 'no-key'], /--identity no-key: there is no such file/],
    [['n1;reboot'], /"n1;reboot" is not a host/],
    [['n1 n2'], /"n1 n2" is not a host/],
    [['--', '-oProxyCommand=x'], /a host or user cannot start with a dash/],
    [['n1:99999'], /99999 is not a port/],
    [['n1', ''], /a HOST is empty/],
  ])('check %j', (argv, words) => {
    const before = readdirSync(folder);
    const ended = run(['check', ...argv]);
    expect(ended.err).toMatch(words);
    expect(ended.err).toMatch(/^vipdoctor: [^\n]+\n$/);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('a host that cannot be resolved is a node that was not reached; named twice it is one', () => {
    const ended = run(['check', 'no-such-host.invalid', 'no-such-host.invalid', '--format', 'json']);
    expect(ended).toMatchObject({ code: 2, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({
      verdict: 'unknown',
      headline: expect.stringMatching(/^No node could be judged: The name no-such-host\.invalid /),
      nodes: [{ name: 'no-such-host.invalid', reachable: false }],
      findings: [],
    });
  });
});
