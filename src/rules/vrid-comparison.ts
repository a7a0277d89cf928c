// Members that share VIPs yet use different VRIDs. Two instances of one node are never compared.
import type { Group, Instance } from '../cluster/model.ts';
import { addressSet, type Facets, membersOf, overlap } from './members.ts';

export interface VridMismatch {
  readonly group: Group;
  /** Those whose VRID the fewest use; all of them on a tie. */
  readonly odd: readonly Instance[];
  readonly rest: readonly Instance[];
}

const vipsOf = (instance: Instance): ReadonlySet<string> =>
  instance.configured.kind === 'known' ? addressSet(instance.configured.value.vips) : new Set();

const differs = (a: Instance, b: Instance): boolean =>
  a.node !== b.node && a.family === b.family && a.vrid !== b.vrid && overlap(vipsOf(a), vipsOf(b));

/** Groups are formed by VIPs as well as VRIDs, so members that share VIPs stand in one group. */
export const vridMismatches = (facets: Facets<'groups' | 'instances'>): readonly VridMismatch[] =>
  facets.groups.flatMap((group) => {
    const members = membersOf(group, facets.instances);
    const involved = members.filter((member) => members.some((other) => differs(member, other)));
    if (involved.length === 0) return [];
    const camps = [...new Set(involved.map((member) => member.vrid))]
      .map((vrid) => involved.filter((member) => member.vrid === vrid))
      .toSorted((a, b) => b.length - a.length);
    const [largest = [], second = []] = camps;
    return largest.length === second.length
      ? [{ group, odd: involved, rest: [] }]
      : [{ group, odd: involved.filter((member) => !largest.includes(member)), rest: largest }];
  });
