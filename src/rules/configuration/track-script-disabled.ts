// Configuration fault, told by keepalived’s own log: keepalived has disabled a script.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /Disabling (track |notify |track_process )?script \S+ (due to|since)|Unsafe permissions found for script '.*' - disabling|is not executable for uid:gid \d+:\d+ - disabling|track script \S+ not found, ignoring|Unable to access script `.*` - disabling|Permissions failure for script \S+ in path - disabling|Cannot find script \S+ in path - disabling|Unable to set default user for vrrp script \S+ - removing/;

export const trackScriptDisabled = defineRule({
  id: 'track-script-disabled',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived has disabled a script',
  why: 'A script that is missing, not executable, or writable by others under `enable_script_security` is never run. The service it watches may die and the VIP does not move.',
  proof: 'keepalived’s own line since it last read its configuration.',
  remedy: 'Make the script and every directory above it owned by root and mode 0755, or set `script_user`.',
  sources: ['keepalived lib/notify.c', 'keepalived issues 842, 1372, 2184, 2438'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} has disabled a script: nothing is checked by it`,
        summary: 'The script is never run; a failure of what it watches moves no VIP.',
        fix: 'Mend owner and mode of the script and the directories above it, or its path, then reload.',
        commands: ['grep -n -A3 vrrp_script /etc/keepalived/keepalived.conf', 'systemctl reload keepalived'],
      });
    }),
});
