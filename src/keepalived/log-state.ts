/**
 * The last state each instance is known to have had, from the log alone. Knows its limits and says them: a log
 * that was cut, or a daemon killed without a word, leaves a state that may no longer hold.
 */
import type { LogEvent, LogState } from './log-event.ts';
import { readLogLine } from './log-lines.ts';

export interface LoggedState {
  readonly instance: string;
  readonly state: LogState | 'STOPPED';
  /** Index into the lines given. */
  readonly lineIndex: number;
  readonly line: string;
  /**
   * `told`: the line itself says so. `implied`: it follows (keepalived stopped, or started again and has not
   * spoken of the instance since).
   */
  readonly certainty: 'told' | 'implied';
}

export interface LogHistory {
  readonly states: ReadonlyMap<string, LoggedState>;
  /** Of the last start seen, when the log reaches back that far. */
  readonly startedAtIndex?: number;
  /** `since-start`: the log holds the start of the running process; `partial`: it begins later. */
  readonly reach: 'since-start' | 'partial';
}

export function stateFromLog(lines: readonly string[]): LogHistory {
  const states = new Map<string, LoggedState>();
  let startedAtIndex: number | undefined;
  lines.forEach((line, lineIndex) => {
    const event = readLogLine(line);
    if (event === undefined) return;
    if (event.kind === 'started') {
      startedAtIndex = lineIndex;
      states.clear();
    } else if (isStop(event)) {
      for (const [instance] of states)
        states.set(instance, { instance, state: 'STOPPED', lineIndex, line, certainty: 'implied' });
    } else {
      const told = toldState(event);
      if (told !== undefined) states.set(told.instance, { ...told, lineIndex, line, certainty: 'told' });
    }
  });
  return {
    states,
    ...(startedAtIndex === undefined ? {} : { startedAtIndex }),
    reach: startedAtIndex === undefined ? 'partial' : 'since-start',
  };
}

/** The whole daemon, or its VRRP process; a stopping health checker says nothing about VRRP. */
function isStop(event: LogEvent): boolean {
  if (event.kind === 'stopped')
    return (
      event.loggedBy === undefined || event.loggedBy.process === 'parent' || event.loggedBy.process === 'vrrp'
    );
  return event.kind === 'process-died' && /vrrp/i.test(event.process);
}

function toldState(event: LogEvent): { readonly instance: string; readonly state: LogState } | undefined {
  if (event.kind === 'state') return { instance: event.instance, state: event.state };
  return event.kind === 'fault' ? { instance: event.instance, state: 'FAULT' } : undefined;
}
