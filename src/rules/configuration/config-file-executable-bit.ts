// Configuration fault, told by keepalived’s own log: keepalived refuses a configuration file that is executable or no regular file.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /is not a regular non-executable file/;

export const configFileExecutableBit = defineRule({
  id: 'config-file-executable-bit',
  severity: 'critical',
  needs: logNeeds,
  title: 'keepalived refuses a configuration file that is executable or no regular file',
  why: 'keepalived reads only regular files without an execute bit. A file mounted with mode 0755, or a directory made by Docker for a file that was not there, leaves it without configuration.',
  proof: 'keepalived’s own line since it last read its configuration.',
  remedy: '`chmod 0644` the file; in containers mount a copy with mode 0644.',
  sources: ['keepalived lib/parser.c', 'osixia/container-keepalived issue 46'],
  explains: ['keepalived-disabled-or-stopped', 'permanent-config-exit', 'no-master', 'vip-on-no-node'],
  check: (facets) =>
    judgeLogs(facets, 'reading', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} refuses its configuration file: it is executable or no regular file`,
        summary: 'It reads no such file, and runs without what is in it or not at all.',
        fix: 'Take the execute bit away and start keepalived again.',
        commands: [
          'stat -c "%A %F %n" /etc/keepalived/keepalived.conf',
          'chmod 0644 /etc/keepalived/keepalived.conf',
          'systemctl restart keepalived',
        ],
      });
    }),
});
