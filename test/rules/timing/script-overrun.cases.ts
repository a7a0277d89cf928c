import { scriptOverrun } from '../../../src/rules/timing/script-overrun.ts';
import { logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Track script chk_haproxy is already running, expect idle - skipping run/;

export const cases: RuleCases = {
  rule: scriptOverrun,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('Track script chk_haproxy is already running, expect idle - skipping run'),
      nodes: [['n2']],
      evidence: said,
      severity: 'medium',
    },
    {
      name: 'in other words',
      model: n2Says('VRRP_Script(chk_haproxy) timed_out'),
      nodes: [['n2']],
      evidence: /VRRP_Script\(chk_haproxy\) timed_out/,
      severity: 'medium',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'Track script chk_haproxy is already running, expect idle - skipping run']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('VRRP_Script(chk_haproxy) failed (exited with status 1)'),
    },
  ],
  unjudged: logUnread,
};
