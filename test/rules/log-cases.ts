// Cases for rules that read the log: lines with their age on one node, all else healthy. It knows no rule.
import type { ClusterModel } from '../../src/cluster/model.ts';
import { known, unknown } from '../../src/evidence/reading.ts';
import { type Change, changeNode, healthy, situation } from './model-builder.ts';
import type { UnjudgedCase } from './rule-cases.ts';

const nowMs = 100_000_000;

/** Seconds ago, then what was logged. */
export type Aged = readonly [number, string];

export const logged = (...lines: readonly Aged[]): Change =>
  changeNode('n2', {
    log: known(
      lines.map(([secondsAgo, text]) => ({
        atMs: nowMs - secondsAgo * 1000,
        text: `Keepalived_vrrp[601]: ${text}`,
      })),
    ),
  });

export const n2Logged = (...lines: readonly Aged[]): ClusterModel => situation(logged(...lines));

/** All lines one minute old. */
export const n2Said = (...lines: readonly string[]): ClusterModel =>
  n2Logged(...lines.map((line): Aged => [60, line]));

/** All lines logged while the check listened. */
export const n2Says = (...lines: readonly string[]): ClusterModel =>
  n2Logged(...lines.map((line): Aged => [0, line]));

export const started: Aged = [600, 'Starting Keepalived v2.2.7 (01/16,2022)'];

export const logUnread: readonly UnjudgedCase[] = [
  {
    name: 'the log could not be read',
    model: situation(changeNode('n2', { log: unknown('the node has no log') })),
    reason: /the node has no log/,
  },
];

export const quiet = [
  { name: 'healthy', model: healthy() },
  { name: 'other lines', model: n2Said('(VI_1) Entering BACKUP STATE', 'Startup complete') },
] as const;
