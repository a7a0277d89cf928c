import { bootTimeLinkBlackout } from '../../../src/rules/timing/boot-time-link-blackout.ts';
import { logged, logUnread, n2Logged, quiet } from '../log-cases.ts';
import { booted, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: bootTimeLinkBlackout,
  fires: [
    {
      name: 'MASTER for three seconds after the boot',
      model: situation(
        booted('n2', 500),
        logged(
          [480, 'Starting Keepalived v2.2.7 (01/16,2022)'],
          [476, '(VI_1) Entering MASTER STATE'],
          [473, '(VI_1) Master received advert from 10.77.0.11 with higher priority 100, ours 99'],
          [473, '(VI_1) Entering BACKUP STATE'],
        ),
      ),
      nodes: [['n2']],
      evidence: /Entering MASTER STATE/,
      severity: 'high',
    },
    {
      name: 'half a day ago',
      model: situation(
        booted('n2', 43_300),
        logged(
          [43_250, '(VI_1) Entering MASTER STATE'],
          [43_247, '(VI_1) Master received advert from 10.77.0.11 with higher priority 100, ours 99'],
        ),
      ),
      nodes: [['n2']],
      evidence: /Entering MASTER STATE/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'long after the boot',
      model: n2Logged(
        [476, '(VI_1) Entering MASTER STATE'],
        [473, '(VI_1) Master received advert from 10.77.0.11 with higher priority 100, ours 99'],
      ),
    },
    {
      name: 'rightly MASTER after the boot',
      model: situation(booted('n2', 500), logged([476, '(VI_1) Entering MASTER STATE'])),
    },
  ],
  unjudged: logUnread,
};
