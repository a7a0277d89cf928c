// The failover screen without a terminal: inputs in, frames out as text. Recorded trials stand in for a cluster.
import type { FailoverEvent } from '../../../src/chaos/events.ts';
import type { PlanView } from '../../../src/chaos/plan-view.ts';
import type { FailoverReport } from '../../../src/report/failover.ts';
import { composeFailover } from '../../../src/timeline/document.ts';
import { measureTrial } from '../../../src/timeline/measure.ts';
import { layOut } from '../../../src/tui/failover/layout.ts';
import { type FailoverEffect, type FailoverInput, reduceFailover } from '../../../src/tui/failover/reduce.ts';
import { emptyState, type FailoverState } from '../../../src/tui/failover/state.ts';
import { tellFailover } from '../../../src/tui/failover/tell.ts';
import { stackFrame } from '../../../src/tui/frame.tsx';
import { clip, plainText } from '../../../src/tui/line.ts';
import { themeFor } from '../../../src/tui/theme.ts';
import { loadTrial } from '../../timeline/recorded-trials.ts';
import { runFacts } from '../../timeline/run-facts.ts';

export interface Scene {
  readonly state: () => FailoverState;
  readonly send: (event: FailoverInput, atMs?: number) => void;
  readonly press: (...keys: readonly string[]) => void;
  readonly tick: (atMs: number) => void;
  /** Events of a run, at their own time; until and including that time. */
  readonly play: (events: readonly FailoverEvent[], untilMs?: number) => void;
  readonly effects: () => readonly FailoverEffect[];
  readonly frame: () => readonly string[];
  /** Everything a screen reader was told. */
  readonly told: () => readonly string[];
}

export const stage = ({
  columns = 80,
  rows = 24,
  charset = 'utf8',
}: {
  readonly columns?: number;
  readonly rows?: number;
  readonly charset?: 'utf8' | 'ascii';
} = {}): Scene => {
  const surroundings = { size: { columns, rows }, theme: themeFor({ charset, color: 'none' }) };
  let state = emptyState(0, 0);
  const effects: FailoverEffect[] = [];
  const told: string[] = [...tellFailover(undefined, state)];
  const reduce = (input: Parameters<typeof reduceFailover>[1]): void => {
    const before = state;
    const step = reduceFailover(state, input, surroundings);
    state = step.state;
    effects.push(...step.effects);
    told.push(...tellFailover(before, state));
  };
  let nowMs = 0;
  return {
    state: () => state,
    send: (event, atMs = nowMs) => reduce({ kind: 'event', event, atMs }),
    press: (...keys) => {
      for (const key of keys) reduce({ kind: 'key', key, atMs: nowMs });
    },
    tick: (atMs) => {
      nowMs = atMs;
      reduce({ kind: 'tick', atMs });
    },
    play: (events, untilMs = Number.POSITIVE_INFINITY) => {
      const [first] = events;
      for (const event of events) {
        const atMs = event.atMs - (first?.atMs ?? 0);
        if (atMs > untilMs) break;
        nowMs = atMs;
        reduce({ kind: 'event', event: { kind: 'told', event }, atMs });
      }
      if (Number.isFinite(untilMs)) {
        nowMs = untilMs;
        reduce({ kind: 'tick', atMs: untilMs });
      }
    },
    effects: () => effects,
    frame: () =>
      stackFrame(layOut(state, surroundings), surroundings.size).map((spans) =>
        plainText(clip(spans, columns, surroundings.theme)).trimEnd(),
      ),
    told: () => told,
  };
};

export const plan: PlanView = {
  vip: '10.77.0.5',
  master: 'n1',
  cluster: [
    'VIP 10.77.0.5, VRID 51, VRRPv3 every 100 ms, multicast',
    'master n1 (priority 100); backups n2 (priority 99), n3 (priority 98)',
  ],
  nodes: ['n1', 'n2', 'n3'].map(
    (node) =>
      `${node}: keepalived is managed by systemd (keepalived.service); a systemd timer on it would heal it after 60 s without us`,
  ),
  observer: 'local, seg0',
  faults: [
    {
      fault: 'daemon-stopped',
      node: 'n1',
      about: 'keepalived is stopped in order (a maintenance, an upgrade)',
      inject: ['systemctl stop -- keepalived.service'],
      undo: [
        'systemctl is-active --quiet -- keepalived.service || {',
        '  systemctl reset-failed -- keepalived.service 2>/dev/null',
        '  systemctl start -- keepalived.service',
        '}',
      ],
      expected: 'expected (graceful): n2 is master 61 ms after its goodbye (priority 0)',
      afterwards: 'then 5.40 s of quiet, healing, and n1 is master (n1 has the higher priority and preempts)',
      risks: ['every VRRP instance of n1 stops, not only this one'],
    },
  ],
  objections: [],
  trialsEach: 1,
};

export const refusedPlan: PlanView = {
  ...plan,
  objections: [
    { name: 'rescue-pending', why: 'n1: left /run/vipdoctor/lock', state: 'final' },
    { name: 'critical-findings', why: 'check finds n2 deaf', state: 'overridden' },
  ],
};

export const reportOf = (...situations: readonly string[]): FailoverReport => {
  const loaded = situations.map(loadTrial);
  const [first] = loaded;
  if (first === undefined) throw new Error('no trials');
  return composeFailover(
    first.subject,
    loaded.map(({ subject, trial }, index) => measureTrial(subject, { ...trial, index })),
    runFacts({ probes: first.trial.probes, budgets: { maxTakeoverMs: 500 } }),
  );
};
