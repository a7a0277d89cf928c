// Root cause: an old keepalived does not notice that its VIP was taken away.
import { stateOf } from '../members.ts';
import { quoteState } from '../quoting.ts';
import { judgeVersions } from '../releases.ts';
import { defineRule } from '../rule.ts';

export const vipMissingOnMasterUndetected = defineRule({
  id: 'vip-missing-on-master-undetected',
  severity: 'critical',
  needs: ['nodes', 'instances', 'holders'],
  title: 'An old keepalived does not notice that its VIP is gone',
  why: 'Before 2.0.1 keepalived does not watch its addresses: whoever removes the VIP leaves a MASTER that goes on advertising an address nobody has.',
  proof: 'The release is below 2.0.1, the instance is MASTER, and none of the group’s nodes holds the VIP.',
  remedy: 'Restart keepalived to get the VIP back, and upgrade.',
  sources: ['keepalived issues 836, 534, 441', 'keepalived ChangeLog 2.0.1'],
  explains: ['vip-on-no-node'],
  check: ({ nodes, instances, holders }) =>
    judgeVersions({ nodes }, 2_000_001, (node, text) => {
      const master = instances.find((one) => one.node === node && stateOf(one) === 'MASTER');
      const lost = holders.find(
        ({ group, holders: held, unread }) =>
          group === master?.group && held.length === 0 && unread.length === 0,
      );
      return master === undefined || lost === undefined
        ? undefined
        : {
            title: `keepalived ${text} on ${node} has not noticed that ${lost.vip} is gone`,
            summary: `${quoteState(master).quote}, and no node holds ${lost.vip}: releases before 2.0.1 do not watch their addresses.`,
            fix: 'Restart keepalived to get the VIP back, find what removed it, and upgrade to 2.0.1 or newer.',
          };
    }),
});
