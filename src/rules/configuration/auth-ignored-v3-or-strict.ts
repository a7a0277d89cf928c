// A remark: an authentication block that keepalived ignores.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const authIgnoredV3OrStrict = defineRule({
  id: 'auth-ignored-v3-or-strict',
  severity: 'low',
  needs: configuredNeeds,
  title: 'Authentication is configured and ignored',
  why: 'VRRPv3 has no authentication and strict mode allows none: keepalived says so once and goes on without. Whoever counts on the password to keep groups apart is mistaken.',
  proof: 'An `authentication` block on an instance that runs VRRPv3 or in strict mode.',
  remedy: 'Remove the block, or use auth_hmac (2.4.0 and later).',
  sources: ['RFC 5798 §9', 'keepalived vrrp.c vrrp_complete_instance'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const ignored = members.filter(
        ({ settings }) => settings.authType.origin === 'adjusted' && settings.authHmac === undefined,
      );
      const [first] = ignored;
      if (first === undefined) return [];
      return [
        draftFor(group, ignored, {
          title: `Authentication is ignored on ${namesOf(ignored)}: ${first.settings.authType.why ?? 'it does not apply'}`,
          summary: 'Adverts carry no password, and any sender with the right VRID is believed.',
          evidence: quoteEach(ignored, (member) =>
            quoteAt(
              member,
              member.settings.authType.source,
              `auth_type ${member.settings.authType.written ?? ''}, ignored: ${member.settings.authType.why ?? ''}`,
            ),
          ),
          fix: 'Remove the authentication block, or move to auth_hmac once every node runs 2.4.0.',
          keyword: 'authentication',
        }),
      ];
    }),
});
