import { smtpAlertStall } from '../../../src/rules/timing/smtp-alert-stall.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Timeout connecting SMTP server \[10\.0\.0\.1\]:25\./;

export const cases: RuleCases = {
  rule: smtpAlertStall,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('Timeout connecting SMTP server [10.0.0.1]:25.'),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'in other words',
      model: n2Said('Timeout reading SMTP server [10.0.0.1]:25'),
      nodes: [['n2']],
      evidence: /Timeout reading SMTP server \[10\.0\.0\.1\]:25/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'something else, or since mended', model: n2Said('Remote SMTP server [10.0.0.1]:25 connected.') },
  ],
  unjudged: logUnread,
};
