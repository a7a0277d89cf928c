// Everything that happens to the failover screen, as one pure function: events of the run, keys, ticks. What must be
// done outside (giving consent, restoring, leaving) comes out as effects.
import { eventWords } from '../../chaos/event-text.ts';
import type { FailoverEvent } from '../../chaos/events.ts';
import type { PlanView } from '../../chaos/plan-view.ts';
import type { FailoverReport } from '../../report/failover.ts';
import { typeKey } from '../entry.ts';
import { commandOf, type KeyName } from '../keys.ts';
import { type Input, type Step, type Surroundings, stay } from '../screen.ts';
import { clampTop, page } from '../scroll.ts';
import { asksForConsent, type FailoverCommand, keysOf } from './keys.ts';
import { extentOf } from './layout.ts';
import { takeSighting } from './live.ts';
import { type Ending, type FailoverState, type LiveTrial, shownPlace } from './state.ts';

export type FailoverInput =
  | { readonly kind: 'told'; readonly event: FailoverEvent }
  | { readonly kind: 'plan'; readonly plan: PlanView }
  /** Consent was given elsewhere, or is not asked for. */
  | { readonly kind: 'go'; readonly plan?: PlanView }
  /** A signal asked for the end. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'ended'; readonly report?: FailoverReport; readonly ending: Ending };

export type FailoverEffect =
  | { readonly kind: 'consent'; readonly answer: 'given' | 'refused' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'leave' };

type Next = Step<FailoverState, FailoverEffect>;

/** Lines kept of what was said. */
const longestLog = 400;

const say = (state: FailoverState, words: string | undefined): FailoverState =>
  words === undefined
    ? state
    : { ...state, log: [...state.log, words].slice(-longestLog), logged: state.logged + 1 };

const beginTrial = (event: Extract<FailoverEvent, { readonly kind: 'trial' }>, nowMs: number): LiveTrial => ({
  trial: event.trial,
  of: event.of,
  fault: event.fault,
  node: event.node,
  classAsked: event.classAsked,
  oldMaster: event.oldMaster,
  winner: event.winner,
  masterAfter: event.masterAfter,
  predictedMs: event.predictedMs,
  advertIntervalMs: event.advertIntervalMs,
  quietMs: event.quietMs,
  stop: event.stop,
  phase: undefined,
  slices: [],
  vipMoves: [],
  injectedMs: undefined,
  healingMs: undefined,
  healedMs: undefined,
  lastMs: 0,
  lastSeenAtMs: nowMs,
  claims: [],
  answeredMs: undefined,
  stopped: undefined,
});

const onTrial = (state: FailoverState, change: (live: LiveTrial) => LiveTrial): FailoverState =>
  state.live === undefined ? state : { ...state, live: change(state.live) };

const hear = (state: FailoverState, event: FailoverEvent, nowMs: number): FailoverState => {
  switch (event.kind) {
    case 'trial':
      return { ...state, live: beginTrial(event, nowMs), restored: undefined };
    case 'phase':
      return event.trial === undefined ? state : onTrial(state, (live) => ({ ...live, phase: event.phase }));
    case 'rescue': {
      const { node, firesAtMs, afterSeconds } = event;
      return { ...state, rescue: { node, firesAtMs, afterSeconds, state: event.state, reach: 'reachable' } };
    }
    case 'cut-off':
      return state.rescue === undefined ? state : { ...state, rescue: { ...state.rescue, reach: 'cut-off' } };
    case 'injecting':
      return onTrial(state, (live) => ({ ...live, injectedMs: event.atTrialMs }));
    case 'healing':
      return onTrial(state, (live) => ({ ...live, healingMs: event.atTrialMs }));
    case 'healed':
      return onTrial(state, (live) => ({ ...live, healedMs: event.atTrialMs }));
    case 'stop':
      return onTrial(state, (live) => ({ ...live, stopped: event.why }));
    case 'sighting':
      return onTrial(state, (live) => takeSighting(live, event.sighting, nowMs));
    case 'restored-check':
      return { ...state, restored: { state: event.state, differences: event.differences } };
    case 'trial-finished':
      return event.result === null ? state : { ...state, finished: [...state.finished, event.result] };
    default:
      return state;
  }
};

const takeEvent = (state: FailoverState, event: FailoverInput, nowMs: number): FailoverState => {
  switch (event.kind) {
    case 'told': {
      const heard = hear({ ...state, epochOffsetMs: event.event.atMs - nowMs }, event.event, nowMs);
      return say(heard, eventWords(event.event, event.event.atMs));
    }
    case 'plan':
      return { ...state, stage: 'plan', plan: event.plan, top: 0 };
    case 'go':
      return {
        ...state,
        stage: 'running',
        page: 'screen',
        top: 0,
        startedAtMs: nowMs,
        ...(event.plan === undefined ? {} : { plan: event.plan }),
      };
    case 'interrupted':
      return { ...state, interruption: 'restoring', page: 'screen' };
    case 'ended':
      return {
        ...state,
        stage: 'ended',
        page: 'screen',
        top: 0,
        ending: event.ending,
        ...(event.report === undefined ? {} : { report: event.report }),
      };
  }
};

const scroll = (
  state: FailoverState,
  command: FailoverCommand,
  surroundings: Surroundings,
): FailoverState => {
  const extent = extentOf(state, surroundings);
  const to = (top: number): FailoverState => ({ ...state, top: clampTop(top, extent) });
  switch (command) {
    case 'up':
      return to(state.top - 1);
    case 'down':
      return to(state.top + 1);
    case 'page-up':
      return to(page(state.top, extent, -1));
    case 'page-down':
      return to(page(state.top, extent, 1));
    case 'first':
      return to(0);
    case 'last':
      return to(Number.MAX_SAFE_INTEGER);
    default:
      return state;
  }
};

const turn = (state: FailoverState, by: 1 | -1): FailoverState => {
  const count = state.report?.trials.length ?? 0;
  if (count === 0) return state;
  return { ...state, shown: Math.min(count - 1, Math.max(0, shownPlace(state) + by)) };
};

const obey = (
  state: FailoverState,
  command: FailoverCommand | undefined,
  surroundings: Surroundings,
): Next => {
  switch (command) {
    case undefined:
      return stay(state);
    case 'help':
      return stay({ ...state, page: 'help' });
    case 'back':
      return stay({ ...state, page: 'screen' });
    case 'trial-after':
      return stay(turn(state, 1));
    case 'trial-before':
      return stay(turn(state, -1));
    case 'typical':
      return stay({ ...state, shown: undefined });
    case 'leave':
      return {
        state,
        effects: [state.stage === 'plan' ? { kind: 'consent', answer: 'refused' } : { kind: 'leave' }],
      };
    case 'interrupt':
      // From the help page of another stage it means what it means there.
      return state.stage === 'running'
        ? { state: { ...state, page: 'screen' }, effects: [{ kind: 'interrupt' }] }
        : obey({ ...state, page: 'screen' }, 'leave', surroundings);
    default:
      return stay(scroll(state, command, surroundings));
  }
};

const typeConsent = (state: FailoverState, key: KeyName): Next => {
  const typed = typeKey(state.typed, key);
  if (typed.kind === 'typing') return stay({ ...state, typed: typed.text, mistyped: undefined });
  if (typed.kind === 'given-up') return { state, effects: [{ kind: 'consent', answer: 'refused' }] };
  if (typed.text.trim() === state.plan?.vip)
    return { state: { ...state, mistyped: undefined }, effects: [{ kind: 'consent', answer: 'given' }] };
  return stay({ ...state, typed: '', mistyped: typed.text.trim() });
};

const press = (state: FailoverState, key: KeyName, surroundings: Surroundings): Next => {
  const command = commandOf(keysOf(state), key);
  if (state.page === 'screen' && asksForConsent(state) && command === undefined)
    return typeConsent(state, key);
  return obey(state, command, surroundings);
};

export const reduceFailover = (
  before: FailoverState,
  input: Input<FailoverInput>,
  surroundings: Surroundings,
): Next => {
  const state = { ...before, nowMs: input.atMs };
  if (input.kind === 'tick') return stay(state);
  if (input.kind === 'key') return press(state, input.key, surroundings);
  return stay(takeEvent(state, input.event, input.atMs));
};

/** Time alone changes the countdown and the strips. */
export const isLive = ({ stage }: FailoverState): boolean => stage === 'running';
