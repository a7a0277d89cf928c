// The watch screen as a view: the lines of its layout in a frame.
import type { ReactNode } from 'react';
import { Frame } from '../frame.tsx';
import type { ViewProps } from '../screen.ts';
import { layFrame } from './layout.ts';
import type { WatchState } from './state.ts';

export const WatchView = ({ state, surroundings }: ViewProps<WatchState>): ReactNode => (
  <Frame {...layFrame(state, surroundings)} surroundings={surroundings} />
);
