// The failover screen put together: reducer, view, sentences.
import type { Screen } from '../screen.ts';
import { type FailoverEffect, type FailoverInput, isLive, reduceFailover } from './reduce.ts';
import type { FailoverState } from './state.ts';
import { tellFailover } from './tell.ts';
import { FailoverView } from './view.tsx';

export const failoverScreen: Screen<FailoverState, FailoverInput, FailoverEffect> = {
  reduce: reduceFailover,
  View: FailoverView,
  tell: tellFailover,
  isLive,
};
