// keepalived is stopped in order by whatever manages it: it says goodbye with priority 0 and takes its VIPs away.
import { rememberCommand, runsCommand, startCommand, stopCommand } from '../manager.ts';
import { type Fault, refused } from './fault.ts';

export const daemonStopped: Fault = {
  name: 'daemon-stopped',
  describe: 'keepalived is stopped in order (a maintenance, an upgrade)',
  expectedClass: 'graceful',
  doneTo: 'master',
  partOfAll: 'yes',
  plan: ({ node, manager }) =>
    manager.kind === 'unknown'
      ? refused(`it is not known what manages keepalived on ${node}: ${manager.reason}`)
      : {
          kind: 'deed',
          deed: {
            fault: 'daemon-stopped',
            node,
            prepare: rememberCommand(manager.value),
            inject: stopCommand(manager.value),
            heal: startCommand(manager.value),
            healed: runsCommand(manager.value),
            expectedClass: 'graceful',
            controlPath: 'untouched',
            secondSender: 'not-expected',
            risks: [
              `every VRRP instance of ${node} stops, not only this one`,
              ...(manager.value.kind === 'crictl'
                ? ['kubelet starts the container again by itself, perhaps before the failover is over']
                : []),
              ...(manager.value.kind === 'signal'
                ? ['nothing manages this keepalived: it is started again with its own command line']
                : []),
            ],
          },
        },
};
