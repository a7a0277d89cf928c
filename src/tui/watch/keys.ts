// The keys of the watch screen, with their words. What they do is in the reducer.
import type { KeyBinding } from '../keys.ts';
import type { WatchState } from './state.ts';

export type WatchCommand =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'filter'
  | 'pause'
  | 'help'
  | 'leave'
  | 'interrupt';

type Binding = KeyBinding<WatchCommand>;

const open: Binding = {
  keys: ['enter', 'right'],
  command: 'open',
  label: 'open',
  help: 'open the VRID: members, holders, who hears what, its history with the lines it was read from',
};
const back: Binding = { keys: ['escape', 'left'], command: 'back', label: 'back', help: 'back to all VRIDs' };
const help: Binding = { keys: ['?'], command: 'help', label: 'help', help: 'these keys' };
const pause: Binding = {
  keys: ['p'],
  command: 'pause',
  label: 'pause',
  help: 'hold the screen still, and let it go on; watching goes on meanwhile',
};
const filter: Binding = {
  keys: ['/'],
  command: 'filter',
  label: 'filter',
  help: 'show only VRIDs and history with these words; Enter keeps it, Escape takes it away',
};
const leaving: readonly Binding[] = [
  { keys: ['ctrl-c'], command: 'interrupt', help: 'interrupt: ends what runs on the nodes, exit code 130' },
  { keys: ['q'], command: 'leave', label: 'leave', help: 'leave: ends what runs on the nodes, exit code 0' },
];
const moving = (what: string, further: string): readonly Binding[] => [
  { keys: ['up', 'k'], command: 'up', label: 'move', help: `the ${what} before` },
  { keys: ['down', 'j'], command: 'down', help: `the ${what} after` },
  { keys: ['page-down', ' '], command: 'page-down', help: further },
  { keys: ['page-up', 'b'], command: 'page-up', help: 'and back' },
  { keys: ['home', 'g'], command: 'first', help: 'to the beginning' },
  { keys: ['end', 'G'], command: 'last', help: 'to the end' },
];

const overview: readonly Binding[] = [
  ...moving('VRID', 'further back in the history'),
  open,
  filter,
  pause,
  help,
  ...leaving,
];
const router: readonly Binding[] = [...moving('line', 'a page further'), back, pause, help, ...leaving];

export const bindingsOf = ({ view }: Pick<WatchState, 'view'>): readonly Binding[] =>
  view === 'overview' ? overview : router;

/** All of them, for the help page. */
export const everyKey: readonly Binding[] = [...overview.slice(0, -2), back, ...leaving];
