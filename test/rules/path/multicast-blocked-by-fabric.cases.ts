import { known } from '../../../src/evidence/reading.ts';
import { multicastBlockedByFabric } from '../../../src/rules/path/multicast-blocked-by-fabric.ts';
import {
  alsoMaster,
  changeHost,
  climbs,
  healthy,
  link,
  lostInKernel,
  lostOnNetwork,
  names,
  situation,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));

export const cases: RuleCases = {
  rule: multicastBlockedByFabric,
  fires: [
    {
      name: 'no node hears any other',
      model: situation(
        alsoMaster('n2'),
        alsoMaster('n3'),
        ...pairs.map(([from, to]) => lostOnNetwork(from, to)),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /sent 4, arrived 0/,
      severity: 'critical',
    },
    {
      name: 'n2 is cut off from the other two',
      model: situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        lostOnNetwork('n2', 'n1'),
        lostOnNetwork('n2', 'n3'),
      ),
      nodes: [['n2']],
      evidence: /n1 → n2/,
      says: /cuts n2 off/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'adverts arrive and die in the kernel',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2')),
    },
    { name: 'lost in one direction only', model: situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2')) },
    {
      name: 'unicast is lost: not a matter of multicast',
      model: situation(unicast, alsoMaster('n2'), lostOnNetwork('n1', 'n2'), lostOnNetwork('n2', 'n1')),
    },
    {
      name: 'the receiver left the group',
      model: situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        climbs('n2', 'n1', { due: 'no' }),
        changeHost('n2', { memberships: known({ eth1: ['224.0.0.1'] }) }),
      ),
    },
    {
      name: 'the interface of the receiver is down',
      model: situation(
        lostOnNetwork('n1', 'n2'),
        changeHost('n2', { links: known([link('eth1', { operState: 'DOWN', carrier: 'no' })]) }),
      ),
    },
  ],
  unjudged: [
    {
      name: 'nobody could capture',
      model: { ...healthy(), ladder: healthy().ladder.map((cell) => ({ ...cell, arrived: 'unknown' })) },
      reason: /could not be captured/,
    },
  ],
};
