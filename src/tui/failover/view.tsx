// The failover screen drawn: lines from the layout, handed to the frame.
import type { ReactNode } from 'react';
import { Frame } from '../frame.tsx';
import type { ViewProps } from '../screen.ts';
import { layOut } from './layout.ts';
import type { FailoverState } from './state.ts';

export const FailoverView = ({ state, surroundings }: ViewProps<FailoverState>): ReactNode => (
  <Frame {...layOut(state, surroundings)} surroundings={surroundings} />
);
