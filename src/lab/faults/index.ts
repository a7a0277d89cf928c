/** Every fault of the practice cluster, in the order they are listed. */
import type { Fault } from './fault.ts';

export const faults: readonly Fault[] = [];

export const findFault = (id: string): Fault | null => faults.find((fault) => fault.id === id) ?? null;
