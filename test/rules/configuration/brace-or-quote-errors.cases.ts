import { braceOrQuoteErrors } from '../../../src/rules/configuration/brace-or-quote-errors.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /\(\/etc\/keepalived\/keepalived\.conf: Line 30\) There are 1 missing '\}'s or extra '\{'s/;

export const cases: RuleCases = {
  rule: braceOrQuoteErrors,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said("(/etc/keepalived/keepalived.conf: Line 30) There are 1 missing '}'s or extra '{'s"),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said("(Line 9) Unexpected '{' - ignoring"),
      nodes: [['n2']],
      evidence: /\(Line 9\) Unexpected '\{' - ignoring/,
      severity: 'high',
    },
  ],
  silent: [
    ...quiet,
    { name: 'something else, or since mended', model: n2Said("(Line 9) Extra '}' found", 'Reloading') },
  ],
  unjudged: logUnread,
};
