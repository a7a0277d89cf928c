import { startupAfterNetwork } from '../../../src/rules/timing/startup-after-network.ts';
import { logged, logUnread, n2Logged, quiet } from '../log-cases.ts';
import { booted, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: startupAfterNetwork,
  fires: [
    {
      name: 'no address yet',
      model: situation(
        booted('n2', 700),
        logged(
          [690, 'Starting Keepalived v2.2.7 (01/16,2022)'],
          [689, '(VI_1) entering FAULT state (no IPv4 address for interface)'],
        ),
      ),
      nodes: [['n2']],
      evidence: /no IPv4 address/,
      severity: 'low',
    },
    {
      name: 'link down yet',
      model: situation(
        booted('n2', 700),
        logged(
          [690, 'Starting Keepalived v2.2.7 (01/16,2022)'],
          [685, '(VI_1) entering FAULT state (interface eth1 down)'],
        ),
      ),
      nodes: [['n2']],
      evidence: /interface eth1 down/,
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'FAULT long after the boot',
      model: n2Logged(
        [600, 'Starting Keepalived v2.2.7 (01/16,2022)'],
        [599, '(VI_1) entering FAULT state (interface eth1 down)'],
      ),
    },
    {
      name: 'started well',
      model: situation(booted('n2', 700), logged([690, 'Starting Keepalived v2.2.7 (01/16,2022)'])),
    },
  ],
  unjudged: logUnread,
};
