import { secondInstanceOrStalePid } from '../../../src/rules/daemon/second-instance-or-stale-pid.ts';
import { logUnread, n2Logged, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /daemon is already running/;

export const cases: RuleCases = {
  rule: secondInstanceOrStalePid,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('daemon is already running'),
      nodes: [['n2']],
      evidence: said,
      severity: 'medium',
    },
    {
      name: 'in other words',
      model: n2Says('Another process has pid file /run/keepalived.pid locked'),
      nodes: [['n2']],
      evidence: /Another process has pid file \/run\/keepalived\.pid locked/,
      severity: 'medium',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'daemon is already running']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [...quiet],
  unjudged: logUnread,
};
