// Configuration fault: a password longer than the eight bytes that count.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const authPassTruncatedTo8 = defineRule({
  id: 'auth-pass-truncated-to-8',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'A password is cut to eight characters',
  why: 'VRRPv2 carries eight bytes of password and keepalived cuts the rest. Passwords that begin alike are the same password: groups believed to be apart accept each other’s adverts.',
  proof: 'The length of `auth_pass` as it is written; the password itself is never shown.',
  remedy:
    'Use at most eight characters, different ones for different groups, and a VRID of its own for each group.',
  sources: ['RFC 2338 §5.3.10', 'keepalived vrrp_parser.c vrrp_auth_pass_handler'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const long = members.filter(
        ({ settings }) =>
          settings.authType.value !== 'none' &&
          settings.authPass?.oddities.includes('longer-than-8') === true,
      );
      if (long.length === 0) return [];
      return [
        draftFor(group, long, {
          title: `auth_pass on ${namesOf(long)} is longer than eight characters, and cut`,
          summary: 'Only the first eight count: any other password that begins with them is the same one.',
          evidence: quoteEach(long, (member) =>
            quoteAt(
              member,
              member.settings.authPass?.source,
              `auth_pass of ${member.settings.authPass?.lengthChars ?? 0} characters`,
            ),
          ),
          fix: 'Shorten it to eight characters on every member at once.',
          keyword: 'auth_pass',
        }),
      ];
    }),
});
