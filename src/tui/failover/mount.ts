// What `vipdoctor failover` loads when somebody sits at the terminal: the failover screen and the way to mount it.
export { mountScreen } from '../mount.tsx';
export { failoverScreen } from './screen.ts';
export { emptyState } from './state.ts';
