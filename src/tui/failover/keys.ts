// The keys of the failover screen, with their words. What they do is in the reducer. While the VIP is being typed,
// characters are characters.
import type { KeyBinding } from '../keys.ts';
import type { FailoverState } from './state.ts';

export type FailoverCommand =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'trial-before'
  | 'trial-after'
  | 'typical'
  | 'help'
  | 'back'
  | 'leave'
  | 'interrupt';

type Binding = KeyBinding<FailoverCommand>;

const scrolling = (label?: string): readonly Binding[] => [
  { keys: ['up'], command: 'up', help: 'a line up' },
  { keys: ['down'], command: 'down', help: 'a line down', ...(label === undefined ? {} : { label }) },
  { keys: ['page-down'], command: 'page-down', help: 'a page further' },
  { keys: ['page-up'], command: 'page-up', help: 'a page back' },
];
const jumping: readonly Binding[] = [
  { keys: ['home', 'g'], command: 'first', help: 'to the top' },
  { keys: ['end', 'G'], command: 'last', help: 'to the end' },
];
const help: Binding = { keys: ['?'], command: 'help', label: 'help', help: 'this page' };

const planKeys: readonly Binding[] = [
  ...scrolling('scroll'),
  {
    keys: ['escape', 'ctrl-c'],
    command: 'leave',
    label: 'leave',
    help: 'leave; nothing is touched',
  },
];
const refusedKeys: readonly Binding[] = [
  ...scrolling('scroll'),
  ...jumping,
  help,
  {
    keys: ['q', 'escape', 'enter', 'ctrl-c'],
    command: 'leave',
    label: 'leave',
    help: 'leave; nothing was touched',
  },
];
const runningKeys: readonly Binding[] = [
  help,
  {
    keys: ['ctrl-c'],
    command: 'interrupt',
    label: 'restore and end',
    help: 'end the test now: heal, compare with the snapshots, and leave',
  },
];
const restoringKeys: readonly Binding[] = [
  help,
  {
    keys: ['ctrl-c'],
    command: 'interrupt',
    label: "leave it to the node's own timer",
    help: 'leave at once; the node heals itself when its timer fires',
  },
];
const endedKeys: readonly Binding[] = [
  ...scrolling('scroll'),
  ...jumping,
  { keys: ['right', 'n'], command: 'trial-after', label: 'next trial', help: 'the trial after it' },
  { keys: ['left', 'p'], command: 'trial-before', help: 'the trial before it' },
  { keys: ['m'], command: 'typical', help: 'the trial in the middle again' },
  help,
  {
    keys: ['q', 'escape', 'ctrl-c'],
    command: 'leave',
    label: 'leave',
    help: 'leave; the report stays in the scrollback',
  },
];
const helpKeys: readonly Binding[] = [
  { keys: ['?', 'escape', 'q', 'enter'], command: 'back', label: 'back', help: 'back' },
  { keys: ['ctrl-c'], command: 'interrupt', help: 'end the test now and restore' },
];

export const refusalsOf = ({ plan }: Pick<FailoverState, 'plan'>) =>
  (plan?.objections ?? []).filter((one) => one.state !== 'overridden');

export const asksForConsent = (state: Pick<FailoverState, 'stage' | 'plan'>): boolean =>
  state.stage === 'plan' && state.plan !== undefined && refusalsOf(state).length === 0;

/** What the keys do now, the help page left aside. */
export const stageKeys = (state: FailoverState): readonly Binding[] => {
  if (state.stage === 'plan') return asksForConsent(state) ? planKeys : refusedKeys;
  if (state.stage === 'running') return state.interruption === 'none' ? runningKeys : restoringKeys;
  const several = (state.report?.trials.length ?? 0) > 1;
  return several
    ? endedKeys
    : endedKeys.filter(({ command }) => !['trial-after', 'trial-before', 'typical'].includes(command));
};

export const keysOf = (state: FailoverState): readonly Binding[] =>
  state.page === 'help' ? helpKeys : stageKeys(state);
