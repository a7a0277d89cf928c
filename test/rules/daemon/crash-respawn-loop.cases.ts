import { crashRespawnLoop } from '../../../src/rules/daemon/crash-respawn-loop.ts';
import { logUnread, n2Logged, n2Said, n2Says, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /VRRP child process\(612\) died: Respawning/;

export const cases: RuleCases = {
  rule: crashRespawnLoop,
  fires: [
    {
      name: 'said while the check listened',
      model: n2Says('VRRP child process(612) died: Respawning'),
      nodes: [['n2']],
      evidence: said,
      severity: 'critical',
    },
    {
      name: 'in other words',
      model: n2Says(
        'keepalived_vrrp exited due to segmentation fault (SIGSEGV).',
        'Restart of VRRP process delayed 4 seconds to limit respawn rate',
      ),
      nodes: [['n2']],
      evidence: /Restart of VRRP process delayed 4 seconds to limit respawn rate/,
      severity: 'critical',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'VRRP child process(612) died: Respawning']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'something else, or since mended', model: n2Said('VRRP child process(612) died: Exiting') },
  ],
  unjudged: logUnread,
};
