// Configuration remark: a VMAC that sends nothing is forgotten by switches.
import type { InstanceConfig } from '../../cluster/model.ts';
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

const elsewhere = (settings: InstanceConfig) =>
  [...settings.vips, ...settings.excludedVips].filter(
    ({ dev }) => dev !== undefined && dev !== settings.interface?.value,
  );

export const vmacMacAgeingSecondaryInterface = defineRule({
  id: 'vmac-mac-ageing-secondary-interface',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'VIPs on a second interface send nothing that keeps the VMAC known',
  why: 'Adverts refresh the VMAC in the switches of the instance’s own interface only. VIPs on another `dev` send nothing regularly: their switch forgets the MAC and floods, or drops.',
  proof: '`use_vmac`, a VIP with a `dev` other than the instance’s, and no `garp_master_refresh`.',
  remedy: 'Set `garp_extra_if` (2.2.3).',
  sources: ['keepalived.conf(5) garp_extra_if, vrrp_garp_extra_if'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const found = members.filter(
        ({ settings }) =>
          settings.macInterface?.kind === 'vmac' &&
          elsewhere(settings).length > 0 &&
          settings.garp.masterRefreshMs.value === 0,
      );
      if (found.length === 0) return [];
      return [
        draftFor(group, found, {
          title: `VIPs of ${namesOf(found)} stand on an interface that sends nothing for their VMAC`,
          summary: 'After the ageing time of the switch (minutes) it no longer knows where the VMAC is.',
          evidence: quoteEach(found, (member) =>
            quoteAt(
              member,
              member.settings.source,
              `${elsewhere(member.settings)
                .map(({ cidr, dev }) => `${cidr} dev ${dev ?? ''}`)
                .join(', ')}`,
            ),
          ),
          fix: 'Set garp_extra_if in the instance, or garp_master_refresh 60.',
          keyword: 'use_vmac',
        }),
      ];
    }),
});
