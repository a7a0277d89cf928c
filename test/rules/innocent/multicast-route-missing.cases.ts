import { known, unknown } from '../../../src/evidence/reading.ts';
import { multicastRouteMissing } from '../../../src/rules/innocent/multicast-route-missing.ts';
import { changeHost, healthy, names, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: multicastRouteMissing,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /absent on n1, absent on n2/ },
    {
      name: 'somebody added one',
      model: situation(changeHost('n2', { multicastRoute: known('present') })),
      reason: /present on n2/,
    },
  ],
  unjudged: [
    {
      name: 'nothing could be read',
      model: situation(...names.map((name) => changeHost(name, { multicastRoute: unknown('no rights') }))),
      reason: /routes could not be read/,
    },
  ],
};
