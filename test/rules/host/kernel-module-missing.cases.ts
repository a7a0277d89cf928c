import { kernelModuleMissing } from '../../../src/rules/host/kernel-module-missing.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /IPVS: Can't initialize ipvs: Protocol not available/;

export const cases: RuleCases = {
  rule: kernelModuleMissing,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said("IPVS: Can't initialize ipvs: Protocol not available"),
      nodes: [['n2']],
      evidence: said,
      severity: 'medium',
    },
    {
      name: 'in other words',
      model: n2Said("IPVS: Can't initialize ipvs: No such file or directory"),
      nodes: [['n2']],
      evidence: /IPVS: Can't initialize ipvs: No such file or directory/,
      severity: 'medium',
    },
  ],
  silent: [...quiet],
  unjudged: logUnread,
};
