import { unknown } from '../../../src/evidence/reading.ts';
import { containerNotHostNetwork } from '../../../src/rules/host/container-not-host-network.ts';
import { changeNode, changeProcess, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: containerNotHostNetwork,
  fires: [
    {
      name: 'docker',
      model: situation(changeProcess('n2', { managedBy: 'docker', networkNamespace: 'own' })),
      nodes: [['n2']],
      evidence: /PID 600 \(docker\)/,
      severity: 'high',
    },
    {
      name: 'podman',
      model: situation(changeProcess('n1', { managedBy: 'podman', networkNamespace: 'own' })),
      nodes: [['n1']],
      evidence: /podman/,
    },
  ],
  silent: [
    {
      name: 'host network',
      model: situation(changeProcess('n2', { managedBy: 'docker', networkNamespace: 'host' })),
    },
    { name: 'a namespace by systemd', model: situation(changeProcess('n2', { networkNamespace: 'own' })) },
  ],
  unjudged: [
    {
      name: 'processes unread',
      model: situation(changeNode('n2', { processes: unknown('no /proc') })),
      reason: /no \/proc/,
    },
  ],
};
