// Which pane is shown, and what of it: head, body and footer for the size there is.
import { footerLine, helpLines } from '../keys.ts';
import { emptyLine, type Line, line, span, spread } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import { type Extent, moreLine, windowOf } from '../scroll.ts';
import { headPane } from './head-pane.ts';
import { keysOf, stageKeys } from './keys.ts';
import { livePane } from './live-pane.ts';
import { planLinesOf, questionLines } from './plan-pane.ts';
import { resultPane } from './result-pane.ts';
import type { FailoverState } from './state.ts';

export interface Layout {
  readonly header: readonly Line[];
  readonly body: readonly Line[];
  readonly footer: readonly Line[];
}

const bodyOf = (state: FailoverState, surroundings: Surroundings): readonly Line[] => {
  const { size, theme } = surroundings;
  if (state.page === 'help')
    return helpLines(stageKeys(state), size.columns - 2, theme).map((one) => [span(' '), ...one]);
  if (state.stage === 'plan') return state.plan === undefined ? [] : planLinesOf(state.plan, surroundings);
  return state.stage === 'running' ? livePane(state, surroundings) : resultPane(state, surroundings);
};

const partsOf = (state: FailoverState, surroundings: Surroundings) => {
  const { rows } = surroundings.size;
  const header = headPane(state, surroundings);
  const question = state.page === 'help' ? [] : questionLines(state, surroundings);
  const footer = [...(rows >= 14 ? [emptyLine] : []), ...question];
  const body = bodyOf(state, surroundings);
  return { header, body, footer, height: Math.max(0, rows - header.length - footer.length - 1) };
};

export const extentOf = (state: FailoverState, surroundings: Surroundings): Extent => {
  const { body, height } = partsOf(state, surroundings);
  return { length: body.length, height };
};

export const layOut = (state: FailoverState, surroundings: Surroundings): Layout => {
  const { size, theme } = surroundings;
  const { header, body, footer, height } = partsOf(state, surroundings);
  // A running trial fills the screen from its top: what does not fit is the oldest of the log.
  const top = state.stage === 'running' && state.page === 'screen' ? 0 : state.top;
  const more = state.stage === 'running' ? [] : moreLine(top, { length: body.length, height }, theme);
  const keys = line(' ', ...footerLine(keysOf(state), size.columns - 2 - (more.length > 0 ? 22 : 0), theme));
  return {
    header,
    body: windowOf(body, top, height),
    footer: [...footer, more.length === 0 ? keys : spread(keys, [...more, span(' ')], size.columns, theme)],
  };
};
