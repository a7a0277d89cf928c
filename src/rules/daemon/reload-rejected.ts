// Daemon fault, told by keepalived’s own log: keepalived refused the new configuration at its last reload.
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /New config failed validation/;

export const reloadRejected = defineRule({
  id: 'reload-rejected',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived refused the new configuration at its last reload',
  why: 'With `reload_check_config` a broken file is refused and the old configuration runs on. The file says one thing, keepalived does another, and the next restart will fail.',
  proof: 'keepalived’s own line after its last reload.',
  remedy: 'Mend the file (`keepalived -t` names the line) and reload again.',
  sources: ['keepalived.conf(5) reload_check_config (2.2.0)', 'keepalived main.c'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} refused its configuration file at the last reload (${whenOf(hits.at(-1))})`,
        summary: 'It runs with what it had before; at the next restart it would not come up as it is.',
        fix: 'Find the fault with keepalived -t, mend it, and reload.',
        commands: ['keepalived -t', 'systemctl reload keepalived'],
      });
    }),
});
