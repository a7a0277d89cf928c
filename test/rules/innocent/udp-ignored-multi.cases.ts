import { known, unknown } from '../../../src/evidence/reading.ts';
import { udpIgnoredMulti } from '../../../src/rules/innocent/udp-ignored-multi.ts';
import { changeHost, healthy, names, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: udpIgnoredMulti,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /rose by 3 on n1/ },
    {
      name: 'it rises fast',
      model: situation(changeHost('n2', { counterDeltas: known({ UdpIgnoredMulti: 900 }) })),
      reason: /by 900 on n2/,
    },
  ],
  unjudged: [
    {
      name: 'nothing could be read',
      model: situation(...names.map((name) => changeHost(name, { counterDeltas: unknown('no rights') }))),
      reason: /counters could not be read/,
    },
  ],
};
