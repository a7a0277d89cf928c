// The first lines of the failover screen: what is being done, to whom, and for how long; at the end what came of it.
import { secondsWords } from '../../report/story.ts';
import { columnsOf, wrap } from '../../report/typeset.ts';
import { emptyLine, hang, type Line, line, type Span, span, spread } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Tone } from '../theme.ts';
import { refusalsOf } from './keys.ts';
import type { FailoverState } from './state.ts';

interface Head {
  readonly mark: string;
  readonly word: string;
  readonly tone: Tone;
  readonly words: string;
}

const headOf = (state: FailoverState, { theme }: Surroundings): Head => {
  const { glyphs } = theme;
  const { live, plan, ending } = state;
  if (state.stage === 'ended' && ending !== undefined)
    return {
      mark: { good: glyphs.verdict.healthy, warn: glyphs.verdict.degraded, bad: glyphs.verdict.critical }[
        ending.mark
      ],
      word: ending.words,
      tone: ending.mark,
      words: state.report?.headline ?? ending.details[0] ?? '',
    };
  if (state.stage === 'plan')
    return refusalsOf(state).length > 0
      ? { mark: glyphs.failed, word: 'REFUSED', tone: 'bad', words: `failover of ${plan?.vip ?? '?'}` }
      : {
          mark: glyphs.busy,
          word: 'PLAN',
          tone: 'strong',
          words: `failover of ${plan?.vip ?? '?'}: nothing is touched yet`,
        };
  const what =
    live === undefined
      ? `failover of ${plan?.vip ?? '?'}: locking the nodes and taking snapshots`
      : `${plan === undefined ? '' : `${plan.vip}: `}${live.fault} on ${live.node}${live.of > 1 ? `, trial ${live.trial} of ${live.of}` : ''}`;
  return state.interruption === 'restoring'
    ? { mark: glyphs.busy, word: 'RESTORING', tone: 'warn', words: what }
    : { mark: glyphs.busy, word: 'FAILOVER', tone: 'strong', words: what };
};

/** Rows it may take at most. */
const mostRows = (rows: number): number => (rows >= 20 ? 5 : rows >= 12 ? 3 : 1);

export const headPane = (state: FailoverState, surroundings: Surroundings): readonly Line[] => {
  const { size, theme } = surroundings;
  const { mark, word, tone, words } = headOf(state, surroundings);
  const label: Line = line(' ', span(`${mark} ${word}`, tone));
  const clock: readonly Span[] =
    state.stage === 'running'
      ? [span(secondsWords(Math.max(0, state.nowMs - state.startedAtMs)), 'quiet'), span(' ')]
      : [];
  const indent = size.columns < 60 ? 1 : columnsOf(`${mark} ${word}`) + 3;
  const room = size.columns - indent - 1 - (clock.length > 0 ? 8 : 0);
  const texts = wrap(theme.safe(words), room).map((text) => line(span(text, 'strong')));
  const [first = [], ...rest] =
    size.columns < 60 ? [label, ...texts.map((one) => [span(' '), ...one])] : hang(label, texts, indent);
  const { report } = state;
  const restored =
    state.stage !== 'ended' || report === undefined
      ? []
      : [
          report.restored
            ? line(' '.repeat(indent), span('every node is as it was before', 'good'))
            : line(' '.repeat(indent), span('not as it was before: see below', 'bad')),
        ];
  const most = mostRows(size.rows) - restored.length;
  const lines = [spread(first, clock, size.columns, theme), ...rest]
    .slice(0, Math.max(1, most))
    .concat(restored);
  return size.rows >= 14 ? [...lines, emptyLine] : lines;
};
