// Root cause: systemd skipped keepalived because its configuration is missing or empty.
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const unmet = /condition/i;

export const configMissingUnitSkipped = defineRule({
  id: 'config-missing-unit-skipped',
  severity: 'critical',
  needs: ['nodes'],
  title: 'systemd skips keepalived: its configuration is missing',
  why: 'Debian’s unit starts keepalived only where /etc/keepalived/keepalived.conf is there and not empty. Else the unit is inactive, not failed: monitoring stays green, and the node is no member.',
  proof: 'The unit is not running and systemd names the unmet condition on the configuration file.',
  remedy: 'Put the configuration in place and start the unit.',
  sources: ['systemd.unit(5) ConditionFileNotEmpty', 'Debian keepalived.service'],
  explains: ['keepalived-disabled-or-stopped', 'no-master', 'vip-on-no-node'],
  check: ({ nodes }) => {
    const drafts = nodes.flatMap(({ name, unit, configuration, processes, log }): readonly FindingDraft[] => {
      if (unit.kind === 'unknown' || unit.value.activeState === 'active') return [];
      if (processes.kind === 'known' && processes.value.length > 0) return [];
      const said =
        log.kind === 'known'
          ? log.value.findLast(({ text }) => /ConditionFileNotEmpty=|ConditionPathExists=/.test(text))?.text
          : undefined;
      if (!unmet.test(unit.value.reason ?? '') || (said === undefined && configuration.kind === 'known'))
        return [];
      return [
        {
          subject: { nodes: [name] },
          title: `systemd skipped keepalived on ${name}: its configuration is missing or empty`,
          summary: 'The unit is inactive and not failed, so nothing raises an alarm.',
          evidence: [
            {
              node: name,
              source: 'systemctl show',
              quote: `${unit.value.name}: ${unit.value.activeState}: ${unit.value.reason ?? ''}`,
            },
            ...(said === undefined ? [] : [{ node: name, source: 'journal', quote: said }]),
          ],
          remedy: {
            text: 'Put the configuration in place, then start the unit.',
            commands: [
              { node: name, command: 'ls -l /etc/keepalived/' },
              { node: name, command: 'systemctl start keepalived' },
            ],
          },
        },
      ];
    });
    const unread = nodes.flatMap(({ name, unit }) =>
      unit.kind === 'unknown' ? [`${name}: ${unit.reason}`] : [],
    );
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
