// Configuration fault: an advert interval with a fraction, on a version that carries whole seconds.
import { configuredNeeds, draftFor, judgeGroups, quoteAt } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const subsecondAdvertIntOnV2 = defineRule({
  id: 'subsecond-advert-int-on-v2',
  severity: 'high',
  needs: configuredNeeds,
  title: 'VRRPv2 cannot carry the advert interval that is written',
  why: 'VRRPv2 counts whole seconds. keepalived rounds, and never below one second, so failover takes several times as long as the configuration promises; old releases rounded to zero and flooded the network.',
  proof: 'A fraction in `advert_int` of an instance that runs VRRPv2.',
  remedy: 'Use `vrrp_version 3`, which counts hundredths of a second, or write whole seconds.',
  sources: [
    'RFC 3768 §5.3.7',
    'keepalived vrrp.c vrrp_complete_instance',
    'keepalived issues 1615, 2546, 2191',
  ],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) =>
      members.flatMap((member) => {
        const { advertIntervalMs, version } = member.settings;
        const written = Number(advertIntervalMs.written);
        if (version.value !== 2 || advertIntervalMs.origin !== 'adjusted' || Number.isInteger(written))
          return [];
        return [
          draftFor(group, [member], {
            title: `advert_int ${advertIntervalMs.written ?? ''} on ${member.node} runs as ${advertIntervalMs.value / 1000} s: VRRPv2 carries whole seconds`,
            summary: `A dead master is missed after ${(member.settings.downTimerAdverts.value * advertIntervalMs.value) / 1000} s and more, not after ${Number((member.settings.downTimerAdverts.value * written).toFixed(2))} s.`,
            evidence: [
              quoteAt(member, advertIntervalMs.source, `advert_int ${advertIntervalMs.written ?? ''}`),
              quoteAt(
                member,
                version.source,
                version.origin === 'default' ? 'VRRP version 2, by default' : 'VRRP version 2',
              ),
            ],
            fix: 'Set vrrp_version 3 in global_defs on every node, and restart them together; or write whole seconds.',
            keyword: 'advert_int',
          }),
        ];
      }),
    ),
});
