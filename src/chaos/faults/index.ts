// All faults, by name.
import { advertsBlockedIn, advertsBlockedOut } from './adverts-blocked.ts';
import { ownCommand } from './command.ts';
import { daemonFrozen } from './daemon-frozen.ts';
import { daemonKilled } from './daemon-killed.ts';
import { daemonStopped } from './daemon-stopped.ts';
import type { Fault, FaultName } from './fault.ts';
import { hostReboot } from './host-reboot.ts';
import { linkDown } from './link-down.ts';
import { serviceFailed } from './service-failed.ts';

export const faults: Readonly<Record<FaultName, Fault>> = {
  'daemon-stopped': daemonStopped,
  'daemon-killed': daemonKilled,
  'daemon-frozen': daemonFrozen,
  'link-down': linkDown,
  'adverts-blocked-out': advertsBlockedOut,
  'adverts-blocked-in': advertsBlockedIn,
  'service-failed': serviceFailed,
  'host-reboot': hostReboot,
  command: ownCommand,
};
