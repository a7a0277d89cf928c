// When a node booted, when its keepalived was late, and what followed in its log. It knows no rule.
import type { ClusterModel } from '../cluster/model.ts';
import type { Entry, NodeLog } from './logged.ts';

const machineOf = (node: string, hosts: ClusterModel['hosts']) => {
  const machine = hosts.find((host) => host.node === node)?.machine;
  return machine?.kind === 'known' ? machine.value : undefined;
};

/** Epoch ms on the node's clock. */
export const bootedAtMs = (node: string, hosts: ClusterModel['hosts']): number | undefined => {
  const machine = machineOf(node, hosts);
  return machine?.nowMs === undefined || machine.uptimeMs === undefined
    ? undefined
    : machine.nowMs - machine.uptimeMs;
};

/** sys_vendor and product_name of common hypervisors and clouds. */
const hypervisors =
  /VMware|QEMU|KVM|VirtualBox|innotek|Xen|Virtual Machine|Amazon EC2|Google|OpenStack|Bochs|Parallels|Nutanix|oVirt|RHEV|Droplet|vServer/i;

export const isVirtual = (node: string, hosts: ClusterModel['hosts']): 'yes' | 'no' | 'unknown' => {
  const hardware = machineOf(node, hosts)?.hardware;
  if (hardware === undefined) return 'unknown';
  return hypervisors.test(hardware) ? 'yes' : 'no';
};

export interface Late {
  readonly entry: Entry;
  readonly lateMs: number;
}

export const lateEntries = ({ entries }: NodeLog): readonly Late[] =>
  entries.flatMap((entry) =>
    entry.event?.kind === 'timer-late' ? [{ entry, lateMs: entry.event.lateMs }] : [],
  );

/** Whether an entry like this came after the other, within a time on the node's clock. */
export const followedBy = (
  { entries }: NodeLog,
  entry: Entry,
  isIt: (candidate: Entry) => boolean,
  withinMs = 5000,
): 'yes' | 'no' => {
  const { atMs } = entry;
  if (atMs === undefined) return 'no';
  const later = entries.slice(entries.indexOf(entry) + 1);
  return later.some((one) => one.atMs !== undefined && one.atMs - atMs <= withinMs && isIt(one))
    ? 'yes'
    : 'no';
};

/** An election the node lost, won or had to defend. */
export const ledToElection = (log: NodeLog, entry: Entry): 'yes' | 'no' =>
  followedBy(
    log,
    entry,
    ({ event }) =>
      event?.kind === 'yielded' ||
      (event?.kind === 'lower-advert' && event.as === 'master') ||
      (event?.kind === 'state' && event.phase === 'later'),
  );
