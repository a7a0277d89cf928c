import { badChecksumFalseAlarm } from '../../../src/rules/innocent/bad-checksum-false-alarm.ts';
import { healthy, hearsNothingFrom, says, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: badChecksumFalseAlarm,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /16 adverts were heard with a right checksum, 0 with/ },
    {
      name: 'a wrong one',
      model: situation(says('n1', { checksum: 'bad' })),
      reason: /0 adverts .* 16 with a wrong/,
    },
  ],
  unjudged: [{ name: 'silence', model: situation(hearsNothingFrom('n1')), reason: /no advert/ }],
};
