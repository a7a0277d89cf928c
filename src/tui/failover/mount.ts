// What is loaded lazily once somebody sits at a terminal: the failover screen and the way onto it.
export { mountScreen } from '../mount.tsx';
export { failoverScreen } from './screen.ts';
