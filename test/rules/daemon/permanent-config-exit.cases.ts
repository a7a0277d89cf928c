import { permanentConfigExit } from '../../../src/rules/daemon/permanent-config-exit.ts';
import { logged, logUnread, n2Said, quiet, started } from '../log-cases.ts';
import { situation, stopped } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: permanentConfigExit,
  fires: [
    {
      name: 'a configuration it cannot run',
      model: situation(
        stopped('n2'),
        logged([50, 'pid 612 exited with permanent error CONFIG. Terminating']),
      ),
      nodes: [['n2']],
      evidence: /permanent error CONFIG/,
      severity: 'high',
    },
    {
      name: 'no rights',
      model: situation(
        stopped('n2'),
        logged(started, [50, 'keepalived_vrrp exited with permanent error missing permission. Terminating']),
      ),
      nodes: [['n2']],
      evidence: /missing permission/,
    },
  ],
  silent: [
    ...quiet,
    { name: 'it runs again', model: n2Said('pid 612 exited with permanent error CONFIG. Terminating') },
    {
      name: 'an earlier start ended so, the last was stopped',
      model: situation(
        stopped('n2'),
        logged([900, 'pid 612 exited with permanent error CONFIG. Terminating'], started, [30, 'Stopped']),
      ),
    },
  ],
  unjudged: logUnread,
};
