import { vmPauseSnapshotMigration } from '../../../src/rules/timing/vm-pause-snapshot-migration.ts';
import { type Aged, logged, logUnread, n2Said, quiet } from '../log-cases.ts';
import { onHardware, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vmPauseSnapshotMigration,
  fires: [
    {
      name: 'paused again and again, with elections',
      model: situation(
        onHardware('n2', 'VMware, Inc. VMware7,1'),
        logged(
          ...[1500, 800, 62].flatMap((ago): readonly Aged[] => [
            [ago, 'A thread timer expired 7.500000 seconds ago'],
            [ago - 1, '(VI_1) Entering BACKUP STATE'],
          ]),
        ),
      ),
      nodes: [['n2']],
      evidence: /expired 7\.5/,
      says: /stood still for 7\.5 s/,
      severity: 'high',
    },
    {
      name: 'once, and over',
      model: situation(
        onHardware('n2', 'VMware, Inc. VMware7,1'),
        logged([62, 'A thread timer expired 7.500000 seconds ago'], [61, '(VI_1) Entering BACKUP STATE']),
      ),
      nodes: [['n2']],
      evidence: /expired 7\.5/,
      severity: 'low',
    },
    {
      name: 'yesterday',
      model: situation(
        onHardware('n2', 'QEMU Standard PC'),
        logged([90_000, 'A thread timer expired 3.100000 seconds ago']),
      ),
      nodes: [['n2']],
      evidence: /expired 3\.1/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'no virtual machine', model: n2Said('A thread timer expired 7.500000 seconds ago') },
    {
      name: 'one second: the processor',
      model: situation(
        onHardware('n2', 'QEMU Standard PC'),
        logged([60, 'A thread timer expired 1.000000 seconds ago']),
      ),
    },
  ],
  unjudged: logUnread,
};
