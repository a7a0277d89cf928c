import { ipvsSyncDaemonMismatch } from '../../../src/rules/lvs/ipvs-sync-daemon-mismatch.ts';
import { balancing } from '../lvs-model.ts';
import { healthy } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const sync = (words: string) => `global_defs {\n    lvs_sync_daemon ${words}\n}`;
const all = (words: string) => ({ n1: sync(words), n2: sync(words), n3: sync(words) });

export const cases: RuleCases = {
  rule: ipvsSyncDaemonMismatch,
  fires: [
    {
      name: 'another id',
      model: balancing({ ...all('eth1 VI_1 id 51'), n3: sync('eth1 VI_1 id 52') }, {}),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /lvs_sync_daemon eth1 inst VI_1 id 52/,
      says: /the sync id differs: n1 51, n2 51, n3 52/,
      severity: 'low',
    },
    {
      name: 'one node has none',
      model: balancing({ ...all('eth1 inst VI_1'), n2: '' }, {}),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /no lvs_sync_daemon/,
      says: /n2 has no lvs_sync_daemon/,
    },
    {
      name: 'another group',
      model: balancing(
        { ...all('eth1 inst VI_1 id 5'), n2: sync('eth1 inst VI_1 id 5 group 224.0.0.90') },
        {},
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /group 224\.0\.0\.90/,
    },
  ],
  silent: [
    { name: 'none anywhere', model: healthy() },
    { name: 'alike', model: balancing(all('eth1 inst VI_1 id 51 maxlen 1400'), {}) },
    {
      name: 'the interface has another name',
      model: balancing({ ...all('eth1 inst VI_1'), n2: sync('bond0 inst VI_1') }, {}),
    },
    {
      name: 'the id written and the VRID meant',
      model: balancing({ ...all('eth1 inst VI_1'), n2: sync('eth1 VI_1 101') }, {}),
    },
  ],
};
