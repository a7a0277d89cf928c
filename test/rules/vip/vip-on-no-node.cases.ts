import { vipOnNoNode } from '../../../src/rules/vip/vip-on-no-node.ts';
import {
  changeHolding,
  configures,
  healthy,
  hears,
  held,
  names,
  silentBackup,
  situation,
  stopped,
  stream,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vipOnNoNode,
  fires: [
    {
      name: 'the MASTER lost it',
      model: situation(held()),
      nodes: [['n1']],
      evidence: /10\.77\.0\.5 is on none of n1/,
      says: /MASTER without VIP/,
    },
    {
      name: 'nobody runs',
      model: situation(...names.map(stopped)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /not running/,
      severity: 'critical',
    },
    {
      name: 'only n2 lists it, and n2 is no MASTER',
      model: situation(
        changeHolding({ vip: '10.77.0.9', holders: [] }),
        configures('n2', { vips: ['10.77.0.9/32'] }),
      ),
      nodes: [['n2']],
      evidence: /10\.77\.0\.9 is on none of n2/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'a peer that was not checked advertises it',
      model: situation(
        silentBackup('n1'),
        hears(stream('n1', 'n2', { sender: 'foreign', src: '10.77.0.99' })),
      ),
    },
    {
      name: 'held elsewhere while one node could not be read',
      model: situation(changeHolding({ unread: ['n3'] })),
    },
  ],
  unjudged: [
    {
      name: 'a node that could not be read may hold it',
      model: situation(held(), changeHolding({ unread: ['n3'] })),
      reason: /n3 could not be read/,
    },
  ],
};
