// The watch screen's reducer: looks that come in and keys that are pressed, to the next state and what is to be done.
import { passesFilter, typeFilter } from '../entry.ts';
import { commandOf, type KeyName } from '../keys.ts';
import { type Input, type Step, type Surroundings, stay } from '../screen.ts';
import { clampSelection, clampTop } from '../scroll.ts';
import { bindingsOf, type WatchCommand } from './keys.ts';
import { extentOf, historyEntries, historyRows } from './layout.ts';
import { routersOf, type Stand, type WatchEffect, type WatchScreenEvent, type WatchState } from './state.ts';

type WatchStep = Step<WatchState, WatchEffect>;

const takeStand = (state: WatchState, stand: Stand): WatchState =>
  state.flow.kind === 'paused' ? { ...state, flow: { kind: 'paused', aside: stand } } : { ...state, stand };

const select = (state: WatchState, by: number): WatchState => {
  const routers = routersOf(state, passesFilter);
  const at = Math.max(
    0,
    routers.findIndex((router) => router.id === state.selected),
  );
  const next = routers[clampSelection(at + by, routers.length)];
  return next === undefined ? state : { ...state, selected: next.id };
};

const scrollLines = (state: WatchState, by: number, surroundings: Surroundings): WatchState => ({
  ...state,
  top: clampTop(state.top + by, extentOf(state, surroundings)),
});

const scrollHistory = (state: WatchState, by: number): WatchState => ({
  ...state,
  back: Math.min(Math.max(0, state.back + by), Math.max(0, historyEntries(state).length - 1)),
});

const move = (state: WatchState, command: WatchCommand, surroundings: Surroundings): WatchState => {
  const overview = state.view === 'overview';
  const far = 1_000_000;
  const pageLines = Math.max(1, extentOf(state, surroundings).height - 1);
  const pageEntries = Math.max(1, historyRows(state, surroundings) - 1);
  switch (command) {
    case 'up':
      return overview ? select(state, -1) : scrollLines(state, -1, surroundings);
    case 'down':
      return overview ? select(state, 1) : scrollLines(state, 1, surroundings);
    case 'page-down':
      return overview ? scrollHistory(state, pageEntries) : scrollLines(state, pageLines, surroundings);
    case 'page-up':
      return overview ? scrollHistory(state, -pageEntries) : scrollLines(state, -pageLines, surroundings);
    case 'first':
      return overview ? { ...select(state, -far), back: 0 } : scrollLines(state, -far, surroundings);
    case 'last':
      return overview ? select(state, far) : scrollLines(state, far, surroundings);
    default:
      return state;
  }
};

const togglePause = (state: WatchState): WatchState =>
  state.flow.kind === 'running'
    ? { ...state, flow: { kind: 'paused', aside: undefined } }
    : { ...state, stand: state.flow.aside ?? state.stand, flow: { kind: 'running' } };

const openSelected = (state: WatchState): WatchState => {
  const routers = routersOf(state, passesFilter);
  const router = routers.find((one) => one.id === state.selected) ?? routers[0];
  return router === undefined ? state : { ...state, view: 'router', selected: router.id, top: 0 };
};

const obey = (state: WatchState, command: WatchCommand, surroundings: Surroundings): WatchStep => {
  switch (command) {
    case 'open':
      return stay(openSelected(state));
    case 'back':
      return stay({ ...state, view: 'overview', top: 0 });
    case 'filter':
      return stay({ ...state, filter: { kind: 'typing', text: '' } });
    case 'pause':
      return stay(togglePause(state));
    case 'help':
      return stay({ ...state, view: state.view === 'help' ? 'overview' : 'help', top: 0 });
    case 'leave':
      return { state: { ...state, phase: 'ending' }, effects: [{ kind: 'leave' }] };
    case 'interrupt':
      return { state: { ...state, phase: 'ending' }, effects: [{ kind: 'interrupt' }] };
    default:
      return stay(move(state, command, surroundings));
  }
};

const press = (state: WatchState, key: KeyName, surroundings: Surroundings): WatchStep => {
  if (key === 'ctrl-c') return obey(state, 'interrupt', surroundings);
  if (state.filter.kind === 'typing')
    return stay({ ...state, filter: typeFilter(state.filter, key), back: 0 });
  if (key === 'escape' && state.view === 'overview')
    return stay({ ...state, filter: { kind: 'off' }, back: 0 });
  const command = commandOf(bindingsOf(state), key);
  return command === undefined ? stay(state) : obey(state, command, surroundings);
};

export const reduceWatch = (
  state: WatchState,
  input: Input<WatchScreenEvent>,
  surroundings: Surroundings,
): WatchStep => {
  if (input.kind === 'tick') return stay(state);
  if (input.kind === 'key') return press(state, input.key, surroundings);
  return stay(
    input.event.kind === 'ending' ? { ...state, phase: 'ending' } : takeStand(state, input.event.stand),
  );
};
