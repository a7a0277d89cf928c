// Rules that look at each host by itself: what was found, and which hosts could not be read. It knows no fault.
import type { ClusterModel, HostFacet } from '../cluster/model.ts';
import type { Reading } from '../evidence/reading.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

/** `read` is what the rule cannot do without; a host where it is unknown is not judged. */
export const judgeHosts = <T>(
  hosts: ClusterModel['hosts'],
  read: (host: HostFacet) => Reading<T>,
  draftsOf: (host: HostFacet, value: T) => readonly FindingDraft[],
): Outcome => {
  const readings = hosts.map((host) => ({ host, reading: read(host) }));
  const drafts = readings.flatMap(({ host, reading }) =>
    reading.kind === 'known' ? draftsOf(host, reading.value) : [],
  );
  const unread = readings.flatMap(({ host, reading }) =>
    reading.kind === 'unknown' ? [`${host.node}: ${reading.reason}`] : [],
  );
  return drafts.length === 0 && (unread.length > 0 || hosts.length === 0)
    ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read')
    : foundOrClear(drafts);
};
