import { authHmacMismatchOrClockSkew } from '../../../src/rules/configuration/auth-hmac-mismatch-or-clock-skew.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import { alsoMaster, type Change, says, situation } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const block = (...lines: readonly string[]): readonly string[] => [
  'auth_hmac {',
  '    active_key 1',
  '    key 1 "0123456789abcdef0123456789abcdef"',
  ...lines.map((line) => `    ${line}`),
  '}',
];
const hmac =
  (...lines: readonly string[]): Change =>
  (model) => ({
    ...model,
    configurations: trio({ lines: block(...lines), before: 'global_defs {\n    vrrp_version 3\n}' })
      .configurations,
  });
const signed = (keyId: number, skewMs: number): Change => says('n1', { hmac: { keyId, skewMs } });

const said = /\(VI_1\) invalid authentication HMAC from 10\.77\.0\.11/;

export const cases: RuleCases = {
  rule: authHmacMismatchOrClockSkew,
  fires: [
    {
      name: 'clocks further apart than the window',
      model: situation(hmac(), signed(1, -9200)),
      nodes: [['n2'], ['n3']],
      evidence: /VRRPv/,
      says: /the clock of n1 is 9\.2 s behind its own, more than its window of 5 s/,
      severity: 'critical',
    },
    {
      name: 'another key',
      model: situation(hmac(), signed(2, 10)),
      nodes: [['n2'], ['n3']],
      evidence: /auth_hmac/,
      says: /signs with key 2, which it does not have/,
    },
    {
      name: 'no trailer where one is enforced',
      model: situation(hmac('mode enforce')),
      nodes: [['n2'], ['n3']],
      evidence: /auth_hmac/,
      says: /carry no HMAC/,
    },
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
    { name: 'key and clock fit', model: situation(hmac(), signed(1, 40)) },
    { name: 'a wider window', model: situation(hmac('time_window 30'), signed(1, -9200)) },
    { name: 'permissive, and no trailer yet', model: situation(hmac('mode permissive')) },
    { name: 'receive-only', model: situation(hmac('mode receive-only'), signed(2, 90_000)) },
    { name: 'two masters without HMAC', model: situation(alsoMaster('n2')) },
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('(VI_1) invalid authentication HMAC', 'Starting Keepalived v2.4.0 (05/01,2026)'),
    },
  ],
  unjudged: logUnread,
};
