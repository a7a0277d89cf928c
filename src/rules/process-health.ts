// Whether the VRRP process works through what the kernel hands it: its scheduler state and the queue of its raw
// sockets. It does not say what its standing still brings about.
import type { KeepalivedProcess, NodeFacet, Quote, RawSocket } from '../cluster/model.ts';

export interface StalledProcess {
  readonly node: string;
  readonly process: KeepalivedProcess;
  readonly why: 'stopped' | 'uninterruptible' | 'queue-grows';
  readonly quotes: readonly [Quote, ...Quote[]];
}

/** Two small packets as the kernel accounts for them (sk_buff truesize), so that one unread advert is no stall. */
const twoPackets = 1500;

const grows = (socket: RawSocket): boolean => {
  const { before, after } = socket.receiveQueueBytes;
  if (after !== undefined && after > before && (before > 0 || after >= twoPackets)) return true;
  return socket.drops.after !== undefined && socket.drops.after > socket.drops.before && before > 0;
};

const quoteQueue = (node: string, socket: RawSocket): Quote => ({
  node,
  source: '/proc/net/raw',
  quote: `raw socket of protocol ${socket.protocol} on ${socket.localAddress}: receive queue ${socket.receiveQueueBytes.before} → ${socket.receiveQueueBytes.after ?? '?'} bytes, drops ${socket.drops.before} → ${socket.drops.after ?? '?'}`,
});

const quoteRunState = (node: string, process: KeepalivedProcess): Quote => ({
  node,
  source: `/proc/${process.vrrpPid ?? process.pid}/stat`,
  quote: `VRRP process ${process.vrrpPid ?? process.pid}: state ${process.vrrpRunState ?? '?'}`,
});

export const stalledProcesses = (nodes: readonly NodeFacet[]): readonly StalledProcess[] =>
  nodes.flatMap((node) =>
    node.processes.kind === 'unknown'
      ? []
      : node.processes.value.flatMap((process): readonly StalledProcess[] => {
          const sockets = process.rawSockets === 'unknown' ? [] : process.rawSockets;
          const growing = sockets.filter(grows).map((socket) => quoteQueue(node.name, socket));
          const state = process.vrrpRunState ?? '';
          const stat = quoteRunState(node.name, process);
          if (/^[Tt]/.test(state))
            return [{ node: node.name, process, why: 'stopped', quotes: [stat, ...growing] }];
          const [first, ...others] = growing;
          if (first === undefined) return [];
          // One look at state D proves nothing: every process waits for a disk now and then.
          return [
            {
              node: node.name,
              process,
              why: state.startsWith('D') ? 'uninterruptible' : 'queue-grows',
              quotes: [first, ...others, stat],
            },
          ];
        }),
  );
