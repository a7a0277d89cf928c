// Configuration remark: an old release writes its password where everyone may read it.
import { judgeVersions } from '../releases.ts';
import { defineRule } from '../rule.ts';

export const authPassWorldReadable = defineRule({
  id: 'auth-pass-world-readable',
  severity: 'medium',
  needs: ['nodes', 'instances'],
  title: 'Everyone on the node may read the password',
  why: 'Up to 1.3.5 keepalived runs without a umask and writes its state dump, password included, to /tmp for all to read.',
  proof: '`keepalived -v` of at most 1.3.5 with a PASS or AH password configured.',
  remedy: 'Upgrade, and change the password afterwards.',
  sources: ['keepalived main.c (umask) up to 1.3.5', 'keepalived ChangeLog 2.4.0 (passwords masked)'],
  explains: [],
  check: (facets) =>
    judgeVersions(facets, 1_003_006, (node, text) =>
      facets.instances.some(
        (one) =>
          one.node === node &&
          one.configured.kind === 'known' &&
          (one.configured.value.auth.type === 'PASS' || one.configured.value.auth.type === 'AH'),
      )
        ? {
            title: `keepalived ${text} on ${node} writes its password to a file everyone may read`,
            summary:
              'State dumps in /tmp hold auth_pass in clear and are readable by every user of the node.',
            fix: 'Upgrade keepalived, remove old dumps, and change the password on all members at once.',
          }
        : undefined,
    ),
});
