import { timerExpiredBackupSurprise } from '../../../src/rules/timing/timer-expired-backup-surprise.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: timerExpiredBackupSurprise,
  fires: [
    {
      name: 'late, then BACKUP',
      model: n2Logged(
        [61, 'VRRP thread timer expired 3.200000 seconds ago'],
        [60, '(VI_1) Entering BACKUP STATE'],
      ),
      nodes: [['n2']],
      evidence: /expired 3\.2/,
      severity: 'low',
    },
    {
      name: 'twice',
      model: n2Logged(
        [500, 'VRRP thread timer expired 3.200000 seconds ago'],
        [499, '(VI_1) Entering BACKUP STATE'],
        [61, 'VRRP thread timer expired 4.200000 seconds ago'],
        [60, '(VI_1) Entering BACKUP STATE'],
      ),
      nodes: [['n2']],
      evidence: /expired 4\.2/,
    },
  ],
  silent: [
    ...quiet,
    { name: 'late, and still MASTER', model: n2Said('VRRP thread timer expired 3.200000 seconds ago') },
    {
      name: 'another timer',
      model: n2Logged(
        [61, 'A thread timer expired 3.200000 seconds ago'],
        [60, '(VI_1) Entering BACKUP STATE'],
      ),
    },
  ],
  unjudged: logUnread,
};
