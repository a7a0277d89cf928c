import { unknownKeywordIgnored } from '../../../src/rules/configuration/unknown-keyword-ignored.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /\(\/etc\/keepalived\/keepalived\.conf: Line 12\) Unknown keyword 'nopreemt'/;

export const cases: RuleCases = {
  rule: unknownKeywordIgnored,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said("(/etc/keepalived/keepalived.conf: Line 12) Unknown keyword 'nopreemt'"),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said("(Line 7) Unknown keyword 'unicast_peers'"),
      nodes: [['n2']],
      evidence: /\(Line 7\) Unknown keyword 'unicast_peers'/,
      severity: 'high',
    },
  ],
  silent: [
    ...quiet,
    { name: 'something else, or since mended', model: n2Said("(Line 7) Unknown keyword 'x'", 'Reloading') },
  ],
  unjudged: logUnread,
};
