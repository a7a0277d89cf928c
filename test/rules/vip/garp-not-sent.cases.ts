import { known } from '../../../src/evidence/reading.ts';
import { garpNotSent } from '../../../src/rules/vip/garp-not-sent.ts';
import { logUnread, n2Logged, n2Said, quiet } from '../log-cases.ts';
import { type Change, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /Error 100 \(Network is down\) sending gratuitous ARP on eth1 for 10\.77\.0\.5/;

const text = 'arp saddr ip 10.77.0.5 counter drop';

/** A rule of n2 that drops ARP about the VIP on its way out. */
const dropsArp =
  (family: 'arp' | 'netdev', hook: 'output' | 'egress'): Change =>
  (model) => ({
    ...model,
    hosts: model.hosts.map((host) =>
      host.node !== 'n2' || host.firewall.kind === 'unknown'
        ? host
        : {
            ...host,
            firewall: known({
              ...host.firewall.value,
              arpDrops: [
                {
                  group: '101/ipv4',
                  vip: '10.77.0.5',
                  interface: 'eth1',
                  rule: {
                    engine: 'nft',
                    family,
                    table: 'quiet',
                    chain: 'out',
                    hook,
                    handle: 2,
                    text,
                    kind: 'rule',
                    owner: 'nft',
                    counter: { before: 5, after: 5 },
                  },
                },
              ],
            }),
          },
    ),
  });

export const cases: RuleCases = {
  rule: garpNotSent,
  fires: [
    {
      name: 'an egress rule drops its announcements',
      model: situation(dropsArp('netdev', 'egress')),
      nodes: [['n2']],
      evidence: /netdev quiet out handle 2: arp saddr ip 10\.77\.0\.5 counter drop/,
      severity: 'high',
    },
    {
      name: 'a rule of the arp family drops questions and answers about it',
      model: situation(dropsArp('arp', 'output')),
      nodes: [['n2']],
      evidence: /arp quiet out handle 2/,
      severity: 'high',
    },
    {
      name: 'said a minute ago',
      model: n2Said(
        '(VI_1) Entering MASTER STATE',
        'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5',
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said(
        '(VI_1) Entering MASTER STATE',
        'Error 105 (No buffer space available) sending gratuitous ARP on eth1 for 10.77.0.5',
      ),
      nodes: [['n2']],
      evidence: /Error 105 \(No buffer space available\) sending gratuitous ARP on eth1 for 10\.77\.0\.5/,
      severity: 'high',
    },
    {
      name: 'the state has changed since',
      model: n2Said(
        'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5',
        '(VI_1) Entering BACKUP STATE',
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'yesterday: history',
      model: n2Logged([90_000, 'Error 100 (Network is down) sending gratuitous ARP on eth1 for 10.77.0.5']),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said('Error 1 while registering gratuitous ARP shared channel'),
    },
  ],
  unjudged: logUnread,
};
