import { known, unknown } from '../../../src/evidence/reading.ts';
import { interfaceMissingOrRenamed } from '../../../src/rules/daemon/interface-missing-or-renamed.ts';
import {
  changeHost,
  changeInstance,
  changeProcess,
  healthy,
  link,
  logs,
  runs,
  situation,
  stopped,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const renamed = changeHost('n2', {
  links: known([link('lo'), link('ens18', { addresses: ['10.77.0.12/24'] })]),
});

export const cases: RuleCases = {
  rule: interfaceMissingOrRenamed,
  fires: [
    {
      name: 'eth1 became ens18 and keepalived ended',
      model: situation(
        stopped('n2'),
        renamed,
        logs(
          'n2',
          "WARNING - interface eth1 for vrrp_instance VI_1 doesn't exist",
          'exited with permanent error CONFIG. Terminating',
        ),
      ),
      nodes: [['n2']],
      evidence: /doesn't exist/,
      says: /ens18 is in the network of the VIP/,
      severity: 'high',
    },
    {
      name: 'dynamic interfaces: it waits in FAULT',
      model: situation(renamed, runs('n2', { state: 'FAULT' })),
      nodes: [['n2']],
      evidence: /links: lo, ens18/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'down is not missing',
      model: situation(changeHost('n2', { links: known([link('eth1', { up: 'no', operState: 'DOWN' })]) })),
    },
    { name: 'unicast without an interface', model: situation(changeInstance('n2', { interface: '' })) },
    { name: 'it runs as BACKUP, so it has its interface', model: situation(renamed) },
  ],
  unjudged: [
    {
      name: 'a namespace of its own',
      model: situation(
        renamed,
        runs('n2', { state: 'FAULT' }),
        changeProcess('n2', { networkNamespace: 'own' }),
      ),
      reason: /namespace/,
    },
    {
      name: 'links unread',
      model: situation(changeHost('n2', { links: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
