import { snmpAgentxBlocksVrrp } from '../../../src/rules/timing/snmp-agentx-blocks-vrrp.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: snmpAgentxBlocksVrrp,
  fires: [
    {
      name: 'agent hung, timer late',
      model: n2Logged(
        [0, 'AgentX master agent failed to respond to ping.  Attempting to re-register.'],
        [0, 'A thread timer expired 1.000321 seconds ago'],
      ),
      nodes: [['n2']],
      evidence: /AgentX master agent failed/,
      severity: 'high',
    },
    {
      name: 'yesterday',
      model: n2Logged(
        [90_002, 'AgentX master disconnected us, reconnecting in 15'],
        [90_000, 'A thread timer expired 1.000321 seconds ago'],
      ),
      nodes: [['n2']],
      evidence: /reconnecting in 15/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'nothing was late', model: n2Said('AgentX master disconnected us, reconnecting in 15') },
    { name: 'late without SNMP', model: n2Said('A thread timer expired 1.000321 seconds ago') },
  ],
  unjudged: logUnread,
};
