import { trackScriptDisabled } from '../../../src/rules/configuration/track-script-disabled.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Disabling track script chk_haproxy due to insecure/;

export const cases: RuleCases = {
  rule: trackScriptDisabled,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('Disabling track script chk_haproxy due to insecure'),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said(
        "WARNING - script '/usr/local/bin/check' is not executable for uid:gid 998:998 - disabling.",
      ),
      nodes: [['n2']],
      evidence:
        /WARNING - script '\/usr\/local\/bin\/check' is not executable for uid:gid 998:998 - disabling\./,
      severity: 'high',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('Disabling track script chk since not found/accessible', 'Reloading'),
    },
  ],
  unjudged: logUnread,
};
