import { unicastSrcNotBindable } from '../../../src/rules/path/unicast-src-not-bindable.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /bind unicast_src 10\.77\.0\.12 failed 99 - Cannot assign requested address/;

export const cases: RuleCases = {
  rule: unicastSrcNotBindable,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said('bind unicast_src 10.77.0.12 failed 99 - Cannot assign requested address'),
      nodes: [['n2']],
      evidence: said,
      severity: 'critical',
    },
    {
      name: 'in other words',
      model: n2Said('bind unicast_src fe80::1 failed 99 - Cannot assign requested address'),
      nodes: [['n2']],
      evidence: /bind unicast_src fe80::1 failed 99 - Cannot assign requested address/,
      severity: 'critical',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said(
        'bind unicast_src 10.77.0.12 failed 99 - Cannot assign requested address',
        'Starting Keepalived v2.2.7 (01/16,2022)',
      ),
    },
  ],
  unjudged: logUnread,
};
