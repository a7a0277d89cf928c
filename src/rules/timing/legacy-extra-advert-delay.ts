// Time remark: an old release takes one advert interval longer to take over.
import { judgeVersions } from '../releases.ts';
import { defineRule } from '../rule.ts';

export const legacyExtraAdvertDelay = defineRule({
  id: 'legacy-extra-advert-delay',
  severity: 'low',
  needs: ['nodes', 'instances'],
  title: 'An old release takes one interval longer to take over',
  why: 'Up to 1.4 keepalived passes through a state of its own before MASTER and waits one more advert interval in it. Measured failovers are that much longer than the arithmetic of the RFC.',
  proof: '`keepalived -v` below 2.0.0.',
  remedy: 'Upgrade, or count one interval more.',
  sources: ['keepalived vrrp_scheduler.c up to 1.4.5', 'keepalived issue 1458'],
  explains: [],
  check: (facets) =>
    judgeVersions(facets, 2_000_000, (node, text) => ({
      title: `keepalived ${text} on ${node} takes one advert interval longer to take over`,
      summary: 'Releases before 2.0 wait one more interval between deciding and acting.',
      fix: 'Upgrade keepalived to 2.x; until then count one interval more for each failover.',
    })),
});
