/**
 * The built program checking a practice cluster, as a child process that tests can act upon while it runs. It knows
 * how to start it and what must never stand in its output; what a check should find is up to the tests.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { execOn, type Lab } from '../../src/lab/lab.ts';
import type { CheckReport } from '../../src/report/report.ts';
import { checkReportSchema } from '../../src/report/schema.ts';

export const program = fileURLToPath(new URL('../../bin/vipdoctor', import.meta.url));
const builder = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));

const typist = fileURLToPath(new URL('typist.py', import.meta.url));

export const buildProgram = (): void => {
  const built = spawnSync(process.execPath, [builder], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
  expect(built.status).toBe(0);
};

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Act {
  /** Act once stderr says this (with `--verbose`), or as soon as it has started. */
  readonly when: RegExp | 'started';
  readonly act: (pid: number) => unknown;
}

/** Runs argv on this machine and acts upon it once. */
export const runProgram = (argv: readonly string[], act?: Act): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const [file = '', ...rest] = argv;
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    let due = act;
    const actOnce = async (): Promise<void> => {
      const now = due;
      due = undefined;
      await now?.act(child.pid ?? 0);
    };
    child.once('error', reject);
    child.once('spawn', () => {
      if (due?.when === 'started') actOnce().catch(reject);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      if (due !== undefined && due.when !== 'started' && due.when.test(err)) actOnce().catch(reject);
    });
    child.once('close', (code, signal) => resolve({ code, signal, out, err }));
  });

/** `vipdoctor check` in the observer's network: one process, so that a signal meets the program itself. */
export const checkArgv = (lab: Lab, ...argv: readonly string[]): readonly string[] => [
  ...['ip', 'netns', 'exec', lab.observerNetns, process.execPath, program, 'check'],
  ...['--inventory', lab.inventoryPath, ...argv],
];

/** Control, bidi and zero-width characters: nothing a node says may bring them to a terminal or a document. */
export const treacherous =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

export interface Typed {
  readonly screen: string;
  readonly code: number;
  /** Whether the terminal shows again what is typed. */
  readonly echo: boolean;
}

/** Runs argv on a terminal of its own and answers its questions; `\r` ends an answer. */
export const runOnTerminal = async (answers: readonly string[], argv: readonly string[]): Promise<Typed> => {
  const ended = await runProgram(['python3', typist, JSON.stringify(answers), ...argv]);
  expect(ended).toMatchObject({ code: 0, err: '' });
  return JSON.parse(ended.out) as Typed;
};

export interface Checked extends Ended {
  readonly report: CheckReport;
}

export const checkNodes = async (lab: Lab, argv: readonly string[] = [], act?: Act): Promise<Checked> => {
  const verbose = act === undefined ? [] : ['--verbose'];
  const ended = await runProgram(checkArgv(lab, '--format', 'json', ...verbose, ...argv), act);
  if (act === undefined) expect(ended.err).toBe('');
  expect(ended.out).not.toMatch(treacherous);
  expect(ended.err).not.toMatch(treacherous);
  return { ...ended, report: checkReportSchema.parse(JSON.parse(ended.out)) };
};

/** What runs on a node, one command line each; what answers the question itself is left out. */
export const processesOn = async (lab: Lab, node: string): Promise<readonly string[]> => {
  const listed = await execOn(lab, node, ['ps', '-eo', 'args', '--no-headers']);
  expect(listed.code).toBe(0);
  return listed.stdout
    .split('\n')
    .filter((line) => line !== '' && !/^(ps -eo|\[|sshd: |\(sd-)/.test(line))
    .toSorted();
};
