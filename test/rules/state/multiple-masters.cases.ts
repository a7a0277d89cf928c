import { unknown } from '../../../src/evidence/reading.ts';
import { multipleMasters } from '../../../src/rules/state/multiple-masters.ts';
import {
  alsoMaster,
  changeInstance,
  configures,
  healthy,
  hears,
  held,
  lostAtSender,
  names,
  runs,
  says,
  silentBackup,
  situation,
  stream,
  versionThree,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const at = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n;

export const cases: RuleCases = {
  rule: multipleMasters,
  fires: [
    {
      name: 'two nodes say MASTER and both advertise',
      model: situation(alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /VI_1 on eth1: MASTER/,
      severity: 'critical',
    },
    {
      name: 'a MASTER nobody hears beside one that everybody hears',
      model: situation(lostAtSender('n1'), alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /vrid 101, prio 99/,
    },
    {
      name: 'the state of one is unknown, its adverts go on beside those of the other',
      model: situation(alsoMaster('n2'), changeInstance('n2', { running: unknown('no dump') })),
      nodes: [['n1', 'n2']],
      evidence: /prio 99/,
    },
    {
      name: 'one fell silent, for what it refuses keeps it from sending, and holds its VIP still',
      model: situation(
        alsoMaster('n2'),
        says('n1', { firstAtNs: at(100), lastAtNs: at(100), count: 1 }),
        says('n2', { firstAtNs: at(100.5), lastAtNs: at(103.5), count: 4 }),
        held('n1', 'n2'),
      ),
      nodes: [['n1', 'n2']],
      evidence: /MASTER, effective priority 100/,
    },
    {
      name: 'each for an address of its own',
      model: situation(configures('n2', { vips: ['10.77.0.99/32'] }), alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /prio 99/,
      says: /each for addresses of its own/,
    },
    {
      name: 'all three',
      model: situation(alsoMaster('n2'), alsoMaster('n3')),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /prio 98/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'healthy with fast adverts', model: situation(versionThree) },
    {
      name: 'a hand-over while listening: n1 says goodbye, n2 begins',
      model: situation(
        says('n1', { lastAtNs: at(101), count: 2 }),
        hears(
          ...names.map((name) =>
            stream('n1', name, { priority: 0, count: 1, firstAtNs: at(101.5), lastAtNs: at(101.5) }),
          ),
        ),
        hears(
          ...names.map((name) => stream('n2', name, { firstAtNs: at(102.1), lastAtNs: at(104.1), count: 3 })),
        ),
        runs('n2', { state: 'MASTER' }),
        held('n2'),
      ),
    },
    {
      name: 'a hand-over after a crash: n1 falls silent, n2 begins; the state of n1 was read before',
      model: situation(
        says('n1', { lastAtNs: at(100.5), count: 1 }),
        hears(
          ...names.map((name) => stream('n2', name, { firstAtNs: at(104), lastAtNs: at(107), count: 4 })),
        ),
        runs('n2', { state: 'MASTER' }),
        held('n2'),
      ),
    },
    {
      name: 'a BACKUP that took over for a moment and was outranked by a MASTER who went on all along',
      model: situation(
        hears(
          ...names.map((name) => stream('n2', name, { firstAtNs: at(100.2), lastAtNs: at(101.2), count: 2 })),
        ),
      ),
    },
    {
      name: 'a BACKUP that sent a single advert',
      model: situation(hears(stream('n2', 'n3', { count: 1, firstAtNs: at(101), lastAtNs: at(101) }))),
    },
  ],
  unjudged: [
    {
      name: 'no states and no ears',
      model: {
        ...situation(
          silentBackup('n1'),
          ...names.map((name) => changeInstance(name, { running: unknown('no rights') })),
        ),
        adverts: { streams: [], carp: [], ears: [{ at: 'n1', heard: 'no', reason: 'no tcpdump' }] },
      },
      reason: /neither states nor adverts/,
    },
    {
      name: 'no instance at all',
      model: { ...healthy(), groups: [], instances: [], ladder: [], holders: [] },
      reason: /no VRRP instance/,
    },
  ],
};
