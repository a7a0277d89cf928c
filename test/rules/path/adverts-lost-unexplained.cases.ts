import { known } from '../../../src/evidence/reading.ts';
import { advertsLostUnexplained } from '../../../src/rules/path/adverts-lost-unexplained.ts';
import {
  alsoMaster,
  changeHost,
  changeProcess,
  climbs,
  configures,
  dropRule,
  filters,
  healthy,
  lostAtSender,
  lostInKernel,
  lostOnNetwork,
  password,
  refused,
  situation,
  stopped,
  unicast,
  withPassword,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: advertsLostUnexplained,
  fires: [
    {
      name: 'arrives on n2 and is delivered nowhere; netfilter, rp_filter and membership are in order',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2')),
      nodes: [['n2']],
      evidence: /arrived 4, delivered 0/,
      says: /delivered nowhere on n2 although they arrive/,
      severity: 'critical',
    },
    {
      name: 'what could not be cleared is said',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'unknown', uncertain: ['set elements unread'] }),
      ),
      nodes: [['n2']],
      evidence: /n1 → n2/,
    },
    {
      name: 'n1 is MASTER and sends nothing',
      model: situation(lostAtSender('n1'), alsoMaster('n2')),
      nodes: [['n1']],
      evidence: /sent 0/,
      says: /never leave it/,
    },
    {
      name: 'unicast is lost both ways',
      model: situation(unicast, alsoMaster('n2'), lostOnNetwork('n1', 'n2'), lostOnNetwork('n2', 'n1')),
      nodes: [
        ['n2', 'n1'],
        ['n1', 'n2'],
      ],
      evidence: /arrived 0/,
    },
    {
      name: 'keepalived does not react',
      model: situation(alsoMaster('n2'), refused('n1', 'n2')),
      nodes: [['n2']],
      evidence: /delivered 4/,
      says: /does not accept/,
    },
    {
      name: 'some are lost',
      model: situation(
        climbs('n1', 'n2', { sent: 20, arrived: 20, delivered: 12, lostAt: 'receiver-kernel', loss: 'some' }),
      ),
      nodes: [['n2']],
      evidence: /delivered 12/,
      severity: 'medium',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'a firewall accounts for it',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
      ),
    },
    {
      name: 'the membership accounts for it',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        changeHost('n2', { memberships: known({ eth1: ['224.0.0.1'] }) }),
      ),
    },
    {
      name: 'another password accounts for it',
      model: situation(
        withPassword,
        configures('n2', password('badbad')),
        alsoMaster('n2'),
        refused('n1', 'n2'),
        refused('n2', 'n1'),
      ),
    },
    {
      name: 'a stalled process accounts for it',
      model: situation(alsoMaster('n2'), lostAtSender('n1'), changeProcess('n1', { vrrpRunState: 'T' })),
    },
    { name: 'no keepalived on the receiver', model: situation(stopped('n2')) },
    {
      name: 'the network loses them in one direction',
      model: situation(alsoMaster('n2'), lostOnNetwork('n1', 'n2')),
    },
  ],
};
