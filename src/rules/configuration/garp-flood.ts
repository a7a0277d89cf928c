// Configuration remark: a failover sends gratuitous ARP faster than switches take it.
import type { InstanceConfig } from '../../cluster/model.ts';
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

const burstOf = (settings: InstanceConfig): number =>
  (settings.vips.length + settings.excludedVips.length) * settings.garp.masterRepeat.value;

export const garpFlood = defineRule({
  id: 'garp-flood',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'A failover sends a flood of gratuitous ARP',
  why: 'For each VIP keepalived sends five gratuitous ARPs and five more after a delay, without a pause unless told. With hundreds of VIPs the burst runs into storm control and some are lost: their neighbours keep the old MAC.',
  proof: 'VIPs times repetitions of one burst beyond a thousand frames, and no `vrrp_garp_interval`.',
  remedy: 'Set `vrrp_garp_interval`, `garp_master_repeat 1` or `vrrp_min_garp`.',
  sources: ['keepalived.conf(5) vrrp_garp_interval, vrrp_min_garp', 'keepalived vrrp_arp.c'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const found = members.filter(
        ({ settings, config }) => config.globals.garpIntervalMs.value === 0 && burstOf(settings) > 1000,
      );
      if (found.length === 0) return [];
      return [
        draftFor(group, found, {
          title: `A failover to ${namesOf(found)} sends ${Math.max(...found.map(({ settings }) => burstOf(settings)))} gratuitous ARPs at once`,
          summary: 'Nothing spaces them, so storm control or a busy switch may lose some.',
          evidence: quoteEach(found, (member) =>
            quoteAt(
              member,
              member.settings.source,
              `${burstOf(member.settings)} frames a burst, garp_interval 0`,
            ),
          ),
          fix: 'Set vrrp_garp_interval 0.001 (or garp_master_repeat 1) in global_defs on every member.',
          keyword: 'garp',
        }),
      ];
    }),
});
