// Configuration fault, told by keepalived’s own log: braces or quotes in the configuration do not match.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /There are \d+ missing '|Extra '\}' found|Missing '\{' at beginning|Unexpected '\{' - ignoring|Unmatched quote|Unterminated quote|is missing a parameter/;

export const braceOrQuoteErrors = defineRule({
  id: 'brace-or-quote-errors',
  severity: 'high',
  needs: logNeeds,
  title: 'Braces or quotes in the configuration do not match',
  why: 'After a missing or extra brace keepalived takes the following lines for something else: whole blocks that stand after it may be swallowed without another word.',
  proof: 'keepalived’s own complaint since it last read its configuration.',
  remedy: 'Balance braces and quotes around the line named.',
  sources: ['keepalived lib/parser.c'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `Braces or quotes in the configuration of ${name} do not match`,
        summary: 'keepalived may have skipped or misread blocks after that line.',
        fix: 'Mend the line named (vipdoctor lint shows it with its surroundings) and reload.',
        commands: ['keepalived -t'],
      });
    }),
});
