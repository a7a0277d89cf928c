/**
 * What keepalived decides about the VRRP part as a whole: sync groups, weights that cannot act, two instances with
 * one VRID on one interface (vrrp.c: vrrp_complete_init, check_vrid_conflicts; vrrp_sync.c).
 */
import { isAtLeast, type KeepalivedVersion } from '../version.ts';
import type { Complain } from './complaint.ts';
import type { GlobalFacts } from './global-keywords.ts';
import { type CompletedInstance, completeInstance } from './instance-completion.ts';
import type { InstanceFacts, SyncGroupFacts, TrackKind, VrrpFacts } from './vrrp-facts.ts';
import { quoteWord } from './words.ts';

export interface CompletionContext {
  readonly globals: GlobalFacts;
  readonly version: KeepalivedVersion;
}

/** Stops where keepalived stops: behind a refusal nothing more is said. */
export function completeVrrp(complain: Complain, facts: VrrpFacts, context: CompletionContext): void {
  for (const instance of facts.instances) if (hasMinimum(complain, instance, context) === 'no') return;
  for (const group of facts.syncGroups) gatherMembers(complain, group, facts);
  const completed: { readonly facts: InstanceFacts; readonly result: CompletedInstance }[] = [];
  for (const instance of facts.instances) {
    const result = completeInstance(complain, instance, context);
    if (result === undefined) return;
    completed.push({ facts: instance, result });
    checkTracking(complain, instance, result);
  }
  for (const [index, one] of completed.entries())
    for (const other of completed.slice(index + 1))
      if (shareVrid(one, other))
        complain(
          other.facts.vrid?.line ?? other.facts.line,
          'refuses',
          'vrid-twice',
          `two instances use virtual_router_id ${one.facts.vrid?.value ?? 0} on the same interface; keepalived does not start`,
        );
  for (const group of facts.syncGroups) checkGroupTracking(complain, group, completed);
}

function hasMinimum(
  complain: Complain,
  instance: InstanceFacts,
  { version }: CompletionContext,
): 'yes' | 'no' {
  const { line, name } = instance;
  const label = line.privacy === 'secret' ? 'the instance' : name;
  if (instance.vrid === undefined) {
    complain(line, 'refuses', 'vrid-missing', `${label} has no virtual_router_id; keepalived does not start`);
    return 'no';
  }
  // Up to 2.2.7 the mode is not known yet when this is checked, so even unicast needs an interface.
  const unicast = instance.unicastKeyword !== undefined && instance.peers.length > 0;
  if (instance.interface === undefined && !(unicast && isAtLeast(version, '2.2.8'))) {
    complain(line, 'refuses', 'interface-missing', `${label} has no interface; keepalived does not start`);
    return 'no';
  }
  return 'yes';
}

function gatherMembers(complain: Complain, group: SyncGroupFacts, facts: VrrpFacts): undefined {
  const objects = (rule: string, message: string): undefined =>
    void complain(group.line, 'objects', rule, message);
  const label = quoteWord(group.line, group.name);
  if (group.members === undefined)
    return objects('block-incomplete', `sync group ${label} lists no instance; keepalived drops it`);
  let owner: 'unknown' | 'owner' | 'other' = 'unknown';
  let count = 0;
  for (const name of group.members) {
    const member = facts.instances.find((one) => one.name === name);
    if (member === undefined) {
      objects(
        'reference-unknown',
        `sync group ${label} names ${quoteWord(group.line, name)}, which is no instance`,
      );
      continue;
    }
    if (member.syncGroup !== undefined) {
      objects(
        'settings-conflict',
        `instance ${quoteWord(group.line, name)} is in two sync groups; keepalived keeps the first`,
      );
      continue;
    }
    member.syncGroup = group;
    count++;
    if (owner === 'owner' && member.wants?.state === 'BACKUP')
      objects('settings-conflict', `sync group ${label} mixes address owners (priority 255) with others`);
    if (owner !== 'other')
      owner = member.wants?.state === 'MASTER' && member.priority?.value === 255 ? 'owner' : 'other';
  }
  if (count === 0) objects('block-incomplete', `sync group ${label} has no member; keepalived drops it`);
  else if (count === 1)
    objects('sync-group-of-one', `sync group ${label} has only one member, which is seldom meant`);
  return undefined;
}

/** Weights cannot act in a sync group without sync_group_tracking_weight, nor on an address owner. */
function checkTracking(complain: Complain, instance: InstanceFacts, result: CompletedInstance): void {
  const own = instance.interface?.name;
  instance.tracks.interface = instance.tracks.interface.filter((entry) => {
    if (entry.name !== own) return true;
    complain(
      entry.line,
      'objects',
      'track-own-interface',
      'the instance tracks its own interface anyway; keepalived ignores the entry',
    );
    return false;
  });
  const inGroup = instance.syncGroup !== undefined && instance.syncGroup.weighted === 'no';
  if (!inGroup && result.priority !== 255) return;
  const why = inGroup ? 'in a sync group without sync_group_tracking_weight' : 'with priority 255';
  const kinds: readonly TrackKind[] = ['interface', 'script', 'file', 'bfd'];
  for (const kind of kinds)
    for (const entry of instance.tracks[kind])
      if (entry.weight !== 0)
        complain(
          entry.line,
          'objects',
          'weight-cannot-act',
          `a weight cannot act ${why}; keepalived ignores it or the entry`,
        );
}

function checkGroupTracking(
  complain: Complain,
  group: SyncGroupFacts,
  completed: readonly { readonly facts: InstanceFacts; readonly result: CompletedInstance }[],
): void {
  const hasOwner = completed.some(
    ({ facts, result }) => facts.syncGroup === group && result.priority === 255,
  );
  if (!hasOwner) return;
  for (const entries of Object.values(group.tracks))
    for (const entry of entries)
      if (entry.weight !== 0)
        complain(
          entry.line,
          'objects',
          'weight-cannot-act',
          'a weight cannot act with a member of priority 255; keepalived clears it',
        );
}

interface Completed {
  readonly facts: InstanceFacts;
  readonly result: CompletedInstance;
}

function shareVrid(one: Completed, other: Completed): boolean {
  if (one.result.family !== other.result.family || one.facts.vrid?.value !== other.facts.vrid?.value)
    return false;
  if (one.result.mode !== other.result.mode) return false;
  const device = one.facts.interface?.name;
  const otherDevice = other.facts.interface?.name;
  if (one.result.mode === 'multicast')
    return device === otherDevice && one.result.group === other.result.group;
  if (device !== undefined && otherDevice !== undefined && device !== otherDevice) return false;
  const source = one.facts.source?.address;
  const otherSource = other.facts.source?.address;
  // Where only one is written, the other is the interface's own address, which is the node's business.
  if (source !== otherSource) return false;
  return one.facts.peers.some((peer) => other.facts.peers.some(({ address }) => address === peer.address));
}
