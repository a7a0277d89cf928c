// The built program as users meet it: what comes out of which stream, exit codes, closed pipes, recordings.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allHelpTexts } from '../../src/cli/help-texts.ts';
import { tool } from '../../src/cli/tool.ts';
import { writeBundle } from '../../src/evidence/bundle-folder.ts';
import { checkReportSchema } from '../../src/report/schema.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/vipdoctor');

const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const recording = join(folder, 'recording');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Ended => {
  const ended = spawnSync(process.execPath, [program, ...argv], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
};

/** A recording in which nobody could be reached. */
const record = (): Promise<void> =>
  writeBundle(recording, {
    schemaVersion: 1,
    kind: 'check',
    tool,
    startedAt: '2026-03-01T03:12:45.000Z',
    durationMs: 10_020,
    window: {
      listenedMs: 0,
      limitMs: 30_000,
      endedBecause: 'nothing-to-hear',
      detail: 'no node could be reached',
    },
    nodes: ['n1', 'n2'].map((node, at) => ({
      node,
      address: `192.0.2.${at + 1}`,
      contact: {
        kind: 'unreachable',
        stage: 'connect',
        message: 'no answer \x1b[31mred\u202e',
        nextStep: 'see whether it is up',
      },
      answers: [],
      problems: [],
      ear: { kind: 'deaf', reason: 'not reached' },
      witness: { kind: 'absent', reason: 'not reached' },
    })),
    observer: { kind: 'none', reason: 'not wanted' },
  });

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
  expect(built.status).toBe(0);
  await record();
}, 60_000);

describe('the quick answers', () => {
  it('are what the parser prints', async () => {
    const texts = await allHelpTexts();
    const quick: unknown = JSON.parse(readFileSync(join(root, 'dist/help.json'), 'utf8'));
    expect(quick).toEqual(texts);
    expect(run(['--help'])).toEqual({ code: 0, out: texts[''], err: '' });
    expect(run(['check', '--help']).out).toBe(texts.check);
    // Too much for the fast path: this one comes from the parser itself.
    expect(run(['check', '--strict', '--help']).out).toBe(texts.check);
  });

  it('give the version', () => {
    expect(run(['--version'])).toEqual({ code: 0, out: `${tool.version}\n`, err: '' });
  });
});

describe('wrong usage', () => {
  it.each([
    [[], /which command\?/],
    [['chek'], /Did you mean "check"\?/],
    [['check'], /which nodes\?/],
    [['check', 'n1', '--lsten', '3'], /unknown option --lsten\. Did you mean "--listen"\?/],
    [['check', 'n1', '-i'], /Not enough arguments/],
    [['check', 'n1', '--format', 'screen'], /--format takes tui, text, json/],
    [['check', 'n1', '--format', 'tui', '-o', 'x'], /tui is a screen and no file/],
    [['check', '-i', 'none.yaml'], /none\.yaml: there is no such inventory/],
    [['check', '--from', 'nowhere'], /nowhere/],
    [['explain', 'host-firewal-input-drop'], /Did you mean "host-firewall-input-drop"/],
    [['lab', 'exec', 'n1'], /vipdoctor lab exec NODE -- COMMAND/],
    [['lab', 'braek', 'x'], /unknown lab command "braek"\. Did you mean "break"/],
  ])('%j: 2, said on stderr', (argv, words) => {
    const ended = run(argv);
    expect(ended.err).toMatch(words);
    expect(ended.err).toMatch(/^vipdoctor: /);
    expect(ended.err).not.toMatch(/\n\s+at /);
    expect(ended).toMatchObject({ code: 2, out: '' });
  });

  it('is UNKNOWN for a monitoring system', () => {
    const ended = run(['check', '--format', 'nagios']);
    expect(ended.code).toBe(3);
    expect(ended.out).toMatch(/^VIPDOCTOR UNKNOWN - which nodes\?.*\n$/);
  });
});

describe('check --from', () => {
  it('prints the report on stdout and nothing on stderr', () => {
    const ended = run(['check', '--from', recording]);
    expect(ended.out).toMatch(/UNKNOWN {2}/);
    expect(ended.out).toMatch(/^[\x20-\x7e\n]*$/);
    expect(ended.out).toContain('no answer \\x1b[31mred');
    expect(ended).toMatchObject({ code: 2, err: '' });
  });

  it('prints a document that conforms', () => {
    const report = checkReportSchema.parse(
      JSON.parse(run(['check', '--from', recording, '--format', 'json']).out),
    );
    expect(report).toMatchObject({ verdict: 'unknown', startedAt: '2026-03-01T03:12:45.000Z' });
    expect(report.nodes.map((node) => node.reachable)).toEqual([false, false]);
  });

  it('ends with 3 when incomplete is not good enough, and for nagios', () => {
    expect(run(['check', '--from', recording, '--strict']).code).toBe(3);
    expect(run(['check', '--from', recording, '--format', 'nagios']).code).toBe(3);
  });

  it('writes to a file and keeps stdout empty', () => {
    const path = join(folder, 'report.html');
    expect(run(['check', '--from', recording, '--format', 'html', '-o', path])).toEqual({
      code: 2,
      out: '',
      err: '',
    });
    expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('colours only when told, away from a terminal', () => {
    const sgr = /\x1b\[/;
    expect(run(['check', '--from', recording]).out).not.toMatch(sgr);
    expect(run(['check', '--from', recording, '--color', 'always'], { NO_COLOR: '1' }).out).toMatch(sgr);
    expect(run(['check', '--from', recording], { LANG: 'C.UTF-8' }).out).toContain('·');
  });

  it('says which part of a broken recording it is', () => {
    const broken = join(folder, 'broken');
    const written = run(['check', '--from', recording, '--format', 'json']);
    expect(written.code).toBe(2);
    writeFileSync(broken, 'not a folder');
    expect(run(['check', '--from', broken])).toMatchObject({ code: 2, out: '' });
    expect(run(['check', '--from', broken]).err).toMatch(/^vipdoctor: .*broken/);
  });
});

describe('a reader that leaves early', () => {
  it('ends the program without a word', async () => {
    const child = spawn(process.execPath, [program, 'explain', '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: folder,
    });
    child.stdout.destroy();
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('the other commands', () => {
  it('explain lists rules and prints one', () => {
    const list: unknown = JSON.parse(run(['explain', '--format', 'json']).out);
    expect(list).toContainEqual(expect.objectContaining({ id: 'host-firewall-input-drop' }));
    const page = run(['explain', 'host-firewall-input-drop']);
    expect(page.code).toBe(0);
    expect(page.out).toMatch(/^host-firewall-input-drop {2}critical\n/);
    for (const label of ['Why it matters', 'How it is proven', 'The fix'])
      expect(page.out).toContain(`\n${label}\n`);
  });

  it('self-check says what this machine can do', () => {
    const ended = run(['self-check', '--format', 'json']);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({
      kind: 'self-check',
      abilities: expect.arrayContaining([expect.objectContaining({ name: 'node', state: 'ready' })]),
    });
  });

  it('lab list says what can be practised', () => {
    const list: unknown = JSON.parse(run(['lab', 'list', '--format', 'json']).out);
    expect(list).toMatchObject({
      topologies: expect.arrayContaining([expect.objectContaining({ id: 'three' })]),
    });
  });
});
