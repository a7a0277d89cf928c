// The check screen as frames.
import type { ReactNode } from 'react';
import { Frame } from '../frame.tsx';
import type { ViewProps } from '../screen.ts';
import { layOut } from './layout.ts';
import type { CheckState } from './state.ts';

export const CheckView = ({ state, surroundings }: ViewProps<CheckState>): ReactNode => {
  const { header, body, footer } = layOut(state, surroundings);
  return <Frame header={header} body={body} footer={footer} surroundings={surroundings} />;
};
