import type { ReversePathFacts } from '../../../src/cluster/model.ts';
import { known, unknown } from '../../../src/evidence/reading.ts';
import { rpFilterDrop } from '../../../src/rules/path/rp-filter-drop.ts';
import {
  addressOf,
  alsoMaster,
  changeHost,
  dropRule,
  filters,
  healthy,
  link,
  lostInKernel,
  situation,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const facts = (peer: string, change: Partial<ReversePathFacts> = {}): ReversePathFacts => ({
  interface: 'eth1',
  peer,
  source: addressOf(peer),
  all: 0,
  own: 1,
  effective: 1,
  answersVia: 'eth0',
  route: { node: 'n2', source: 'ip route get', quote: `${addressOf(peer)} via 10.77.9.1 dev eth0` },
  ...change,
});
const filtered = (...all: readonly ReversePathFacts[]) => changeHost('n2', { reversePath: known(all) });
const rises = changeHost('n2', { counterDeltas: known({ TcpExtIPReversePathFilter: 4 }) });

export const cases: RuleCases = {
  rule: rpFilterDrop,
  fires: [
    {
      name: 'strict, and n1 is answered through eth0',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2'), filtered(facts('n1')), rises),
      nodes: [['n2']],
      evidence: /TcpExtIPReversePathFilter rose by 4/,
      says: /reverse-path filter drops VRRP from n1/,
      severity: 'critical',
    },
    {
      name: 'loose, and n1 is not routable at all',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filtered(facts('n1', { own: 2, effective: 2, answersVia: 'none' })),
      ),
      nodes: [['n2']],
      evidence: /in force: 2/,
      says: /no route back/,
    },
    {
      name: 'latent: the peer is not MASTER',
      model: situation(filtered(facts('n1', { answersVia: 'eth1' }), facts('n3'))),
      nodes: [['n2']],
      evidence: /dev eth0/,
      severity: 'high',
      says: /will not hear n3/,
    },
    {
      name: 'latent behind a prerouting drop that keeps its counter at rest',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filtered(facts('n1')),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
      ),
      nodes: [['n2']],
      evidence: /rp_filter/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'healthy with strict filtering', model: healthy() },
    {
      name: 'the link is down, so its routes lead elsewhere',
      model: situation(
        filtered(facts('n1'), facts('n3')),
        changeHost('n2', { links: known([link('eth1', { up: 'no', operState: 'DOWN' })]) }),
      ),
    },
    {
      name: 'asymmetric, but filtering is off',
      model: situation(filtered(facts('n1', { own: 0, effective: 0 }))),
    },
    { name: 'asymmetric and loose', model: situation(filtered(facts('n1', { own: 2, effective: 2 }))) },
    { name: 'the witness shows delivery', model: situation(filtered(facts('n1'))) },
  ],
  unjudged: [
    {
      name: 'routes unread',
      model: situation(changeHost('n2', { reversePath: unknown('no ip command') })),
      reason: /no ip command/,
    },
  ],
};
