// What `vipdoctor watch` loads when somebody sits at the terminal: the watch screen and the way to mount it.
export { mountScreen } from '../mount.tsx';
export { watchScreen } from './screen.ts';
export { openingState } from './state.ts';
