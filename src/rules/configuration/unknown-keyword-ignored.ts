// Configuration fault, told by keepalived’s own log: keepalived ignores a keyword it does not know.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /Unknown keyword '/;

export const unknownKeywordIgnored = defineRule({
  id: 'unknown-keyword-ignored',
  severity: 'high',
  needs: logNeeds,
  title: 'keepalived ignores a keyword it does not know',
  why: 'keepalived reports an unknown word and goes on without it. A typo in `unicast_peer` or `nopreempt`, or a keyword of a newer release, silently leaves the cluster running as if it were not there.',
  proof: 'keepalived’s own `Unknown keyword` line since it last read its configuration.',
  remedy: 'Correct the spelling, or upgrade to the release that knows the keyword.',
  sources: ['keepalived lib/parser.c', 'keepalived issue 617'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} ignores a keyword it does not know`,
        summary: 'The line has no effect: the running configuration lacks what it was meant to set.',
        fix: 'Correct or remove the keyword on the line named, then reload.',
        commands: ['keepalived -t', 'systemctl reload keepalived'],
      });
    }),
});
