import { unknown } from '../../../src/evidence/reading.ts';
import { configNotReloaded } from '../../../src/rules/configuration/config-not-reloaded.ts';
import { confFile } from '../healthy-model.ts';
import { changeInstance, configures, healthy, runs, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: configNotReloaded,
  fires: [
    {
      name: 'priority raised in the file',
      model: situation(
        configures('n2', { priority: 150, priorityAt: { file: confFile, line: 12 } }),
        runs('n2', { basePriority: 99 }),
      ),
      nodes: [['n2']],
      evidence: /keepalived\.conf:12: priority 150/,
      says: /runs with priority 99/,
      severity: 'high',
    },
    {
      name: 'another interval',
      model: situation(runs('n3', { advertIntervalMs: 5000 })),
      nodes: [['n3']],
      evidence: /advert_int \(ms\) 5000/,
    },
    {
      name: 'a VIP added to the file',
      model: situation(
        configures('n2', { vips: ['10.0.0.100/24', '10.0.0.101/24'] }),
        runs('n2', { settings: { vrid: 101, version: 2, addresses: ['10.0.0.100/24'] } }),
      ),
      nodes: [['n2']],
      evidence: /VIPs 10\.0\.0\.100\/24 10\.0\.0\.101\/24/,
      says: /runs with VIPs 10\.0\.0\.100\/24;/,
    },
    {
      name: 'VRID, peers, authentication type and preemption changed in the file',
      model: situation(
        configures('n2', { vrid: 101, vips: ['10.0.0.100/24'], unicastPeers: ['10.0.0.2'], nopreempt: true }),
        runs('n2', {
          settings: {
            vrid: 99,
            version: 3,
            addresses: ['10.0.0.100/24'],
            unicastPeers: [],
            authType: 'AH',
            preempt: 'on',
          },
        }),
      ),
      nodes: [['n2']],
      evidence:
        /virtual_router_id 99, VI_1: version 3, VI_1: unicast_peer none, VI_1: auth_type AH, VI_1: preempt on/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'the same',
      model: situation(
        configures('n2', { priority: 99, priorityAt: { file: confFile, line: 12 } }),
        runs('n2', { basePriority: 99, advertIntervalMs: 1000 }),
      ),
    },
    {
      name: 'the same addresses in another order, the last moved to the excluded ones',
      model: situation(
        configures('n2', { vips: ['10.0.0.101/24', '10.0.0.100/24'], excludedVips: ['10.0.0.102/24'] }),
        runs('n2', {
          settings: {
            vrid: 101,
            version: 2,
            addresses: ['10.0.0.100/24', '10.0.0.102/24', '10.0.0.101/24'],
            preempt: 'on',
          },
        }),
      ),
    },
    { name: 'priority lowered by a script', model: situation(runs('n2', { effectivePriority: 50 })) },
  ],
  unjudged: [
    {
      name: 'configuration unread',
      model: situation(changeInstance('n2', { configured: unknown('permission denied') })),
      reason: /permission denied/,
    },
  ],
};
