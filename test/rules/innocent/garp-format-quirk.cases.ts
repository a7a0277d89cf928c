import { garpFormatQuirk } from '../../../src/rules/innocent/garp-format-quirk.ts';
import { healthy, hearsNothingFrom, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: garpFormatQuirk,
  fires: [],
  silent: [
    { name: 'healthy', model: healthy(), reason: /4 places listened/ },
    { name: 'silence', model: situation(hearsNothingFrom('n1')), reason: /ARP requests/ },
  ],
};
