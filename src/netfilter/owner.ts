/**
 * Whose rule it is: the program an engineer has to talk to so that the change survives. Knows the names programs give
 * their tables and chains; a rule nobody claims belongs to whoever writes nft or iptables rules on that host.
 */
import type { FirewalldPlace } from './firewalld.ts';
import { firewalldPlace } from './firewalld.ts';
import type { RuleRef } from './ruleset.ts';
import type { UfwPlace } from './ufw.ts';
import { ufwPlace } from './ufw.ts';

export type OtherOwner =
  | 'docker'
  | 'kubernetes'
  | 'calico'
  | 'cilium'
  | 'keepalived'
  | 'fail2ban'
  | 'libvirt'
  | 'podman'
  | 'crowdsec'
  | 'nft'
  | 'iptables';

export type Owner = FirewalldPlace | UfwPlace | { readonly owner: OtherOwner };

const marks: readonly (readonly [OtherOwner, RegExp, RegExp])[] = [
  ['docker', /^docker/i, /^DOCKER/],
  ['kubernetes', /^kube-/i, /^KUBE-/],
  ['calico', /^calico/i, /^cali[-_]/],
  ['cilium', /^cilium/i, /^(OLD_)?CILIUM_/],
  ['keepalived', /^keepalived/i, /^keepalived/i],
  ['fail2ban', /^f2b-/, /^f2b-/],
  ['libvirt', /^libvirt/i, /^LIBVIRT_/],
  ['podman', /^(netavark|podman)/i, /^(NETAVARK|CNI-)/],
  ['crowdsec', /^crowdsec/i, /^crowdsec/i],
];

/** `path` is the judgement's path; with it a built-in chain's policy or last rule finds its owner too. */
export function ownerOf(ref: RuleRef, path: readonly RuleRef[] = []): Owner {
  const known = firewalldPlace(ref, path) ?? ufwPlace(ref, path);
  if (known !== undefined) return known;
  const mark = marks.find(([, table, chain]) => table.test(ref.table) || chain.test(ref.chain));
  if (mark !== undefined) return { owner: mark[0] };
  return { owner: ref.engine === 'nft' ? 'nft' : 'iptables' };
}
