import { scriptUserMissing } from '../../../src/rules/configuration/script-user-missing.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said =
  /WARNING - default user 'keepalived_script' for script execution does not exist - please create\./;

export const cases: RuleCases = {
  rule: scriptUserMissing,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said(
        "WARNING - default user 'keepalived_script' for script execution does not exist - please create.",
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'in other words',
      model: n2Said("Unable to resolve default script username 'keepalived_script' - ignoring"),
      nodes: [['n2']],
      evidence: /Unable to resolve default script username 'keepalived_script' - ignoring/,
      severity: 'low',
    },
  ],
  silent: [...quiet],
  unjudged: logUnread,
};
