import { checkScriptTargetsVip } from '../../../src/rules/configuration/check-script-targets-vip.ts';
import { trio } from '../paper-model.ts';

const asking = (command: string) => ({
  before: `vrrp_script chk {\n  script "${command}"\n}`,
  lines: ['track_script {', 'chk', '}'],
});

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: checkScriptTargetsVip,
  fires: [
    {
      name: 'curl to the VIP',
      model: trio(asking('curl -sf http://10.77.0.5/')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.5/,
      severity: 'medium',
    },
    {
      name: 'ping',
      model: trio(asking('/bin/ping -c1 10.77.0.5')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /ping/,
    },
  ],
  silent: [
    { name: 'localhost', model: trio(asking('curl -sf http://127.0.0.1/')) },
    { name: 'an address that begins alike', model: trio(asking('ping 10.77.0.50')) },
  ],
};
