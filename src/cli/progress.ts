// What a running check says while it runs: one updating line, or a line for each event. Pure: events in, words out.
import { escapeLine } from '../report/escape.ts';
import { secondsWords } from '../report/story.ts';
import { columnsOf, type TerminalStyle } from '../report/typeset.ts';
import type { SessionEvent } from '../session.ts';

type NodePhase = Extract<SessionEvent, { kind: 'node' }>['phase'];

export interface Progress {
  readonly phases: ReadonlyMap<string, NodePhase>;
  readonly listening?: Extract<SessionEvent, { kind: 'listening' }>;
}

export const noProgress: Progress = { phases: new Map() };

export const advance = (progress: Progress, event: SessionEvent): Progress => {
  if (event.kind === 'node')
    return { ...progress, phases: new Map([...progress.phases, [event.node, event.phase]]) };
  return event.kind === 'listening' ? { ...progress, listening: event } : progress;
};

const clipped = (text: string, style: TerminalStyle): string => {
  let line = '';
  for (const character of text) {
    if (columnsOf(line) + columnsOf(character) > style.width - 1) break;
    line += character;
  }
  return line;
};

/** One line that fits the terminal. */
export const progressLine = (progress: Progress, style: TerminalStyle): string => {
  const byPhase = new Map<string, string[]>();
  for (const [node, phase] of progress.phases) byPhase.set(phase, [...(byPhase.get(phase) ?? []), node]);
  const nodes = [...byPhase].map(([phase, names]) => `${phase}: ${names.join(' ')}`).join('; ');
  const { listening } = progress;
  const heard =
    listening === undefined
      ? []
      : [
          `${secondsWords(listening.elapsedMs)} of at most ${secondsWords(listening.limitMs)}`,
          `${listening.adverts} adverts`,
          ...listening.openQuestions.slice(0, 1),
        ];
  return clipped(
    escapeLine([nodes, ...heard].filter((part) => part !== '').join(' | '), style.unicode),
    style,
  );
};

/** The line an event is worth with `--verbose`; events that only tick are worth none. */
export const eventLine = (event: SessionEvent, style: TerminalStyle): string | undefined => {
  if (event.kind === 'node') {
    const detail = event.detail === '' ? '' : `: ${event.detail}`;
    return escapeLine(`${event.node} ${event.phase}${detail}`, style.unicode);
  }
  if (event.kind === 'recorded') return escapeLine(`recorded to ${event.folder}`, style.unicode);
  return undefined;
};
