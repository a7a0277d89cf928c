// Configuration fault, told by keepalived’s own log: an include matches no file.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /No config files matched '|Unable to find configuration file|Config files missing '[^']*include/;

export const includeSilentlyMissing = defineRule({
  id: 'include-silently-missing',
  severity: 'high',
  needs: logNeeds,
  title: 'An include matches no file',
  why: 'A plain `include` without a match is no error: keepalived starts, and everything the file was to bring – instances, passwords, scripts – is missing.',
  proof: 'keepalived’s own line since it last read its configuration.',
  remedy: 'Put the file in place or correct the pattern; `includea` (2.2.0+) makes it an error.',
  sources: ['keepalived.conf(5) include', 'keepalived lib/parser.c'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `An include in the configuration of ${name} matches no file`,
        summary: 'What the file was to bring is missing from the running configuration.',
        fix: 'Put the file in place or correct the pattern, then reload.',
        commands: ['grep -rn include /etc/keepalived/'],
      });
    }),
});
