/** Every fault of the practice cluster, in the order they are listed. */
import * as daemon from './daemon.ts';
import * as disagreement from './disagreement.ts';
import * as environment from './environment.ts';
import * as fabric from './fabric.ts';
import type { Fault } from './fault.ts';
import * as foreign from './foreign.ts';
import * as hostFirewall from './host-firewall.ts';
import * as kernel from './kernel.ts';
import * as unicast from './unicast.ts';

/** These files export faults and nothing else; the compiler checks it here. */
const faultsOf = (room: Readonly<Record<string, Fault>>): readonly Fault[] => Object.values(room);

export const faults: readonly Fault[] = [
  hostFirewall,
  fabric,
  kernel,
  disagreement,
  unicast,
  foreign,
  daemon,
  environment,
].flatMap(faultsOf);

export const findFault = (id: string): Fault | null => faults.find((fault) => fault.id === id) ?? null;
