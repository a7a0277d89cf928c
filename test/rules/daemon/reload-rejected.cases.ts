import { reloadRejected } from '../../../src/rules/daemon/reload-rejected.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /New config failed validation, see \/tmp\/keepalived\.check for details/;

export const cases: RuleCases = {
  rule: reloadRejected,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('New config failed validation, see /tmp/keepalived.check for details'),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said('Reloading', 'New config failed validation, see /var/log/x for details'),
      nodes: [['n2']],
      evidence: /New config failed validation, see \/var\/log\/x for details/,
      severity: 'high',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('New config failed validation, see /tmp/x for details', 'Reloading', 'Startup complete'),
    },
  ],
  unjudged: logUnread,
};
