import { includeSilentlyMissing } from '../../../src/rules/configuration/include-silently-missing.ts';
import { logUnread, n2Said, quiet } from '../log-cases.ts';
import type { RuleCases } from '../rule-cases.ts';

const said = /No config files matched '\/etc\/keepalived\/conf\.d\/\*\.conf'\./;

export const cases: RuleCases = {
  rule: includeSilentlyMissing,
  fires: [
    {
      name: 'said a minute ago',
      model: n2Said("No config files matched '/etc/keepalived/conf.d/*.conf'."),
      nodes: [['n2']],
      evidence: said,
      severity: 'high',
    },
    {
      name: 'in other words',
      model: n2Said('Unable to find configuration file /etc/keepalived/vips.conf (glob returned 3)'),
      nodes: [['n2']],
      evidence: /Unable to find configuration file \/etc\/keepalived\/vips\.conf \(glob returned 3\)/,
      severity: 'high',
    },
  ],
  silent: [
    ...quiet,
    {
      name: 'something else, or since mended',
      model: n2Said("No config files matched '/etc/keepalived/conf.d/*.conf'.", 'Reloading'),
    },
  ],
  unjudged: logUnread,
};
