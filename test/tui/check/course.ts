// A check on the screen without a terminal: events and keys go into the reducer one after the other.
import { readBundle } from '../../../src/evidence/bundle-folder.ts';
import type { CheckReport } from '../../../src/report/report.ts';
import { judgeBundle } from '../../../src/session.ts';
import { reduceCheck } from '../../../src/tui/check/reduce.ts';
import type { CheckEffect, CheckEvent, CheckState, CheckSubject } from '../../../src/tui/check/state.ts';
import { openingState } from '../../../src/tui/check/state.ts';
import type { Surroundings } from '../../../src/tui/screen.ts';
import { surroundingsOf } from '../painted.tsx';

export const bundlesFolder = new URL('../../../fixtures/bundles/', import.meta.url).pathname;

export const reportOf = async (name: string): Promise<CheckReport> =>
  judgeBundle(await readBundle(`${bundlesFolder}${name}`));

export interface Course {
  readonly state: () => CheckState;
  readonly hear: (...events: readonly CheckEvent[]) => Course;
  readonly press: (...keys: readonly string[]) => Course;
  readonly wait: (ms: number) => Course;
  /** Since last asked. */
  readonly wished: () => readonly CheckEffect[];
}

export const openCourse = (
  subject: Partial<CheckSubject> = {},
  surroundings: Surroundings = surroundingsOf(80, 24),
): Course => {
  let atMs = 1000;
  let effects: CheckEffect[] = [];
  let state = openingState({
    subject: 'n1, n2, n3',
    kind: 'live',
    askLimitMs: 10_000,
    ...subject,
  });
  const put = (input: Parameters<typeof reduceCheck>[1]): void => {
    const step = reduceCheck(state, input, surroundings);
    state = step.state;
    effects.push(...step.effects);
  };
  const course: Course = {
    state: () => state,
    hear: (...events) => {
      for (const event of events) put({ kind: 'event', event, atMs });
      return course;
    },
    press: (...keys) => {
      for (const key of keys) put({ kind: 'key', key, atMs });
      return course;
    },
    wait: (ms) => {
      atMs += ms;
      put({ kind: 'tick', atMs });
      return course;
    },
    wished: () => {
      const wished = effects;
      effects = [];
      return wished;
    },
  };
  return course;
};

type SessionEvent = Extract<CheckEvent, { kind: 'session' }>['event'];

export const session = (event: SessionEvent): CheckEvent => ({ kind: 'session', event });

export const nodeIs = (
  node: string,
  phase: Extract<SessionEvent, { kind: 'node' }>['phase'],
  detail = '',
): CheckEvent => session({ kind: 'node', node, phase, detail });

const noBundle: Extract<SessionEvent, { kind: 'report' }>['bundle'] = {
  schemaVersion: 1,
  kind: 'check',
  tool: { name: 'vipdoctor', version: '0' },
  startedAt: '2026-03-01T03:12:45.000Z',
  durationMs: 0,
  window: { listenedMs: 0, limitMs: 0, endedBecause: 'nothing-to-hear', detail: '' },
  nodes: [],
  observer: { kind: 'none', reason: '' },
};

/** The screen never looks into the bundle. */
export const reported = (report: CheckReport): CheckEvent =>
  session({ kind: 'report', report, bundle: noBundle });

export const finished = (report: CheckReport, surroundings?: Surroundings): Course =>
  openCourse({}, surroundings).hear({ kind: 'started' }, reported(report));
