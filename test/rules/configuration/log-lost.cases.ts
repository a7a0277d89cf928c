import { logLost } from '../../../src/rules/configuration/log-lost.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import { changeProcess, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  rule: logLost,
  fires: [
    {
      name: 'a file of its own',
      model: situation(
        changeProcess('n2', { commandLine: ['keepalived', '-n', '-G', '-g', '/var/log/ka.log'] }),
      ),
      nodes: [['n2']],
      evidence: /… -G/,
      severity: 'low',
    },
    {
      name: 'the journal suppressed lines',
      model: n2Said('Suppressed 812 messages from keepalived.service'),
      nodes: [['n2']],
      evidence: /Suppressed 812/,
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'detail to syslog',
      model: situation(changeProcess('n2', { commandLine: ['keepalived', '-D', '-S', '3'] })),
    },
  ],
  unjudged: logUnread,
};
