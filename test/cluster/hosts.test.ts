// What is told of a host when it was read twice, before and after listening.
import { expect, it } from 'vitest';
import { describeHost } from '../../src/cluster/hosts.ts';
import { readNode } from '../../src/cluster/readings.ts';
import type { Answer } from '../../src/evidence/bundle.ts';
import { known } from '../../src/evidence/reading.ts';

const igmp = (round: Answer['round'], groups: readonly string[]): Answer => ({
  probe: 'memberships',
  part: 'groups',
  round,
  exit: 0,
  truncated: 'no',
  text: [
    '/proc/net/igmp:Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter',
    '/proc/net/igmp:3\teth1      :     2      V3',
    ...groups.map((group) => `/proc/net/igmp:\t\t\t\t${group}     1 0:00000000\t\t0`),
    '',
  ].join('\n'),
});

const membershipsOf = (...answers: readonly Answer[]) =>
  describeHost({
    node: 'n1',
    readings: readNode({
      node: 'n1',
      address: '192.0.2.1',
      contact: { kind: 'reached', rights: 'root', connectedAfterMs: 1 },
      problems: [],
      answers,
      ear: { kind: 'deaf', reason: 'not asked' },
      witness: { kind: 'absent', reason: 'not asked' },
    }),
    instances: [],
    macOf: () => undefined,
  }).memberships;

const vrrp = '120000E0';
const everyHost = '010000E0';

it('a group that keepalived joined or left while listening is not missing', () => {
  const both = known({ eth1: expect.arrayContaining(['224.0.0.18', '224.0.0.1']) });
  expect(membershipsOf(igmp('before', [vrrp, everyHost]), igmp('after', [everyHost]))).toEqual(both);
  expect(membershipsOf(igmp('before', [everyHost]), igmp('after', [vrrp, everyHost]))).toEqual(both);
});

it('a group missing at both readings is missing', () => {
  expect(membershipsOf(igmp('before', [everyHost]), igmp('after', [everyHost]))).toEqual(
    known({ eth1: ['224.0.0.1'] }),
  );
  expect(membershipsOf(igmp('before', [everyHost]))).toEqual(known({ eth1: ['224.0.0.1'] }));
});
