// What is typed below everything else: an answer a node waits for, or the name of a folder. A secret is not shown, not
// even how long it is.

import { entryLine } from '../entry.ts';
import { emptyLine, type Line, line, span, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Entry } from './state.ts';

export const questionPane = (entry: Entry, { size, theme }: Surroundings): readonly Line[] => {
  const room = size.columns - 2;
  const indented = (lines: readonly Line[]): readonly Line[] => lines.map((one) => [span(' '), ...one]);
  if (entry.for === 'folder')
    return indented([
      ...wrapped(
        'Save what was seen, without secrets, to a new folder. Enter saves, Esc does not.',
        room,
        'quiet',
      ),
      entryLine('folder', entry.text, theme),
    ]);
  const { question } = entry;
  const asked = question.text.split('\n').flatMap((text) => wrapped(theme.safe(text), room, 'strong'));
  const label = `${theme.safe(question.node)}:`;
  const hidden = question.echo === 'off';
  return [
    emptyLine,
    ...indented(asked),
    ...indented([
      hidden
        ? line(span(label, 'strong'), ' ', span(theme.glyphs.cursor, 'accent'))
        : entryLine(label, entry.text, theme),
      ...wrapped(
        hidden
          ? 'What you type is not shown. Enter answers, Esc gives up on this question.'
          : 'Enter answers, Esc gives up on this question.',
        room,
        'quiet',
      ),
    ]),
  ];
};
