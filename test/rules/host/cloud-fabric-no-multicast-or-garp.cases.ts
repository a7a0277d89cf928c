import { unknown } from '../../../src/evidence/reading.ts';
import { cloudFabricNoMulticastOrGarp } from '../../../src/rules/host/cloud-fabric-no-multicast-or-garp.ts';
import { type Change, changeHost, healthy, onHardware, situation } from '../model-builder.ts';
import { trio } from '../paper-model.ts';

const scripted: Change = (model) => ({
  ...model,
  configurations: trio({ lines: ['notify_master /usr/local/bin/move-eni'] }).configurations,
});

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: cloudFabricNoMulticastOrGarp,
  fires: [
    {
      name: 'AWS',
      model: situation(onHardware('n2', 'Amazon EC2 t3.small')),
      nodes: [['n2']],
      evidence: /Amazon EC2/,
      severity: 'high',
    },
    {
      name: 'Google',
      model: situation(onHardware('n1', 'Google Google Compute Engine')),
      nodes: [['n1']],
      evidence: /Compute Engine/,
    },
  ],
  silent: [
    { name: 'bare metal', model: healthy() },
    { name: 'KVM', model: situation(onHardware('n2', 'QEMU Standard PC')) },
    { name: 'a script does it', model: situation(onHardware('n2', 'Amazon EC2 t3.small'), scripted) },
  ],
  unjudged: [
    {
      name: 'machine unread',
      model: situation(changeHost('n2', { machine: unknown('no answer') })),
      reason: /no answer/,
    },
  ],
};
