import { known, unknown } from '../../../src/evidence/reading.ts';
import { keepalivedDisabledOrStopped } from '../../../src/rules/daemon/keepalived-disabled-or-stopped.ts';
import {
  changeNode,
  changeProcess,
  healthy,
  names,
  situation,
  stopped,
  unreachable,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const unit = (activeState: string, enablement: string, reason?: string) => ({
  unit: known({
    manager: 'systemd' as const,
    name: 'keepalived.service',
    activeState,
    enablement,
    ...(reason === undefined ? {} : { reason }),
  }),
});

export const cases: RuleCases = {
  rule: keepalivedDisabledOrStopped,
  fires: [
    {
      name: 'a BACKUP is stopped while n1 serves',
      model: situation(stopped('n2')),
      nodes: [['n2']],
      evidence: /keepalived\.service: inactive \(dead\), enabled/,
      severity: 'high',
      says: /less redundancy/,
    },
    {
      name: 'stopped everywhere',
      model: situation(...names.map(stopped)),
      nodes: [['n1'], ['n2'], ['n3']],
      evidence: /no keepalived process/,
      severity: 'critical',
    },
    {
      name: 'skipped by its condition',
      model: situation(
        stopped('n3'),
        changeNode(
          'n3',
          unit('inactive', 'disabled', 'ConditionFileNotEmpty=/etc/keepalived/keepalived.conf was not met'),
        ),
      ),
      nodes: [['n3']],
      evidence: /ConditionFileNotEmpty/,
    },
    {
      name: 'running, but not after the next boot',
      model: situation(changeNode('n2', unit('active', 'disabled'))),
      nodes: [['n2']],
      evidence: /disabled/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'a container needs no unit',
      model: situation(
        changeProcess('n2', { managedBy: 'docker' }),
        changeNode('n2', unit('inactive', 'disabled')),
      ),
    },
  ],
  unjudged: [
    { name: 'a node could not be reached', model: situation(unreachable('n3')), reason: /n3/ },
    {
      name: 'a node without keepalived',
      model: situation(
        stopped('n3'),
        changeNode('n3', { unit: unknown('no unit'), configuration: unknown('no file') }),
      ),
      reason: /neither a keepalived configuration nor a unit/,
    },
  ],
};
