// The keys of the check screen, with their words. What they do is in the reducer.
import type { KeyBinding } from '../keys.ts';
import type { CheckState } from './state.ts';

export type CheckCommand =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'unfold'
  | 'fold'
  | 'next-section'
  | 'copy'
  | 'again'
  | 'save'
  | 'filter'
  | 'help'
  | 'leave'
  | 'interrupt';

type Binding = KeyBinding<CheckCommand>;

const moving: readonly Binding[] = [
  { keys: ['up', 'k'], command: 'up', help: 'the finding or line before' },
  { keys: ['down', 'j'], command: 'down', label: 'move', twin: 'up', help: 'the finding or line after' },
];
const paging: readonly Binding[] = [
  { keys: ['page-down', ' '], command: 'page-down', help: 'a page further' },
  { keys: ['page-up', 'b'], command: 'page-up', help: 'a page back' },
  { keys: ['home', 'g'], command: 'first', help: 'to the top' },
  { keys: ['end', 'G'], command: 'last', help: 'to the end' },
];
const open: Binding = {
  keys: ['enter'],
  command: 'open',
  label: 'open',
  help: 'open the finding: evidence, why, fix',
};
const back: Binding = { keys: ['escape', 'left'], command: 'back', label: 'back', help: 'back' };
const folding: readonly Binding[] = [
  { keys: ['right', 'l'], command: 'unfold', help: 'list what the cause brings about' },
  { keys: ['left', 'h'], command: 'fold', help: 'fold it again' },
  { keys: ['escape'], command: 'back', help: 'drop the filter' },
  { keys: ['tab'], command: 'next-section', help: 'next part: findings, ladder, nodes, the rest' },
];
const copy: Binding = {
  keys: ['c'],
  command: 'copy',
  label: 'copy',
  help: 'copy the command of the fix; again: the next one',
};
const again: Binding = { keys: ['r'], command: 'again', label: 'again', help: 'run the check again' };
const save: Binding = {
  keys: ['s'],
  command: 'save',
  label: 'save',
  help: 'save what was seen to a folder, without secrets',
};
const filter: Binding = {
  keys: ['/'],
  command: 'filter',
  label: 'filter',
  help: 'show only findings with these words',
};
const help: Binding = { keys: ['?'], command: 'help', label: 'help', help: 'all keys' };
const leave: Binding = {
  keys: ['q', 'ctrl-c'],
  command: 'leave',
  label: 'leave',
  help: 'leave; the report stays on the terminal',
};
const stop: Binding = {
  keys: ['q', 'ctrl-c'],
  command: 'interrupt',
  label: 'stop',
  help: 'stop the check and end what runs on the nodes',
};

const overview: readonly Binding[] = [
  ...moving,
  open,
  ...folding,
  ...paging,
  copy,
  again,
  save,
  filter,
  help,
  leave,
];
const finding: readonly Binding[] = [...moving, ...paging, back, copy, again, save, help, leave];
const running: readonly Binding[] = [...moving, ...paging, help, stop];
const reading: readonly Binding[] = [
  ...moving,
  ...paging,
  { keys: ['escape', '?', 'enter'], command: 'back', label: 'back', help: 'back' },
];

export const everyKey = { overview, finding, running } as const;

export const bindingsFor = (state: CheckState): readonly Binding[] => {
  const end = state.run.phase === 'reported' ? leave : stop;
  if (state.view === 'help') return [...reading, end];
  if (state.run.phase !== 'reported') return running;
  return state.view === 'finding' ? finding : overview;
};
