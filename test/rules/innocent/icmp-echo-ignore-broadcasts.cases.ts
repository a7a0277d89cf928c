import { unknown } from '../../../src/evidence/reading.ts';
import { icmpEchoIgnoreBroadcasts } from '../../../src/rules/innocent/icmp-echo-ignore-broadcasts.ts';
import { alsoMaster, changeHost, healthy, names, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: icmpEchoIgnoreBroadcasts,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /is 1 on n1, 1 on n2, 1 on n3/ },
    { name: 'two masters: still innocent', model: situation(alsoMaster('n2')), reason: /ping only/ },
  ],
  unjudged: [
    {
      name: 'nothing could be read',
      model: situation(...names.map((name) => changeHost(name, { sysctls: unknown('no rights') }))),
      reason: /could not be read/,
    },
  ],
};
