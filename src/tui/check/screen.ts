// The check screen, put together.
import type { Screen } from '../screen.ts';
import { reduceCheck } from './reduce.ts';
import type { CheckEffect, CheckEvent, CheckState } from './state.ts';
import { tellCheck } from './tell.ts';
import { CheckView } from './view.tsx';

export const checkScreen: Screen<CheckState, CheckEvent, CheckEffect> = {
  reduce: reduceCheck,
  View: CheckView,
  tell: tellCheck,
  isLive: (state) => state.run.phase !== 'reported',
};
