// The one reducer of the check screen: events of the session and keys in, the next state and wished effects out.
import type { CheckReport } from '../../report/report.ts';
import { noFilter, typeFilter, typeKey } from '../entry.ts';
import { commandOf, type KeyName } from '../keys.ts';
import { type Input, type Step, type Surroundings, stay } from '../screen.ts';
import { clampTop, page, reveal } from '../scroll.ts';
import { listOf, selectedFinding } from './findings.ts';
import { bindingsFor, type CheckCommand } from './keys.ts';
import { layOut } from './layout.ts';
import type { CheckEffect, CheckEvent, CheckState, Entry, Message } from './state.ts';

type Next = Step<CheckState, CheckEffect>;

const wish = (state: CheckState, ...effects: readonly CheckEffect[]): Next => ({ state, effects });

const without = <K extends 'message' | 'entry' | 'listening' | 'copied'>(
  state: CheckState,
  ...names: readonly K[]
): CheckState => {
  const rest = { ...state };
  for (const name of names) delete rest[name];
  return rest;
};

const say = (state: CheckState, message: Message): CheckState => ({ ...state, message });

/** A folder that tells when the check was made. */
export const folderFor = (report: CheckReport): string =>
  `vipdoctor-${report.startedAt.replace(/\.\d+/, '').replaceAll(':', '-').replace(/Z$/, '')}`;

const reported = (state: CheckState, report: CheckReport): CheckState => {
  const before = state.report?.verdict;
  const next = {
    ...without(state, 'entry', 'copied'),
    report,
    run: { ...state.run, phase: 'reported' as const },
    top: 0,
    findingTop: 0,
    section: 0,
    view: 'overview' as const,
  };
  if (before === undefined) return next;
  return say(next, {
    tone: 'plain',
    text:
      before === report.verdict
        ? `Checked again: still ${before}.`
        : `Checked again: was ${before}, is now ${report.verdict}.`,
  });
};

const reduceSession = (
  state: CheckState,
  event: Extract<CheckEvent, { kind: 'session' }>['event'],
  atMs: number,
): CheckState => {
  switch (event.kind) {
    case 'node': {
      const known = state.nodes.find((node) => node.name === event.node);
      const now = {
        name: event.node,
        phase: event.phase,
        detail: event.detail,
        sinceMs: known?.phase === event.phase ? known.sinceMs : atMs,
      };
      return {
        ...state,
        nodes:
          known === undefined
            ? [...state.nodes, now]
            : state.nodes.map((node) => (node === known ? now : node)),
      };
    }
    case 'listening':
      return { ...state, listening: event };
    case 'recorded':
      return say(state, { tone: 'plain', text: `Recorded to ${event.folder}.` });
    case 'unrecorded':
      return say(state, { tone: 'bad', text: event.message });
    case 'report':
      return reported(state, event.report);
    case 'interrupted':
      return { ...state, run: { ...state.run, phase: 'ending' } };
  }
};

const reduceEvent = (state: CheckState, event: CheckEvent, atMs: number): CheckState => {
  switch (event.kind) {
    case 'session':
      return reduceSession(state, event.event, atMs);
    case 'started':
      return {
        ...without(state, 'message', 'listening', 'entry'),
        nodes: [],
        view: 'overview',
        filter: noFilter,
        top: 0,
        run: { phase: 'running', number: state.run.number + 1, startedAtMs: atMs, nowMs: atMs },
      };
    case 'prepared':
      return { ...state, subject: event.subject, whys: event.whys };
    case 'ending':
      return { ...without(state, 'entry'), view: 'overview', run: { ...state.run, phase: 'ending' } };
    case 'question':
      return { ...state, view: 'overview', entry: { for: 'answer', text: '', question: event.question } };
    case 'question-withdrawn':
      return without(state, 'entry');
    case 'said':
      return say(state, event.message);
  }
};

const typeEntry = (state: CheckState, entry: Entry, key: KeyName): Next => {
  if (key === 'ctrl-c')
    return entry.for === 'answer' ? wish(state, { kind: 'interrupt' }) : stay(without(state, 'entry'));
  const typed = typeKey(entry.text, key === 'ctrl-d' && entry.text === '' ? 'escape' : key);
  if (typed.kind === 'typing') return stay({ ...state, entry: { ...entry, text: typed.text } });
  const closed = without(state, 'entry');
  if (entry.for === 'answer')
    return wish(closed, { kind: 'answer', text: typed.kind === 'entered' ? typed.text : undefined });
  const folder = typed.kind === 'entered' ? typed.text.trim() : '';
  return folder === '' ? stay(closed) : wish(closed, { kind: 'save', folder });
};

/** By a line or from finding to finding, whatever is under the hand. */
const move = (state: CheckState, direction: 1 | -1, surroundings: Surroundings): CheckState => {
  const { whole, extent, top } = layOut(state, surroundings);
  if (state.view !== 'overview') return { ...state, findingTop: clampTop(top + direction, extent) };
  const { items, at } = listOf(state);
  const place = whole.items[at];
  const scrolled = { ...state, top: clampTop(top + direction, extent) };
  if (place === undefined) return scrolled;
  // What was scrolled past is first scrolled back to.
  const below = direction === 1 && place.from >= top + extent.height;
  const past = direction === 1 ? below : place.from < top;
  const next = items[at + direction];
  if (past || next === undefined) return scrolled;
  const moved = { ...state, selected: next.finding.id };
  const lines = layOut(moved, surroundings).whole.items[at + direction];
  if (lines === undefined) return moved;
  const from = at + direction === 0 ? 0 : lines.from;
  return { ...moved, top: reveal(top, extent, from, lines.to) };
};

const turn = (state: CheckState, direction: 1 | -1, surroundings: Surroundings): CheckState => {
  const { extent, top } = layOut(state, surroundings);
  const next = page(top, extent, direction);
  return state.view === 'overview' ? { ...state, top: next } : { ...state, findingTop: next };
};

const jump = (state: CheckState, to: 'first' | 'last', surroundings: Surroundings): CheckState => {
  const { extent } = layOut(state, surroundings);
  const top = to === 'first' ? 0 : clampTop(extent.length, extent);
  if (state.view !== 'overview') return { ...state, findingTop: top };
  const first = listOf(state).items[0];
  return to === 'first' && first !== undefined
    ? { ...state, top, selected: first.finding.id }
    : { ...state, top };
};

const nextSection = (state: CheckState, surroundings: Surroundings): CheckState => {
  const { whole, extent } = layOut(state, surroundings);
  const section = (state.section + 1) % whole.sections.length;
  return { ...state, section, top: clampTop(whole.sections[section] ?? 0, extent) };
};

const unfold = (state: CheckState): CheckState => {
  const { items, at } = listOf(state);
  const item = items[at];
  if (item === undefined || item.folded.length === 0) return state;
  return { ...state, unfolded: new Set([...state.unfolded, item.finding.id]) };
};

const fold = (state: CheckState): CheckState => {
  const finding = selectedFinding(state);
  if (finding === undefined) return state;
  const ids = [finding.id, ...finding.causedBy].filter((id) => state.unfolded.has(id));
  const [cause] = ids;
  if (cause === undefined) return state;
  return { ...state, selected: cause, unfolded: new Set([...state.unfolded].filter((id) => id !== cause)) };
};

const copy = (state: CheckState): Next => {
  const finding = selectedFinding(state);
  if (finding === undefined) return stay(say(state, { tone: 'plain', text: 'There is no finding to fix.' }));
  const { commands } = finding.remedy;
  const last = state.copied?.finding === finding.id ? state.copied.at : -1;
  const at = (last + 1) % Math.max(1, commands.length);
  const command = commands[at];
  if (command === undefined)
    return stay(
      say(state, { tone: 'plain', text: 'The fix of this finding is no command: Enter shows what to do.' }),
    );
  const which = commands.length === 1 ? 'Copied' : `Copied ${at + 1} of ${commands.length}`;
  return wish(
    say(
      { ...state, copied: { finding: finding.id, at } },
      { tone: 'plain', text: `${which}, if the terminal allows it. To run on ${command.node}:`, command },
    ),
    { kind: 'copy', text: command.command },
  );
};

const save = (state: CheckState): CheckState => {
  if (state.report === undefined) return state;
  if (state.kind === 'recorded')
    return say(state, { tone: 'plain', text: `This is a recording already: ${state.subject}.` });
  return { ...state, entry: { for: 'folder', text: folderFor(state.report) } };
};

const back = (state: CheckState): CheckState => {
  if (state.view === 'help') return { ...state, view: 'overview', findingTop: 0 };
  if (state.view === 'finding') return { ...state, view: 'overview' };
  return state.filter.kind === 'off' ? state : { ...state, filter: noFilter, top: 0 };
};

const obey = (state: CheckState, command: CheckCommand, surroundings: Surroundings): Next => {
  switch (command) {
    case 'up':
      return stay(move(state, -1, surroundings));
    case 'down':
      return stay(move(state, 1, surroundings));
    case 'page-up':
      return stay(turn(state, -1, surroundings));
    case 'page-down':
      return stay(turn(state, 1, surroundings));
    case 'first':
    case 'last':
      return stay(jump(state, command, surroundings));
    case 'next-section':
      return stay(nextSection(state, surroundings));
    case 'open': {
      const finding = selectedFinding(state);
      return stay(
        finding === undefined ? state : { ...state, selected: finding.id, view: 'finding', findingTop: 0 },
      );
    }
    case 'back':
      return stay(back(state));
    case 'unfold':
      return stay(unfold(state));
    case 'fold':
      return stay(fold(state));
    case 'copy':
      return copy(state);
    case 'again':
      return wish(state, { kind: 'run-again' });
    case 'save':
      return stay(save(state));
    case 'filter':
      return stay({
        ...state,
        filter: { kind: 'typing', text: state.filter.kind === 'off' ? '' : state.filter.text },
        top: 0,
      });
    case 'help':
      return stay({ ...state, view: 'help', findingTop: 0 });
    case 'leave':
      return wish(state, { kind: 'leave' });
    case 'interrupt':
      return wish(state, { kind: 'interrupt' });
  }
};

const press = (state: CheckState, key: KeyName, surroundings: Surroundings): Next => {
  if (state.entry !== undefined) return typeEntry(state, state.entry, key);
  if (state.filter.kind === 'typing' && key !== 'ctrl-c')
    return stay({ ...state, filter: typeFilter(state.filter, key), top: 0 });
  const command = commandOf(bindingsFor(state), key);
  if (command === undefined) return stay(state);
  // What was said last has been read.
  return obey(without(state, 'message'), command, surroundings);
};

export const reduceCheck = (
  state: CheckState,
  input: Input<CheckEvent>,
  surroundings: Surroundings,
): Next => {
  switch (input.kind) {
    case 'event':
      return stay(reduceEvent(state, input.event, input.atMs));
    case 'tick':
      return stay({ ...state, run: { ...state.run, nowMs: input.atMs } });
    case 'key':
      return press(state, input.key, surroundings);
  }
};
