import { known, unknown } from '../../../src/evidence/reading.ts';
import { containerMissingCapability } from '../../../src/rules/host/container-missing-capability.ts';
import { changeNode, changeProcess, healthy, logs, situation, stopped } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

// What Docker grants by default: NET_RAW but not NET_ADMIN.
const dockerDefault = 0x00000000a80425fbn;

export const cases: RuleCases = {
  rule: containerMissingCapability,
  fires: [
    {
      name: 'a container with the default set',
      model: situation(
        changeProcess('n2', { managedBy: 'docker', effectiveCapabilities: dockerDefault }),
        logs('n2', 'Netlink: error: Operation not permitted(1), type=RTM_NEWADDR(20)'),
      ),
      nodes: [['n2']],
      evidence: /bit 12 NET_ADMIN is clear/,
      says: /lacks NET_ADMIN/,
      severity: 'high',
    },
    {
      name: 'neither of them',
      model: situation(changeProcess('n3', { managedBy: 'podman', effectiveCapabilities: 0n })),
      nodes: [['n3']],
      evidence: /CapEff: 0000000000000000/,
      says: /NET_RAW and NET_ADMIN/,
    },
    {
      name: 'a unit that bounds capabilities',
      model: situation(changeProcess('n1', { effectiveCapabilities: 1n << 12n })),
      nodes: [['n1']],
      evidence: /bit 13 NET_RAW is clear/,
      severity: 'critical',
    },
    {
      name: 'it ended at its last start',
      model: situation(
        stopped('n2'),
        logs(
          'n2',
          'Starting Keepalived v2.2.7 (01/16,2022)',
          'Keepalived_vrrp[700]: cant open raw socket. errno=1',
        ),
      ),
      nodes: [['n2']],
      evidence: /cant open raw socket\. errno=1/,
      says: /for want of NET_RAW/,
    },
    {
      name: 'its unit withholds one, and it failed to start',
      model: situation(
        stopped('n2'),
        changeNode('n2', {
          unit: known({
            manager: 'systemd',
            name: 'keepalived.service',
            activeState: 'failed',
            capabilityBoundingSet: ['cap_chown', 'cap_net_admin'],
          }),
        }),
      ),
      nodes: [['n2']],
      evidence: /CapabilityBoundingSet of keepalived\.service lacks cap_net_raw/,
      says: /keepalived\.service withholds NET_RAW/,
      severity: 'high',
    },
  ],
  silent: [
    {
      name: 'its unit withholds one, but it was stopped in good order',
      model: situation(
        stopped('n2'),
        changeNode('n2', {
          unit: known({
            manager: 'systemd',
            name: 'keepalived.service',
            activeState: 'inactive',
            capabilityBoundingSet: ['cap_net_admin'],
          }),
        }),
      ),
    },
    {
      name: 'missing permission by errno 13 is SELinux',
      model: situation(
        stopped('n2'),
        logs(
          'n2',
          'Starting Keepalived v2.2.7 (01/16,2022)',
          'Keepalived_vrrp[700]: cant open raw socket. errno=13',
          'Keepalived_vrrp exited with permanent error missing permission. Terminating',
        ),
      ),
    },
    {
      name: 'an egress firewall refused its adverts before it was stopped',
      model: situation(stopped('n1'), logs('n1', '(VI_1): send advert error 1 (Operation not permitted)')),
    },
    {
      name: 'denied in an earlier run, stopped in good order since',
      model: situation(
        stopped('n2'),
        logs(
          'n2',
          'cant open raw socket. errno=1',
          'Starting Keepalived v2.2.7 (01/16,2022)',
          'Stopped Keepalived',
        ),
      ),
    },
    {
      name: 'errno 13 is SELinux, another rule',
      model: situation(stopped('n2'), logs('n2', 'cant open raw socket. errno=13')),
    },
    { name: 'healthy', model: healthy() },
    {
      name: 'a container with just these two',
      model: situation(
        changeProcess('n2', { managedBy: 'docker', effectiveCapabilities: (1n << 12n) | (1n << 13n) }),
      ),
    },
  ],
  unjudged: [
    {
      name: 'processes unread',
      model: situation(changeNode('n2', { processes: unknown('hidepid') })),
      reason: /hidepid/,
    },
  ],
};
