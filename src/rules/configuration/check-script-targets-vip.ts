// Configuration fault: a check script looks at the VIP it decides about.
import type { InstanceConfig, KeepalivedConfig } from '../../cluster/model.ts';
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

const targetsOf = (settings: InstanceConfig, config: KeepalivedConfig): readonly string[] =>
  settings.tracks.flatMap(({ kind, name }) => {
    const words = config.scripts.find((script) => kind === 'script' && script.name === name)?.command?.value;
    const command = words?.join(' ') ?? '';
    const named = settings.vips.some(({ address }) =>
      command.split(/[^0-9a-fA-F.:]+/).some((word) => word === address || word.startsWith(`${address}:`)),
    );
    return named ? [`script "${command}"`] : [];
  });

export const checkScriptTargetsVip = defineRule({
  id: 'check-script-targets-vip',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'A check script looks at the VIP itself',
  why: 'On a backup the VIP leads to the master: the check says how the other node is, or fails where the VIP is refused. When the master’s service fails both nodes fail the check, and the VIP goes nowhere.',
  proof: 'The command of a tracked `vrrp_script` contains one of the instance’s VIPs.',
  remedy: 'Check the service on localhost or the node’s own address.',
  sources: ['keepalived.conf(5) vrrp_script'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const found = members.filter(({ settings, config }) => targetsOf(settings, config).length > 0);
      if (found.length === 0) return [];
      return [
        draftFor(group, found, {
          title: `A check script of ${namesOf(found)} looks at the VIP itself`,
          summary: 'On a backup it checks the master instead of its own service.',
          evidence: quoteEach(found, (member) =>
            quoteAt(member, member.settings.source, targetsOf(member.settings, member.config).join('; ')),
          ),
          fix: 'Let the script ask 127.0.0.1 or the node’s own address.',
          keyword: 'script',
        }),
      ];
    }),
});
