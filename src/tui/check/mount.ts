// What `vipdoctor check` loads when somebody sits at the terminal: the check screen and the way to mount it.
export { mountScreen } from '../mount.tsx';
export { checkScreen } from './screen.ts';
export { openingState } from './state.ts';
