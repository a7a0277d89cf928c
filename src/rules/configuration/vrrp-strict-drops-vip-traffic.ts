// Configuration fault: the VIP is there, and the node drops what is sent to it.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const vrrpStrictDropsVipTraffic = defineRule({
  id: 'vrrp-strict-drops-vip-traffic',
  severity: 'critical',
  needs: configuredNeeds,
  title: 'Strict mode drops traffic to the VIP',
  why: 'In strict mode a master that does not own the address only forwards for it: keepalived adds firewall rules that drop everything sent to the VIP itself. ARP answers, and ping and every service on the VIP are dead.',
  proof:
    '`vrrp_strict` or `strict_mode` in force, a priority other than 255, and no accept mode. A written `no_accept` is taken for a choice.',
  remedy: 'Remove vrrp_strict; with VRRPv3 `accept` on the instance will do.',
  sources: [
    'RFC 9568 §6.1 (Accept_Mode)',
    'keepalived vrrp.c vrrp_complete_instance',
    'keepalived issues 474, 1373, 2046, 2319',
  ],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const deaf = members.filter(
        ({ settings }) => settings.accept.value === 'off' && settings.vips.length > 0,
      );
      const [first] = deaf;
      if (first === undefined) return [];
      const chosen = deaf.every(({ settings }) => settings.accept.origin === 'configured');
      return [
        draftFor(group, deaf, {
          title: chosen
            ? `no_accept on ${namesOf(deaf)}: the VIP forwards and does not answer`
            : `Strict mode on ${namesOf(deaf)} drops all traffic to the VIP`,
          summary: chosen
            ? 'Whoever is master drops what is sent to the VIP itself, as configured; that is right for a gateway only.'
            : 'Whoever is master answers ARP for the VIP and drops what is then sent to it.',
          evidence: quoteEach(deaf, (member) =>
            quoteAt(
              member,
              chosen ? member.settings.accept.source : member.settings.strict.source,
              chosen
                ? 'no_accept'
                : `strict mode, priority ${member.settings.priority.value}, accept mode off`,
            ),
          ),
          fix: chosen
            ? 'Remove no_accept if services are to be reached on the VIP.'
            : 'Remove vrrp_strict (and strict_mode) on every member, or with VRRPv3 add accept to the instance; then restart keepalived.',
          keyword: chosen ? 'no_accept' : 'strict',
          ...(chosen ? { severity: 'low' as const } : {}),
        }),
      ];
    }),
});
