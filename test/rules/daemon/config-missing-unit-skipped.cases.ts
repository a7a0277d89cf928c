import { known, unknown } from '../../../src/evidence/reading.ts';
import { configMissingUnitSkipped } from '../../../src/rules/daemon/config-missing-unit-skipped.ts';
import { changeNode, healthy, situation, stopped } from '../model-builder.ts';

const skipped = known({
  manager: 'systemd' as const,
  name: 'keepalived.service',
  activeState: 'inactive',
  subState: 'dead',
  enablement: 'enabled',
  reason: 'a condition of the unit was not met',
});

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: configMissingUnitSkipped,
  fires: [
    {
      name: 'the journal names the condition',
      model: situation(
        stopped('n2'),
        changeNode('n2', {
          unit: skipped,
          log: known([
            {
              text: 'systemd[1]: keepalived.service was skipped because of an unmet condition check (ConditionFileNotEmpty=/etc/keepalived/keepalived.conf).',
            },
          ]),
        }),
      ),
      nodes: [['n2']],
      evidence: /ConditionFileNotEmpty/,
      severity: 'critical',
    },
    {
      name: 'no configuration was found',
      model: situation(
        stopped('n2'),
        changeNode('n2', { unit: skipped, configuration: unknown('no configuration was shown') }),
      ),
      nodes: [['n2']],
      evidence: /condition/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'stopped by hand', model: situation(stopped('n2')) },
    { name: 'another condition', model: situation(stopped('n2'), changeNode('n2', { unit: skipped })) },
  ],
  unjudged: [
    {
      name: 'unit unread',
      model: situation(changeNode('n2', { unit: unknown('no service manager') })),
      reason: /no service manager/,
    },
  ],
};
