import { known } from '../../../src/evidence/reading.ts';
import { igmpSnoopingAgeing } from '../../../src/rules/path/igmp-snooping-ageing.ts';
import {
  alsoMaster,
  type Change,
  changeNode,
  climbs,
  healthy,
  lostOnNetwork,
  situation,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const heardFor = (name: string, seconds: number): Change =>
  changeNode(name, {
    log: known([
      { atMs: 1_000_000, text: 'Keepalived_vrrp[601]: (VI_1) Entering BACKUP STATE (init)' },
      { atMs: 1_000_000 + seconds * 1000, text: 'Keepalived_vrrp[601]: (VI_1) Entering MASTER STATE' },
    ]),
  });
const split = situation(
  alsoMaster('n2'),
  lostOnNetwork('n1', 'n2'),
  lostOnNetwork('n2', 'n1'),
  lostOnNetwork('n2', 'n3'),
);
const then = (...changes: readonly Change[]) => changes.reduce((model, change) => change(model), split);
const queried: Change = (model) => ({ ...model, segment: { ...model.segment, igmpQueries: 2 } });

export const cases: RuleCases = {
  rule: igmpSnoopingAgeing,
  fires: [
    {
      name: 'n2 heard for 264 s after its start',
      model: then(heardFor('n2', 264)),
      nodes: [['n2', 'n1', 'n3']],
      evidence: /Entering MASTER STATE/,
      severity: 'critical',
      says: /after 264 s/,
    },
    {
      name: 'the first MASTER never heard anybody, which proves nothing against it',
      model: then(heardFor('n2', 252), heardFor('n1', 4)),
      nodes: [['n2', 'n1', 'n3']],
      evidence: /IGMP queries heard: 0/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'deaf from the start: a plain block', model: then(heardFor('n2', 4)) },
    { name: 'deaf after three minutes: a block could begin then as well', model: then(heardFor('n2', 184)) },
    {
      name: 'two receivers became deaf after different times',
      model: then(
        alsoMaster('n3'),
        lostOnNetwork('n1', 'n3'),
        lostOnNetwork('n3', 'n1'),
        lostOnNetwork('n3', 'n2'),
        lostOnNetwork('n2', 'n3'),
        heardFor('n2', 264),
        heardFor('n3', 600),
      ),
    },
    { name: 'deaf after hours', model: then(heardFor('n2', 7200)) },
    { name: 'a querier is present', model: then(heardFor('n2', 264), queried) },
    {
      name: 'one direction only',
      model: situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2'), heardFor('n2', 264)),
    },
    { name: 'nothing is lost', model: situation(heardFor('n2', 264), climbs('n1', 'n2', {})) },
  ],
};
