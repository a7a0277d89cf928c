import { rlimitRttimeKill } from '../../../src/rules/timing/rlimit-rttime-kill.ts';
import { logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /keepalived_vrrp exited due to signal 9 \(Killed\) - has rlimit_rttime been exceeded\?/;

export const cases: RuleCases = {
  rule: rlimitRttimeKill,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('keepalived_vrrp exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?'),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Says('vrrp process has used too much CPU time, vrrp_rlimit_rttime may need to be increased'),
      nodes: [['n2']],
      evidence: /vrrp process has used too much CPU time, vrrp_rlimit_rttime may need to be increased/,
      severity: 'high',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([
        90_000,
        'keepalived_vrrp exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?',
      ]),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('keepalived_vrrp exited due to signal 15 (Terminated)'),
    },
  ],
  unjudged: logUnread,
};
