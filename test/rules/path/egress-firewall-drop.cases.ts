import { unknown } from '../../../src/evidence/reading.ts';
import { egressFirewallDrop } from '../../../src/rules/path/egress-firewall-drop.ts';
import {
  alsoMaster,
  changeHost,
  dropRule,
  filters,
  healthy,
  logs,
  lostAtSender,
  situation,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const outRule = dropRule({ chain: 'output', hook: 'output', text: 'ip protocol 112 drop' });
const drops = (name: string, ...peers: readonly string[]) =>
  peers.map((peer) => filters(name, peer, { direction: 'out', outcome: 'drop', decidedBy: outRule }));

export const cases: RuleCases = {
  rule: egressFirewallDrop,
  fires: [
    {
      name: 'n1 is MASTER and its output chain drops',
      model: situation(
        lostAtSender('n1'),
        alsoMaster('n2'),
        ...drops('n1', 'n2', 'n3'),
        logs('n1', '(VI_1) send advert error 1 (Operation not permitted)'),
      ),
      nodes: [['n1']],
      evidence: /send advert error 1/,
      says: /drops its own adverts \(rule in inet filter output/,
      severity: 'critical',
    },
    {
      name: 'latent: a BACKUP will be a mute MASTER',
      model: situation(...drops('n3', 'n1', 'n2')),
      nodes: [['n3']],
      evidence: /filter output/,
      severity: 'high',
      says: /mute MASTER/,
    },
    {
      name: 'not evaluated, but its counter rises',
      model: situation(
        lostAtSender('n1'),
        alsoMaster('n2'),
        filters('n1', 'n2', {
          direction: 'out',
          outcome: 'unknown',
          candidates: [outRule],
          uncertain: ['bpf'],
        }),
      ),
      nodes: [['n1']],
      evidence: /40 → 44/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'judged a drop, but adverts leave', model: situation(...drops('n1', 'n2', 'n3')) },
    {
      name: 'nothing leaves although the firewall accepts',
      model: situation(lostAtSender('n1'), alsoMaster('n2')),
    },
    {
      name: 'the input chain drops',
      model: situation(filters('n1', 'n2', { outcome: 'drop', decidedBy: dropRule() })),
    },
  ],
  unjudged: [
    {
      name: 'rules unread',
      model: situation(changeHost('n1', { firewall: unknown('no rights') })),
      reason: /n1: no rights/,
    },
  ],
};
