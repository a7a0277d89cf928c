import { configFileExecutableBit } from '../../../src/rules/configuration/config-file-executable-bit.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Configuration file '\/etc\/keepalived\/keepalived\.conf' is not a regular non-executable file/;

export const cases: RuleCases = {
  rule: configFileExecutableBit,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said(
        "Configuration file '/etc/keepalived/keepalived.conf' is not a regular non-executable file",
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'critical',
    },
    {
      name: 'in other words',
      model: n2Said(
        "Configuration file '/etc/keepalived/conf.d/a.conf' is not a regular non-executable file - skipping",
      ),
      nodes: [['n2']],
      evidence:
        /Configuration file '\/etc\/keepalived\/conf\.d\/a\.conf' is not a regular non-executable file - skipping/,
      severity: 'critical',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said(
        "Configuration file '/x' is not a regular non-executable file",
        'Starting Keepalived v2.2.7 (01/16,2022)',
      ),
    },
  ],
  unjudged: logUnread,
};
