import { ttlNot255 } from '../../../src/rules/disagreement/ttl-not-255.ts';
import {
  alsoMaster,
  dropRule,
  filters,
  healthy,
  hears,
  hearsNothingFrom,
  says,
  situation,
  stream,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const rewrite = dropRule({
  family: 'ip',
  table: 'mangle',
  chain: 'postrouting',
  hook: 'postrouting',
  text: 'ip protocol 112 ip ttl set 64',
});

export const cases: RuleCases = {
  rule: ttlNot255,
  fires: [
    {
      name: 'a mangle rule on n1 sets 64',
      model: situation(
        says('n1', { ttl: 64 }),
        alsoMaster('n2'),
        filters('n1', 'n2', { direction: 'out', ttlSetTo: 64, candidates: [rewrite] }),
      ),
      nodes: [['n1']],
      evidence: /ip ttl set 64/,
      says: /A rule on n1 sets it/,
      severity: 'critical',
    },
    {
      name: 'something on the way decrements it',
      model: situation(hearsNothingFrom('n1', 'n2'), hears(stream('n1', 'n2', { ttl: 254 }))),
      nodes: [['n1']],
      evidence: /ttl 254/,
      says: /left n1 with 255/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'unicast is not checked', model: situation(unicast, says('n1', { ttl: 64 })) },
    {
      name: 'it was wrong and is right by now',
      model: situation(hears(stream('n1', 'n2', { ttl: 64, firstAtNs: 1n, lastAtNs: 2n }))),
    },
  ],
};
