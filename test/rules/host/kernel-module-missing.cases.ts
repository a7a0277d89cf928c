import { known } from '../../../src/evidence/reading.ts';
import { kernelModuleMissing } from '../../../src/rules/host/kernel-module-missing.ts';
import { logged, logUnread, n2Said, quiet } from '../log-cases.ts';
import { balancing, everywhere, head, webServer, wholeTable } from '../lvs-model.ts';
import { changeNode } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /IPVS: Can't initialize ipvs: Protocol not available/;

export const cases: RuleCases = {
  rule: kernelModuleMissing,
  fires: [
    {
      name: 'virtual servers, and no table in the kernel',
      model: balancing(webServer, { n1: wholeTable, n2: wholeTable }),
      nodes: [['n3']],
      evidence: /there is no such file/,
      severity: 'high',
    },
    {
      name: 'virtual servers of an unread table, by the log',
      model: balancing(
        webServer,
        everywhere('?'),
        logged([60, "IPVS: Can't initialize ipvs: Protocol not available"]),
      ),
      nodes: [['n2']],
      evidence: said,
      severity: 'medium',
    },
    {
      name: 'said a minute ago',
      model: n2Said("IPVS: Can't initialize ipvs: Protocol not available"),
      nodes: [['n2']],
      evidence: said,
      severity: 'low',
    },
    {
      name: 'in other words',
      model: n2Said("IPVS: Can't initialize ipvs: No such file or directory"),
      nodes: [['n2']],
      evidence: /IPVS: Can't initialize ipvs: No such file or directory/,
      severity: 'low',
    },
  ],
  silent: [
    ...quiet,
    { name: 'loaded, and the table is empty', model: balancing(webServer, everywhere(head)) },
    {
      name: 'loaded by hand since it was said',
      model: balancing(
        webServer,
        everywhere(wholeTable),
        logged([60, "IPVS: Can't initialize ipvs: Protocol not available"]),
      ),
    },
    {
      name: 'keepalived does not run',
      model: balancing(
        webServer,
        { n1: wholeTable, n2: wholeTable },
        changeNode('n3', { processes: known([]) }),
      ),
    },
  ],
  unjudged: logUnread,
};
