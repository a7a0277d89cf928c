import { known } from '../../../src/evidence/reading.ts';
import { unicastPeerAsymmetric } from '../../../src/rules/disagreement/unicast-peer-asymmetric.ts';
import {
  addressOf,
  alsoMaster,
  changeHost,
  configures,
  healthy,
  link,
  macOf,
  situation,
  unicast,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: unicastPeerAsymmetric,
  fires: [
    {
      name: 'n1 does not list n2',
      model: situation(unicast, configures('n1', { unicastPeers: [addressOf('n3')] }), alsoMaster('n2')),
      nodes: [['n1', 'n2']],
      evidence: /keepalived\.conf:20: unicast_peer \{ 10\.77\.0\.13 \}/,
      severity: 'critical',
    },
    {
      name: 'n3 lists example addresses',
      model: situation(
        unicast,
        configures('n3', { unicastPeers: ['192.168.1.10', '192.168.1.11'] }),
        alsoMaster('n3'),
      ),
      nodes: [['n3', 'n1', 'n2']],
      evidence: /192\.168\.1\.10/,
      says: /n1 and n2/,
    },
    {
      name: 'n2 is forgotten by both others',
      model: situation(
        unicast,
        configures('n1', { unicastPeers: [addressOf('n3')] }),
        configures('n3', { unicastPeers: [addressOf('n1')] }),
        alsoMaster('n2'),
      ),
      nodes: [['n2', 'n1', 'n3']],
      evidence: /n2 sends from 10\.77\.0\.12/,
      says: /n1 and n3 do not list n2/,
    },
    {
      name: 'nobody lists the MASTER: the next one will be its rival',
      model: situation(
        unicast,
        configures('n2', { unicastPeers: [addressOf('n3')] }),
        configures('n3', { unicastPeers: [addressOf('n2')] }),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /n1 sends from 10\.77\.0\.11/,
      says: /once one of them is MASTER, will be a second one beside them/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'multicast', model: healthy() },
    { name: 'a full mesh', model: situation(unicast) },
    {
      name: 'the peer is listed by another of its addresses: a wrong source, not a missing peer',
      model: situation(
        unicast,
        configures('n1', { unicastPeers: ['10.77.0.112', addressOf('n3')] }),
        changeHost('n2', {
          links: known([link('eth1', { mac: macOf('n2'), addresses: ['10.77.0.12/24', '10.77.0.112/24'] })]),
        }),
      ),
    },
  ],
};
