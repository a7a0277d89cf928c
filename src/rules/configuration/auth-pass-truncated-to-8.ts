// Configuration fault: a password longer than the eight bytes that count.
import type { ClusterModel, Group } from '../../cluster/model.ts';
import {
  type ConfiguredMember,
  configuredMembers,
  configuredNeeds,
  draftFor,
  judgeGroups,
  namesOf,
  quoteAt,
  quoteEach,
} from '../configured.ts';
import { listing } from '../members.ts';
import { defineRule } from '../rule.ts';

type Needs = Pick<ClusterModel, 'groups' | 'instances' | 'configurations'>;

const isLong = ({ settings }: ConfiguredMember): boolean =>
  settings.authType.value !== 'none' && settings.authPass?.oddities.includes('longer-than-8') === true;

/** Other groups whose password was written with another length and still is the same eight bytes. */
const namesakes = (group: Group, long: readonly ConfiguredMember[], facets: Needs): readonly Group[] =>
  facets.groups.filter(
    (other) =>
      other.id !== group.id &&
      configuredMembers(other, facets).some(
        ({ settings }) =>
          settings.authType.value !== 'none' &&
          long.some(
            (member) =>
              member.settings.authPass?.fingerprint === settings.authPass?.fingerprint &&
              member.settings.authPass?.lengthChars !== settings.authPass?.lengthChars,
          ),
      ),
  );

export const authPassTruncatedTo8 = defineRule({
  id: 'auth-pass-truncated-to-8',
  severity: 'medium',
  needs: configuredNeeds,
  title: 'A password is cut to eight characters',
  why: 'VRRPv2 carries eight bytes of password and keepalived cuts the rest. Passwords that begin alike are the same password: groups believed to be apart accept each other’s adverts.',
  proof:
    'The length of `auth_pass` as it is written; the password itself is never shown. Where no other group turns out to have the same one, it is a remark.',
  remedy:
    'Use at most eight characters, different ones for different groups, and a VRID of its own for each group.',
  sources: ['RFC 2338 §5.3.10', 'keepalived vrrp_parser.c vrrp_auth_pass_handler'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const long = members.filter(isLong);
      if (long.length === 0) return [];
      const alike = namesakes(group, long, facets);
      const others = listing(alike.map(({ vrid }) => `VRID ${vrid}`));
      return [
        draftFor(group, long, {
          title: `auth_pass on ${namesOf(long)} is longer than eight characters, and cut`,
          summary:
            alike.length === 0
              ? 'Only the first eight count: any other password that begins with them is the same one.'
              : `Only the first eight count, and they are those of ${others} too, although the passwords are written differently.`,
          evidence: quoteEach(long, (member) =>
            quoteAt(
              member,
              member.settings.authPass?.source,
              `auth_pass of ${member.settings.authPass?.lengthChars ?? 0} characters`,
            ),
          ),
          fix: 'Shorten it to eight characters on every member at once.',
          keyword: 'auth_pass',
          severity: alike.length === 0 ? 'low' : 'medium',
        }),
      ];
    }),
});
