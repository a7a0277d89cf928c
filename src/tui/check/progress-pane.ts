// While the check runs: where each node is, what is slow and why; how long the wire is listened to and which question
// keeps it open; and the adverts as they arrive.
import { countWords, secondsWords } from '../../report/story.ts';
import { columnsOf, pad } from '../../report/typeset.ts';
import { emptyLine, hang, type Line, line, span, tabulate, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme, Tone } from '../theme.ts';
import type { CheckState, NodePhase, NodeProgress } from './state.ts';

const labelColumns = 12;
/** A step that takes longer is worth a word, ms. */
const slowMs: Readonly<Record<NodePhase, number>> = {
  connecting: 1500,
  asking: 3000,
  'asking-again': 3000,
  listening: Number.POSITIVE_INFINITY,
  done: Number.POSITIVE_INFINITY,
  failed: Number.POSITIVE_INFINITY,
};

const phaseWords: Readonly<Record<NodePhase, string>> = {
  connecting: 'connecting',
  asking: 'asking',
  listening: 'listening',
  'asking-again': 'asking again',
  done: 'done',
  failed: 'failed',
};
const phaseColumns = 12;

const phaseTone = (phase: NodePhase): Tone =>
  phase === 'failed' ? 'bad' : phase === 'done' || phase === 'listening' ? 'good' : 'plain';

const phaseGlyph = (phase: NodePhase, { glyphs }: Theme): string =>
  phase === 'failed' ? glyphs.failed : phase === 'done' || phase === 'listening' ? glyphs.done : glyphs.busy;

/** What a node is waited for, and how long that may take. */
const slowWords = (node: NodeProgress, state: CheckState): string => {
  const { entry, run, askLimitMs } = state;
  if (entry?.for === 'answer' && entry.question.node === node.name) return 'waits for your answer, below';
  const elapsedMs = run.nowMs - node.sinceMs;
  if (elapsedMs < slowMs[node.phase]) return '';
  const limit = `${secondsWords(elapsedMs)}, given up after ${secondsWords(askLimitMs)} (--timeout)`;
  if (node.phase === 'connecting')
    return entry?.for === 'answer' ? 'a question about another node is open' : `slow to connect: ${limit}`;
  return `not every question is answered yet: ${limit}`;
};

const nodeLines = (
  node: NodeProgress,
  width: number,
  state: CheckState,
  place: { readonly columns: number; readonly theme: Theme },
): readonly Line[] => {
  const { columns, theme } = place;
  const label = line(
    ' ',
    pad(theme.safe(node.name), width),
    '  ',
    span(
      `${phaseGlyph(node.phase, theme)} ${pad(phaseWords[node.phase], phaseColumns)}`,
      phaseTone(node.phase),
    ),
    ' ',
  );
  const words = node.detail === '' ? slowWords(node, state) : node.detail;
  const tone = node.phase === 'failed' ? 'bad' : 'warn';
  const room = columns - width - phaseColumns - 7;
  if (words === '') return [label];
  return room >= 24
    ? hang(label, wrapped(theme.safe(words), room, tone))
    : [label, ...wrapped(theme.safe(words), columns - 4, tone).map((one) => [span('   '), ...one])];
};

const calm: ReadonlySet<NodePhase> = new Set(['listening', 'done']);

/** One line for each node; where they are more than fit, those that are well share lines. */
const nodesPart = (state: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  const place = { columns: size.columns, theme };
  const width = Math.min(Math.max(4, ...state.nodes.map((node) => columnsOf(theme.safe(node.name)))), 24);
  const each = (nodes: readonly NodeProgress[]): readonly Line[] =>
    nodes.flatMap((node) => nodeLines(node, width, state, place));
  if (state.nodes.length <= Math.max(3, size.rows - 10)) return each(state.nodes);
  return [
    ...each(state.nodes.filter((node) => !calm.has(node.phase))),
    ...[...calm].flatMap((phase) => {
      const names = state.nodes.filter((node) => node.phase === phase).map((node) => node.name);
      if (names.length === 0) return [];
      const label = line(
        ' ',
        span(`${theme.glyphs.done} ${countWords(names.length, 'node')} ${phaseWords[phase]}`, 'good'),
        '  ',
      );
      return hang(label, wrapped(theme.safe(names.join(' ')), Math.max(8, size.columns - 26), 'quiet'));
    }),
  ];
};

const bar = (share: number, columns: number, { glyphs }: Theme): Line => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return line(
    span(glyphs.bar.full.repeat(full), 'accent'),
    span(glyphs.bar.empty.repeat(columns - full), 'quiet'),
  );
};

const windowPart = (state: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  const { listening, nodes } = state;
  const room = Math.max(8, size.columns - labelColumns - 1);
  if (state.kind === 'recorded') return [];
  if (listening === undefined) {
    const awaited = nodes.filter((node) => node.phase === 'connecting' || node.phase === 'asking');
    if (awaited.length === 0) return [];
    return hang(
      line(' ', span('listening', 'strong')),
      wrapped(
        theme.safe(`first the answers of ${awaited.map((node) => node.name).join(', ')}`),
        room,
        'quiet',
      ),
      labelColumns,
    );
  }
  const { elapsedMs, limitMs, adverts } = listening;
  const words = `${secondsWords(elapsedMs)} of at most ${secondsWords(limitMs)} ${theme.glyphs.dot} ${countWords(adverts, 'advert')}`;
  const barColumns = Math.min(30, room - columnsOf(words) - 2);
  const told =
    barColumns >= 8
      ? [line(...bar(elapsedMs / limitMs, barColumns, theme), '  ', words)]
      : wrapped(words, room);
  return hang(line(' ', span('listening', 'strong')), told, labelColumns);
};

/** Why the window is still open. */
const openPart = ({ listening }: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  if (listening === undefined) return [];
  const { openQuestions } = listening;
  const room = Math.max(8, size.columns - labelColumns - 1);
  const settled = openQuestions.length === 0;
  const lines = settled
    ? wrapped('every question; asking the nodes again', room, 'good')
    : openQuestions.flatMap((question) => wrapped(theme.safe(question), room));
  return hang(line(' ', span(settled ? 'settled' : 'still open', 'strong')), lines, labelColumns);
};

const advertsPart = (state: CheckState, { size, theme }: Surroundings): readonly Line[] => {
  const senders = state.listening?.senders ?? [];
  if (senders.length === 0) return [];
  const room = size.columns - labelColumns - 1;
  const rows = senders.map(({ vrid, from, priority, adverts }) => [
    line(`VRID ${vrid}`),
    line(theme.safe(from)),
    line(span(`priority ${priority}`, 'quiet')),
    line(countWords(adverts, 'advert')),
  ]);
  const table = tabulate(rows, room);
  const lines =
    table === 'too-wide'
      ? senders.flatMap(({ vrid, from, adverts }) =>
          wrapped(theme.safe(`VRID ${vrid}, ${from}: ${adverts}`), room),
        )
      : table;
  return hang(line(' ', span('adverts', 'strong')), lines, labelColumns);
};

export const progressPane = (state: CheckState, surroundings: Surroundings): readonly Line[] => {
  const parts = [
    nodesPart(state, surroundings),
    [...windowPart(state, surroundings), ...advertsPart(state, surroundings)],
    openPart(state, surroundings),
  ].filter((part) => part.length > 0);
  if (parts.length === 0 && state.kind === 'recorded')
    return [line(' ', span('reading and judging the recording', 'quiet'))];
  return parts.flatMap((part, at) => (at === 0 ? part : [emptyLine, ...part]));
};
