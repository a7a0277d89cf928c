// Innocent: a log without detail. Never a finding.
import { listing } from '../members.ts';
import { clear, defineRule, notEvaluated } from '../rule.ts';

const detailed = (words: readonly string[]): boolean =>
  words.some((word) => word === '--log-detail' || /^-[a-zA-Z]*D/.test(word));

export const debianNoDetailLogging = defineRule({
  id: 'debian-no-detail-logging',
  severity: 'low',
  needs: ['nodes'],
  title: 'A missing log line proves nothing without detail logging',
  why: 'Debian and Ubuntu start keepalived without `-D`. Lines about timeouts, gratuitous ARP and priority 0 then never appear, and their absence is no evidence.',
  proof: 'keepalived’s command line is read and shown.',
  remedy: 'Nothing to mend; start keepalived with `-D` for more detail.',
  sources: ['keepalived(8) --log-detail', 'keepalived lib/logger.h (LOG_DETAIL)'],
  explains: [],
  check: ({ nodes }) => {
    const running = nodes.flatMap(({ name, processes }) =>
      processes.kind === 'known' ? processes.value.map(({ commandLine }) => ({ name, commandLine })) : [],
    );
    if (running.length === 0) return notEvaluated('no command line of keepalived could be read');
    const sparse = running.filter(({ commandLine }) => !detailed(commandLine)).map(({ name }) => name);
    return clear(
      sparse.length === 0
        ? 'every keepalived logs in detail'
        : `keepalived on ${listing([...new Set(sparse)])} runs without -D: lines that are missing from its log prove nothing`,
    );
  },
});
