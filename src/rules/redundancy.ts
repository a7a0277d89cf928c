// How grave it is that a node cannot serve: at once, or only when the one that serves fails. It does not ask why.
import { mastershipsOf } from './mastership.ts';
import { type Facets, membersOf, nodesOf } from './members.ts';
import type { Severity } from './rule.ts';

/** While another member serves alone, what this node lacks will be missed at the next failover only. */
export const severityOfAbsence = (
  node: string,
  facets: Facets<'groups' | 'instances' | 'adverts'>,
): Severity => {
  const own = facets.groups.filter((group) => nodesOf(membersOf(group, facets.instances)).includes(node));
  const concerned = own.length > 0 ? own : facets.groups;
  const served = concerned.every((group) => {
    const masters = nodesOf(mastershipsOf(group, facets).map((one) => one.instance));
    return masters.length === 1 && !masters.includes(node);
  });
  return served && concerned.length > 0 ? 'high' : 'critical';
};
