// Configuration remark: one VMAC on two VLANs.
import type { InstanceConfig, KeepalivedConfig } from '../../cluster/model.ts';
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

const trunkOf = (name: string | undefined): string | undefined => /^(.+)\.\d+$/.exec(name ?? '')?.[1];

const twinsOf = (settings: InstanceConfig, config: KeepalivedConfig): readonly string[] => {
  const trunk = trunkOf(settings.interface?.value);
  if (settings.macInterface?.kind !== 'vmac' || trunk === undefined) return [];
  return config.instances.flatMap((other) =>
    other.name !== settings.name &&
    other.macInterface?.kind === 'vmac' &&
    other.family === settings.family &&
    other.vrid?.value === settings.vrid?.value &&
    other.interface?.value !== settings.interface?.value &&
    trunkOf(other.interface?.value) === trunk
      ? [other.interface?.value ?? '?']
      : [],
  );
};

export const sameVridOnTwoVlansOneSwitch = defineRule({
  id: 'same-vrid-on-two-vlans-one-switch',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'One VMAC stands on two VLANs',
  why: 'Two instances with one VRID have the same virtual MAC. On VLANs of a switch that keeps one table of MACs for all of them, it moves to and fro and frames go astray.',
  proof: '`use_vmac` in two instances with one VRID on VLANs of the same interface.',
  remedy: 'Use a VRID of its own on each VLAN.',
  sources: ['keepalived.conf(5) virtual_router_id', 'RFC 9568 §7.3'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const found = members.filter(({ settings, config }) => twinsOf(settings, config).length > 0);
      if (found.length === 0) return [];
      return [
        draftFor(group, found, {
          title: `VRID ${group.vrid} stands on two VLANs of ${namesOf(found)} with one virtual MAC`,
          summary: 'On a switch with one MAC table for all VLANs the MAC moves between them.',
          evidence: quoteEach(found, (member) =>
            quoteAt(
              member,
              member.settings.source,
              `${member.settings.interface?.value ?? '?'} and ${twinsOf(member.settings, member.config).join(', ')}: VRID ${member.settings.vrid?.value ?? 0}, use_vmac`,
            ),
          ),
          fix: 'Give each VLAN a VRID of its own, unless the switch learns MACs per VLAN.',
          keyword: 'virtual_router_id',
        }),
      ];
    }),
});
