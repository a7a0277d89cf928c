import { unknown } from '../../../src/evidence/reading.ts';
import { vrrpVersionMismatch } from '../../../src/rules/disagreement/vrrp-version-mismatch.ts';
import {
  alsoMaster,
  changeInstance,
  configures,
  healthy,
  logs,
  situation,
  versionThree,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vrrpVersionMismatch,
  fires: [
    {
      name: 'n2 speaks version 3 among version 2',
      model: situation(configures('n2', { version: 3 }), alsoMaster('n2')),
      nodes: [['n2']],
      evidence: /VRRPv3, vrid 101/,
      severity: 'critical',
    },
    {
      name: 'n3 stayed behind at version 2',
      model: situation(
        versionThree,
        configures('n3', { version: 2, advertIntervalMs: 1000 }),
        alsoMaster('n3'),
        logs('n1', '(VI_1) wrong version. Received 2 and expect 3'),
      ),
      nodes: [['n3']],
      evidence: /wrong version/,
    },
  ],
  silent: [
    { name: 'all version 2', model: healthy() },
    { name: 'all version 3', model: situation(versionThree) },
    {
      name: 'other interval, same version',
      model: situation(configures('n2', { advertIntervalMs: 2000 }), alsoMaster('n2')),
    },
  ],
  unjudged: [
    {
      name: 'the configuration of a BACKUP could not be read',
      model: situation(changeInstance('n3', { configured: unknown('permission denied') })),
      reason: /n3: permission denied/,
    },
  ],
};
