import { known, unknown } from '../../../src/evidence/reading.ts';
import { serviceNotListeningOnVip } from '../../../src/rules/vip/service-not-listening-on-vip.ts';
import { type Change, changeHost, healthy, names, situation, vip } from '../model-builder.ts';
import { trio } from '../paper-model.ts';
import type { RuleCases } from '../rule-cases.ts';

const listens = (node: string, ...on: readonly (readonly [string, number])[]): Change =>
  changeHost(node, { listeners: known(on.map(([address, port]) => ({ address, port }))) });
const bindsAhead = (value: string): readonly Change[] =>
  names.map((node) => changeHost(node, { sysctls: known({ 'net/ipv4/ip_nonlocal_bind': value }) }));
const scripted: Change = (model) => ({
  ...model,
  configurations: trio({ lines: ['notify_master "/usr/local/bin/start-haproxy"'] }).configurations,
});

export const cases: RuleCases = {
  rule: serviceNotListeningOnVip,
  fires: [
    {
      name: 'on neither backup',
      model: situation(...bindsAhead('0'), listens('n1', [vip, 443])),
      nodes: [['n2', 'n3']],
      evidence: /ip_nonlocal_bind = 0, and nothing listens on port 443/,
      says: /10\.77\.0\.5:443 after a failover to n2 and n3/,
      severity: 'medium',
    },
    {
      name: 'on one of them',
      model: situation(...bindsAhead('0'), listens('n1', [vip, 443]), listens('n2', ['any', 443])),
      nodes: [['n3']],
      evidence: /LISTEN 10\.77\.0\.5:443/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'a service on all addresses', model: situation(...bindsAhead('0'), listens('n1', ['any', 22])) },
    { name: 'ip_nonlocal_bind is on', model: situation(...bindsAhead('1'), listens('n1', [vip, 443])) },
    {
      name: 'a notify script may start it',
      model: situation(...bindsAhead('0'), scripted, listens('n1', [vip, 443])),
    },
    {
      name: 'another address of the master',
      model: situation(...bindsAhead('0'), listens('n1', ['10.77.0.11', 443])),
    },
  ],
  unjudged: [
    {
      name: 'listeners unread',
      model: situation(changeHost('n1', { listeners: unknown('took too long') })),
      reason: /n1: took too long/,
    },
  ],
};
