// Configuration fault, told by keepalived’s own log: the user for scripts does not exist.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /default user '.*' for script execution does not exist|Unable to resolve default script username/;

export const scriptUserMissing = defineRule({
  id: 'script-user-missing',
  severity: 'low',
  needs: logNeeds,
  title: 'The user for scripts does not exist',
  why: 'Without `keepalived_script` or a `script_user` keepalived runs scripts as root, and under `enable_script_security` it does not run them at all.',
  proof: 'keepalived’s own line since it last read its configuration.',
  remedy: 'Create the user `keepalived_script`, or name one with `script_user`.',
  sources: ['keepalived lib/notify.c', 'keepalived issues 586, 2184'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `The user keepalived runs scripts as does not exist on ${name}`,
        summary: 'Scripts run as root, or not at all under enable_script_security.',
        fix: 'Create the user or set script_user in global_defs.',
        commands: ['useradd --system --shell /usr/sbin/nologin keepalived_script'],
      });
    }),
});
