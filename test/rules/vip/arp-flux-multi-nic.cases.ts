import { known, unknown } from '../../../src/evidence/reading.ts';
import { arpFluxMultiNic } from '../../../src/rules/vip/arp-flux-multi-nic.ts';
import { arpAnswer } from '../healthy-model.ts';
import { addressOf, changeHolding, changeHost, healthy, link, macOf, situation } from '../model-builder.ts';

const other = '02:00:00:00:09:01';
const second = (name: string) =>
  changeHost(name, {
    links: known([
      link('eth1', { mac: macOf(name), addresses: [`${addressOf(name)}/24`] }),
      link('eth2', { mac: other }),
    ]),
  });
const answersWith = (name: string, ...macs: readonly string[]) =>
  changeHolding({ arp: known(macs.map((mac) => arpAnswer(name, mac))) });

import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: arpFluxMultiNic,
  fires: [
    {
      name: 'both answer',
      model: situation(second('n1'), answersWith('n1', macOf('n1'), other)),
      nodes: [['n1']],
      evidence: /eth2 02:00:00:00:09:01/,
      severity: 'high',
    },
    {
      name: 'eth2 answers first',
      model: situation(second('n1'), answersWith('n1', other, macOf('n1'))),
      nodes: [['n1']],
      evidence: /is-at 02:00:00:00:09:01/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'two interfaces, the right one answers', model: situation(second('n1')) },
    {
      name: 'asked in the segment of eth2 only, where nobody looks for the VIP',
      model: situation(second('n1'), answersWith('n1', other)),
    },
    { name: 'a MAC of no interface', model: situation(answersWith('n1', '00:00:5e:00:01:65')) },
  ],
  unjudged: [
    {
      name: 'nobody could probe',
      model: situation(changeHolding({ arp: unknown('no observer') })),
      reason: /no observer/,
    },
  ],
};
