// Configuration fault, told by keepalived’s own log: scripts run without script security.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /SECURITY VIOLATION - scripts are being executed but script_security not enabled/;

export const scriptSecurityWarning = defineRule({
  id: 'script-security-warning',
  severity: 'low',
  needs: logNeeds,
  title: 'Scripts run without script security',
  why: 'A script that others may write runs as root. keepalived says so at each start, and `keepalived -t` ends with status 5, which some tools take for a broken configuration.',
  proof: 'keepalived’s own line since it last read its configuration.',
  remedy: 'Set `enable_script_security` and `script_user`, and let root own the scripts.',
  sources: ['keepalived lib/notify.c', 'keepalived issue 901'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `Scripts on ${name} run without script security`,
        summary: 'No fault of the cluster: whoever may write the scripts has root rights on the node.',
        fix: 'Add enable_script_security and script_user to global_defs.',
        commands: ['grep -n script_security /etc/keepalived/keepalived.conf'],
      });
    }),
});
