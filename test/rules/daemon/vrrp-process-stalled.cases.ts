import type { RawSocket } from '../../../src/cluster/model.ts';
import { unknown } from '../../../src/evidence/reading.ts';
import { vrrpProcessStalled } from '../../../src/rules/daemon/vrrp-process-stalled.ts';
import { alsoMaster, changeNode, changeProcess, healthy, lostAtSender, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const socket = (before: number, after: number, drops = 0): RawSocket => ({
  protocol: 112,
  localAddress: '224.0.0.18',
  receiveQueueBytes: { before, after },
  drops: { before: 0, after: drops },
});

export const cases: RuleCases = {
  rule: vrrpProcessStalled,
  fires: [
    {
      name: 'stopped by a signal',
      model: situation(lostAtSender('n1'), alsoMaster('n2'), changeProcess('n1', { vrrpRunState: 'T' })),
      nodes: [['n1']],
      evidence: /process 601: state T/,
      severity: 'critical',
    },
    {
      name: 'frozen: sleeping, with a queue that grows',
      model: situation(changeProcess('n2', { rawSockets: [socket(77440, 80512)] })),
      nodes: [['n2']],
      evidence: /receive queue 77440 → 80512/,
    },
    {
      name: 'stuck in the kernel',
      model: situation(changeProcess('n2', { vrrpRunState: 'D', rawSockets: [socket(0, 3072)] })),
      nodes: [['n2']],
      evidence: /state D/,
      says: /stuck in the kernel/,
    },
    {
      name: 'the queue is full and drops',
      model: situation(changeProcess('n3', { rawSockets: [socket(212992, 212992, 9)] })),
      nodes: [['n3']],
      evidence: /drops 0 → 9/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'waiting for a disk at the moment of the look',
      model: situation(changeProcess('n2', { vrrpRunState: 'D' })),
    },
    {
      name: 'one advert not read yet',
      model: situation(changeProcess('n2', { rawSockets: [socket(0, 768)] })),
    },
    { name: 'a queue that drains', model: situation(changeProcess('n2', { rawSockets: [socket(3072, 0)] })) },
  ],
  unjudged: [
    {
      name: 'processes unread',
      model: situation(changeNode('n2', { processes: unknown('lost') })),
      reason: /n2: lost/,
    },
  ],
};
