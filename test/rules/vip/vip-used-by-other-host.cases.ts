import { unknown } from '../../../src/evidence/reading.ts';
import { vipUsedByOtherHost } from '../../../src/rules/vip/vip-used-by-other-host.ts';
import {
  answered,
  answeredBy,
  changeHolding,
  healthy,
  hears,
  held,
  situation,
  stream,
  unreachable,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const stranger = '52:54:00:12:34:56';

export const cases: RuleCases = {
  rule: vipUsedByOtherHost,
  fires: [
    {
      name: 'an IPv6 VIP, by neighbour solicitation',
      model: situation(answeredBy('52:54:00:12:34:56'), changeHolding({ vip: 'fd77::5' })),
      nodes: [['n1']],
      evidence: /52:54:00:12:34:56/,
      says: /A neighbour solicitation for fd77::5/,
    },
    {
      name: 'a stranger answers beside the MASTER',
      model: situation(answeredBy('02:00:00:00:00:99', stranger)),
      nodes: [['n1']],
      evidence: /is-at 52:54:00:12:34:56/,
      severity: 'critical',
    },
    {
      name: 'a stranger answers while nobody holds it',
      model: situation(held(), answeredBy(stranger)),
      nodes: [[]],
      evidence: new RegExp(stranger),
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'two of our own nodes answer', model: situation(answered('n1', 'n2')) },
    { name: 'the virtual MAC of VRRP answers', model: situation(answeredBy('00:00:5e:00:01:65')) },
    {
      name: 'a VRRP sender that was not listed answers',
      model: situation(
        answeredBy(stranger),
        hears(stream('n1', 'n2', { sender: 'foreign', src: '10.77.0.99', srcMac: stranger })),
      ),
    },
  ],
  unjudged: [
    {
      name: 'nobody could probe',
      model: situation(changeHolding({ arp: unknown('no observer on the segment') })),
      reason: /no observer/,
    },
    {
      name: 'it may be the node that was not reached',
      model: situation(unreachable('n3'), answeredBy(stranger)),
      reason: /may be n3/,
    },
  ],
};
