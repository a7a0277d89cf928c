import { vmacMacAgeingSecondaryInterface } from '../../../src/rules/configuration/vmac-mac-ageing-secondary-interface.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vmacMacAgeingSecondaryInterface,
  fires: [
    {
      name: 'a VIP on eth2',
      model: trio({ vips: ['10.77.0.5', '10.78.0.5 dev eth2'], lines: ['use_vmac'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.78\.0\.5.* dev eth2/,
      severity: 'medium',
    },
    {
      name: 'an excluded VIP',
      model: trio({ lines: ['use_vmac', 'virtual_ipaddress_excluded {', '10.79.0.5 dev eth3', '}'] }),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /dev eth3/,
    },
  ],
  silent: [
    { name: 'no VMAC', model: trio({ vips: ['10.77.0.5', '10.78.0.5 dev eth2'] }) },
    {
      name: 'refreshed',
      model: trio({ vips: ['10.78.0.5 dev eth2'], lines: ['use_vmac', 'garp_master_refresh 60'] }),
    },
  ],
};
