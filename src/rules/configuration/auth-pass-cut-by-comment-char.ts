// Configuration fault: a comment sign in the password ends it.
import { configuredNeeds, draftFor, judgeGroups, namesOf, quoteAt, quoteEach } from '../configured.ts';
import { defineRule } from '../rule.ts';

export const authPassCutByCommentChar = defineRule({
  id: 'auth-pass-cut-by-comment-char',
  severity: 'high',
  needs: configuredNeeds,
  title: 'A password is cut at a comment sign',
  why: 'An unquoted ! or # begins a comment anywhere in a line; single quotes do not help. The password ends there, so a member quoted otherwise, or another program, has a different one.',
  proof: 'A ! or # directly behind the password in its line; the password itself is never shown.',
  remedy: 'Put the password in double quotes on every member, or avoid ! and #.',
  sources: ['keepalived lib/parser.c decomment'],
  explains: ['auth-password-mismatch'],
  check: (facets) =>
    judgeGroups(facets, (group, members) => {
      const cut = members.filter(
        ({ settings }) =>
          settings.authType.value !== 'none' &&
          settings.authPass?.oddities.includes('cut-by-comment') === true,
      );
      if (cut.length === 0) return [];
      return [
        draftFor(group, cut, {
          title: `auth_pass on ${namesOf(cut)} ends at a comment sign`,
          summary:
            'What follows the ! or # is a comment: the password in force is shorter than the one that was meant.',
          evidence: quoteEach(cut, (member) =>
            quoteAt(
              member,
              member.settings.authPass?.source,
              `auth_pass of ${member.settings.authPass?.lengthChars ?? 0} characters, followed by a comment sign without a blank`,
            ),
          ),
          fix: 'Write the password in double quotes, on every member at once.',
          keyword: 'auth_pass',
        }),
      ];
    }),
});
