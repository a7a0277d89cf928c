import { unknown } from '../../../src/evidence/reading.ts';
import { noMaster } from '../../../src/rules/state/no-master.ts';
import {
  changeInstance,
  healthy,
  hears,
  hearsNothingFrom,
  names,
  runs,
  silentBackup,
  situation,
  stopped,
  stream,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const foreign = stream('n1', 'n2', { sender: 'foreign', src: '10.77.0.99' });

export const cases: RuleCases = {
  rule: noMaster,
  fires: [
    {
      name: 'keepalived is stopped everywhere',
      model: situation(...names.map(stopped)),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /not running/,
      severity: 'critical',
    },
    {
      name: 'every member is in FAULT',
      model: situation(
        hearsNothingFrom('n1'),
        ...names.map((name) => runs(name, { state: 'FAULT', faults: ['interface down'] })),
      ),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /FAULT.*interface down/,
    },
    {
      name: 'all stay BACKUP for longer than an election, held down by a stranger with other VIPs',
      model: situation(silentBackup('n1'), hears({ ...foreign, addresses: ['10.77.0.200'] })),
      nodes: [['n1', 'n2', 'n3']],
      evidence: /BACKUP/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'the MASTER was left out of the list of nodes: its adverts are heard',
      model: situation(silentBackup('n1'), hears(foreign)),
    },
    { name: 'two backups stopped, one MASTER left', model: situation(stopped('n2'), stopped('n3')) },
    {
      name: 'no state could be read, adverts are heard',
      model: situation(...names.map((name) => changeInstance(name, { running: unknown('no dump') }))),
    },
  ],
  unjudged: [
    {
      name: 'an election may still be under way',
      model: { ...situation(silentBackup('n1')), window: { listenedMs: 1500, endedBecause: 'limit' } },
      reason: /election/,
    },
    {
      name: 'a node of unknown state holds the VIP and is not heard',
      model: situation(hearsNothingFrom('n1'), changeInstance('n1', { running: unknown('no dump') })),
      reason: /unknown state holds the VIP/,
    },
  ],
};
