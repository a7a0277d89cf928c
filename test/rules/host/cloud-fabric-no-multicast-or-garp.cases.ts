import { unknown } from '../../../src/evidence/reading.ts';
import { cloudFabricNoMulticastOrGarp } from '../../../src/rules/host/cloud-fabric-no-multicast-or-garp.ts';
import { type Change, changeHost, healthy, inCloud, onHardware, situation } from '../model-builder.ts';
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
      model: situation(inCloud('n2', 'AWS')),
      nodes: [['n2']],
      evidence: /AWS/,
      severity: 'high',
    },
    {
      name: 'all nodes in Azure are one finding',
      model: situation(inCloud('n1', 'Azure'), inCloud('n2', 'Azure'), inCloud('n3', 'Azure')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /no notify script/,
      severity: 'high',
    },
    {
      name: 'OpenStack is a remark, whatever scripts there are',
      model: situation(inCloud('n1', 'OpenStack'), scripted),
      nodes: [['n1']],
      evidence: /OpenStack/,
      says: /only where its ports allow it/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'bare metal', model: healthy() },
    { name: 'KVM', model: situation(onHardware('n2', 'QEMU Standard PC')) },
    { name: 'a script does it', model: situation(inCloud('n2', 'AWS'), scripted) },
  ],
  unjudged: [
    {
      name: 'machine unread',
      model: situation(changeHost('n2', { machine: unknown('no answer') })),
      reason: /no answer/,
    },
  ],
};
