// The history: what happened, newest first, with its reason. Log lines and VIPs are left to the opened VRID, where they
// stand beside what they explain.

import { columnsOf, pad } from '../../report/typeset.ts';
import type { WatchEvent } from '../../report/watch.ts';
import { clockText, dateText, type EventWords, eventWords } from '../../report/watch-text.ts';
import { hang, type Line, line, span, wrapped } from '../line.ts';
import type { Theme, Tone } from '../theme.ts';

const tones: Readonly<Record<EventWords['weight'], Tone>> = {
  good: 'good',
  bad: 'bad',
  warning: 'warn',
  plain: 'plain',
};

/** Said with a glyph as well as by colour. */
const glyphOf = (weight: EventWords['weight'], { glyphs }: Theme): string =>
  weight === 'bad'
    ? glyphs.failed
    : weight === 'good'
      ? glyphs.done
      : weight === 'warning'
        ? glyphs.severity.high
        : glyphs.dot;

export const isHistoric = (event: WatchEvent): boolean =>
  event.kind !== 'log' &&
  event.kind !== 'vip' &&
  event.kind !== 'started' &&
  event.kind !== 'router' &&
  eventWords(event) !== undefined;

/** `today`: the day is said where it is another. */
export const entryLines = (
  event: WatchEvent,
  { columns, today, theme }: { readonly columns: number; readonly today: string; readonly theme: Theme },
): readonly Line[] => {
  const words = eventWords(event);
  if (words === undefined) return [];
  const day = dateText(event.at);
  const narrow = columns < 60;
  const time = `${day === today ? '' : `${day.slice(5)} `}${clockText(event.at, narrow ? 'seconds' : 'milliseconds')}`;
  const about = theme.safe(words.about);
  const tone = tones[words.weight];
  const lead = narrow
    ? line(' ', span(time, 'quiet'), ' ', span(glyphOf(words.weight, theme), tone), ' ')
    : line(
        ' ',
        span(time, 'quiet'),
        ' ',
        span(glyphOf(words.weight, theme), tone),
        ' ',
        span(`${pad(about, 8)} `, 'strong'),
      );
  const indent = lead.reduce((sum, part) => sum + columnsOf(part.text), 0);
  const text = theme.safe(narrow ? `${words.about}: ${words.text}` : words.text);
  return hang(
    lead,
    wrapped(text, Math.max(8, columns - indent - 1), words.weight === 'bad' ? 'strong' : 'plain'),
  );
};
