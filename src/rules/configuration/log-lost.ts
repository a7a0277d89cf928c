// Remark: part of what keepalived logs is not kept where it is looked for.
import type { KeepalivedProcess } from '../../cluster/model.ts';
import { judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const diverting = (process: KeepalivedProcess): readonly string[] =>
  process.commandLine.filter((word) => /^(-G|--no-syslog|-g|--log-file(=.*)?)$/.test(word));

export const logLost = defineRule({
  id: 'log-lost',
  severity: 'low',
  needs: logNeeds,
  title: 'Part of keepalived’s log is lost',
  why: 'With `--no-syslog`, a log file of its own or a rate limit of the journal, lines are missing from the log that was read. What is not in it may still have happened.',
  proof: 'The option on keepalived’s command line, or the journal’s own remark that it suppressed lines.',
  remedy: 'Log to syslog, and raise `RateLimitBurst` for the unit.',
  sources: ['keepalived(8) --no-syslog, --log-file', 'journald.conf(5) RateLimitBurst'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'any', ({ node, entries }) => {
      const words = node.processes.kind === 'known' ? node.processes.value.flatMap(diverting) : [];
      const suppressed = entries.filter(({ text }) => /Suppressed \d+ messages from/.test(text)).at(-1);
      const quotes = [
        ...words.map((word) => ({
          node: node.name,
          source: '/proc/PID/cmdline',
          quote: `keepalived … ${word}`,
        })),
        ...(suppressed === undefined ? [] : [{ node: node.name, source: 'journal', quote: suppressed.text }]),
      ];
      const [first, ...rest] = quotes;
      return first === undefined
        ? []
        : [
            {
              subject: { nodes: [node.name] },
              title: `Part of what keepalived on ${node.name} logs is not in the log that was read`,
              summary: 'What is missing there may still have happened.',
              evidence: [first, ...rest],
              remedy: {
                text: 'Let keepalived log to syslog, and set LogRateLimitBurst=0 for its unit.',
                commands: [{ node: node.name, command: 'systemctl cat keepalived' }],
              },
            },
          ];
    }),
});
