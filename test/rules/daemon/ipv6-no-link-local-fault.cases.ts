import { known, unknown } from '../../../src/evidence/reading.ts';
import { ipv6NoLinkLocalFault } from '../../../src/rules/daemon/ipv6-no-link-local-fault.ts';
import {
  type Change,
  changeHost,
  changeInstance,
  healthy,
  link,
  names,
  runs,
  situation,
} from '../model-builder.ts';

const has = (name: string, ...addresses: readonly string[]) =>
  changeHost(name, { links: known([link('eth1', { addresses })]) });

const six: Change = (model) =>
  names.reduce((next, name) => changeInstance(name, { family: 'ipv6' })(next), model);

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: ipv6NoLinkLocalFault,
  fires: [
    {
      name: 'no address at all',
      model: situation(six, runs('n2', { state: 'FAULT' }), has('n2')),
      nodes: [['n2']],
      evidence: /eth1: no address/,
      severity: 'critical',
    },
    {
      name: 'a global address only',
      model: situation(six, runs('n3', { state: 'FAULT' }), has('n3', 'fd00::3/64')),
      nodes: [['n3']],
      evidence: /fd00::3/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'FAULT for another reason',
      model: situation(six, runs('n2', { state: 'FAULT' }), has('n2', 'fe80::2/64')),
    },
    { name: 'IPv4', model: situation(runs('n2', { state: 'FAULT' }), has('n2')) },
  ],
  unjudged: [
    {
      name: 'links unread',
      model: situation(six, changeHost('n2', { links: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
