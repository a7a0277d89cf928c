// What a run tells of itself beside its measurements: everything went well, unless a test says otherwise.
import type { RunFacts } from '../../src/timeline/document.ts';

export const runFacts = (change: Partial<RunFacts> = {}): RunFacts => ({
  tool: { name: 'vipdoctor', version: '0.0.0' },
  startedAt: '2026-03-01T03:12:45.000Z',
  durationMs: 14_200,
  cluster: {
    id: 'vrid-51',
    vrid: 51,
    family: 'ipv4',
    version: 3,
    mode: 'multicast',
    vips: ['10.0.0.5/24'],
    masters: ['n1'],
    holders: ['n1'],
    members: [],
  },
  restored: true,
  restoration: { compared: ['keepalived on n1', 'addresses of n1'], differences: [] },
  rescue: { armedOn: 'n1', deadlineSeconds: 60, readBack: true, fired: false, disarmed: true },
  gaps: [],
  budgets: {},
  probes: [{ name: 'icmp', periodMs: 5 }],
  stamps: { method: 'kernel', plusMinusNs: 10_000 },
  ...change,
});
