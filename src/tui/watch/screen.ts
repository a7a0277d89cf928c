// The watch screen, put together.
import type { Screen } from '../screen.ts';
import { reduceWatch } from './reduce.ts';
import type { WatchEffect, WatchScreenEvent, WatchState } from './state.ts';
import { tellWatch } from './tell.ts';
import { WatchView } from './view.tsx';

export const watchScreen: Screen<WatchState, WatchScreenEvent, WatchEffect> = {
  reduce: reduceWatch,
  View: WatchView,
  tell: tellWatch,
  // Time shows in the looks that come in, several times a second.
  isLive: () => false,
};
