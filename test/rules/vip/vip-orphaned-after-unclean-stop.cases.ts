import { vipOrphanedAfterUncleanStop } from '../../../src/rules/vip/vip-orphaned-after-unclean-stop.ts';
import {
  alsoMaster,
  healthy,
  hears,
  held,
  logs,
  runs,
  silentBackup,
  situation,
  stopped,
  stream,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: vipOrphanedAfterUncleanStop,
  fires: [
    {
      name: 'keepalived was killed on n1, n2 took over',
      model: situation(
        stopped('n1'),
        alsoMaster('n2'),
        held('n1', 'n2'),
        logs('n1', 'keepalived.service: Main process exited, code=killed, status=9/KILL'),
      ),
      nodes: [['n1']],
      evidence: /status=9\/KILL/,
      says: /keepalived died/,
      severity: 'critical',
    },
    {
      name: 'a silent BACKUP holds it too',
      model: situation(held('n1', 'n3')),
      nodes: [['n3']],
      evidence: /no advert of VRID 101 came from n3/,
      says: /although it is BACKUP/,
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    { name: 'a second MASTER holds it: that is no orphan', model: situation(alsoMaster('n2')) },
    { name: 'stopped in good order', model: situation(stopped('n1'), alsoMaster('n2')) },
    {
      name: 'it sent adverts a moment ago: a hand-over',
      model: situation(silentBackup('n1'), held('n1'), hears(stream('n1', 'n2', { count: 1 }))),
    },
    { name: 'INIT with no VIP', model: situation(runs('n3', { state: 'INIT' })) },
  ],
};
