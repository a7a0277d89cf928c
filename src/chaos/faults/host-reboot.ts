// The whole node is rebooted, services not stopped in order. Nothing can undo a reboot and nothing armed on the node
// outlives it, so the undo is that the node comes back by itself: refused where that cannot be seen beforehand.
import { runsCommand, startCommand } from '../manager.ts';
import { type Fault, refused } from './fault.ts';

/** Firmware and memory tests of real servers take minutes, ms. */
const awayMs = 600_000;

export const hostReboot: Fault = {
  name: 'host-reboot',
  describe: 'the node is rebooted, its services not stopped in order (systemctl reboot --force)',
  // systemd-shutdown(8) sends SIGTERM to what is left, and keepalived answers that with priority 0.
  expectedClass: 'graceful',
  doneTo: 'master',
  partOfAll: 'no',
  plan: ({ node, manager, systemd, unitState, bootId }) => {
    if (systemd === 'absent')
      return refused(`${node} has no systemd: whether keepalived starts with it is not known`, 'no-systemd');
    if (manager.kind === 'unknown')
      return refused(`it is not known what manages keepalived on ${node}: ${manager.reason}`);
    if (manager.value.kind !== 'systemctl')
      return refused(
        `keepalived on ${node} is no unit of systemd: whether it starts with the node is not known`,
        'not-enabled',
      );
    if (unitState !== 'enabled')
      return refused(
        `${manager.value.unit} on ${node} is ${unitState ?? 'of unknown enablement'}: it would not start with the node`,
        'not-enabled',
      );
    if (bootId === undefined)
      return refused(`${node} does not tell its boots apart: whether it rebooted could not be known`);
    return {
      kind: 'deed',
      deed: {
        fault: 'host-reboot',
        node,
        prepare: '',
        inject: 'systemctl reboot --force',
        // For a node that refused to reboot half-way; after the boot keepalived has started by itself.
        heal: startCommand(manager.value),
        healed: [
          'case $(systemctl is-system-running 2>/dev/null) in stopping|offline|unknown|"") false ;; *) : ;; esac &&',
          `  read -r vd_boot </proc/sys/kernel/random/boot_id && [ "$vd_boot" != ${bootId} ] &&`,
          `  ${runsCommand(manager.value)}`,
        ].join('\n'),
        expectedClass: 'graceful',
        controlPath: 'cut',
        secondSender: 'not-expected',
        awayMs,
        risks: [
          `everything on ${node} goes down with it, and nobody but ${node} itself brings it back`,
          `what is armed on ${node} ends with it: after the reboot there is nothing to undo, and ${manager.value.unit} is enabled`,
          `what ${node} does not keep over a reboot (addresses, routes, packet filter rules set by hand) is lost, and told as a difference`,
        ],
      },
    };
  },
};
