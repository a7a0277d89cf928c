import type { Link } from '../../../src/cluster/model.ts';
import { known, unknown } from '../../../src/evidence/reading.ts';
import { interfaceDownFault } from '../../../src/rules/daemon/interface-down-fault.ts';
import {
  alsoMaster,
  changeHost,
  configures,
  healthy,
  link,
  logs,
  runs,
  situation,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const has = (name: string, ...links: readonly Link[]) => changeHost(name, { links: known(links) });

export const cases: RuleCases = {
  rule: interfaceDownFault,
  fires: [
    {
      name: 'n2 in FAULT, interface administratively down',
      model: situation(
        has('n2', link('eth1', { up: 'no', operState: 'DOWN', carrier: 'no' })),
        runs('n2', { state: 'FAULT' }),
        logs('n2', '(VI_1) Entering FAULT STATE'),
      ),
      nodes: [['n2']],
      evidence: /eth1: not UP, state DOWN/,
      severity: 'high',
    },
    {
      name: 'no carrier on the old master, which stays MASTER',
      model: situation(
        alsoMaster('n2'),
        has('n1', link('eth1', { operState: 'LOWERLAYERDOWN', carrier: 'no' })),
      ),
      nodes: [['n1']],
      evidence: /carrier no/,
      severity: 'critical',
    },
    {
      name: 'a tracked interface',
      model: situation(
        configures('n3', { trackedInterfaces: ['eth2'] }),
        has('n3', link('eth1'), link('eth2', { operState: 'DOWN', carrier: 'no' })),
        runs('n3', { state: 'FAULT' }),
      ),
      nodes: [['n3']],
      evidence: /eth2/,
      says: /tracks eth2/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'a driver that does not know its state',
      model: situation(has('n2', link('eth1', { operState: 'UNKNOWN', carrier: 'unknown' }))),
    },
    {
      name: 'another interface is down',
      model: situation(has('n2', link('eth1'), link('eth7', { up: 'no', operState: 'DOWN' }))),
    },
    {
      name: 'FAULT for another reason',
      model: situation(runs('n2', { state: 'FAULT', faults: ['script'] })),
    },
  ],
  unjudged: [
    {
      name: 'links unread',
      model: situation(changeHost('n2', { links: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
