import { realServerDown } from '../../../src/rules/lvs/real-server-down.ts';
import { balancing, everywhere, first, head, second, web, webServer, wholeTable } from '../lvs-model.ts';
import { healthy } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const sorry = webServer.replace('protocol TCP', 'protocol TCP\n    sorry_server 10.77.0.30 80');
const sorryStands = `${head}${web}  -> 0A4D001E:0050      Masq    1      0          0         \n`;
const draining = webServer.replace('weight 1', 'weight 0');

export const cases: RuleCases = {
  rule: realServerDown,
  fires: [
    {
      name: 'one of two, seen by all',
      model: balancing(webServer, everywhere(head + web + second)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.22:8080 Masq weight 1/,
      says: /real server 10\.77\.0\.21:8080 .* is down for n1, n2 and n3/,
      severity: 'medium',
    },
    {
      name: 'seen by one node only: the way to it',
      model: balancing(webServer, { ...everywhere(wholeTable), n2: head + web + second }),
      nodes: [['n2']],
      evidence: /virtual_server 10\.77\.0\.5 80/,
      says: /n1 and n3 still have all of them/,
      severity: 'medium',
    },
    {
      name: 'none left where the VIP stands',
      model: balancing(webServer, everywhere(head + web)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /no real server/,
      says: /no real server of TCP 10\.77\.0\.5:80 is left/,
      severity: 'critical',
    },
    {
      name: 'none left on a backup',
      model: balancing(webServer, { ...everywhere(wholeTable), n3: head + web }),
      nodes: [['n3']],
      evidence: /no real server/,
      severity: 'high',
    },
    {
      name: 'inhibited: weight 0 in the table',
      model: balancing(webServer, everywhere(head + web + first.replace('Masq    1', 'Masq    0') + second)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.21:8080 Masq weight 0/,
      severity: 'medium',
    },
    {
      name: 'the sorry server answers',
      model: balancing(sorry, everywhere(sorryStands)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /10\.77\.0\.30:80/,
      says: /the sorry server answers/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'no virtual server', model: healthy() },
    { name: 'all there', model: balancing(webServer, everywhere(wholeTable)) },
    { name: 'the sorry server waits', model: balancing(sorry, everywhere(wholeTable)) },
    { name: 'drained on purpose', model: balancing(draining, everywhere(head + web + first)) },
    { name: 'the service itself is missing', model: balancing(webServer, everywhere(head)) },
  ],
};
