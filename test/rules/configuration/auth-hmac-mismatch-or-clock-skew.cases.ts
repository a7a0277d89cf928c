import { authHmacMismatchOrClockSkew } from '../../../src/rules/configuration/auth-hmac-mismatch-or-clock-skew.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /\(VI_1\) invalid authentication HMAC from 10\.77\.0\.11/;

export const cases: RuleCases = {
  rule: authHmacMismatchOrClockSkew,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('(VI_1) invalid authentication HMAC from 10.77.0.11'),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'in other words',
      model: n2Said(
        '(VI_1) stale authentication trailer from 10.77.0.11, clock skew 9 sec exceeds window 5 sec',
      ),
      nodes: [['n2']],
      evidence:
        /\(VI_1\) stale authentication trailer from 10\.77\.0\.11, clock skew 9 sec exceeds window 5 sec/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('(VI_1) invalid authentication HMAC', 'Starting Keepalived v2.4.0 (05/01,2026)'),
    },
  ],
  unjudged: logUnread,
};
