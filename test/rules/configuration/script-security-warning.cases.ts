import { scriptSecurityWarning } from '../../../src/rules/configuration/script-security-warning.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /SECURITY VIOLATION - scripts are being executed but script_security not enabled\./;

export const cases: RuleCases = {
  rule: scriptSecurityWarning,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('SECURITY VIOLATION - scripts are being executed but script_security not enabled.'),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'in other words',
      model: n2Said(
        'Reloading',
        'SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
      ),
      nodes: [['n2']],
      evidence: /SECURITY VIOLATION - scripts are being executed but script_security not enabled\./,
      severity: 'low',
    },
  ],
  silent: [...quiet],
  unjudged: logUnread,
};
