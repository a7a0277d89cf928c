/**
 * Who holds which VIP and which keepalived processes live, read from this machine's /proc without asking the nodes
 * anything. Answers "is the cluster as it should be", never why it is not.
 */
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { eventually } from './commands.ts';
import type { LabNames } from './names.ts';
import { nodeNs } from './names.ts';
import { pidsIn } from './network.ts';
import type { Topology } from './topology.ts';

/** fib_trie prints every address of the host as a leaf followed by `/32 host LOCAL`. */
const hasIpv4 = (fibTrie: string, address: string): boolean =>
  fibTrie.includes(`|-- ${address}\n`) &&
  new RegExp(`\\|-- ${address.replaceAll('.', '\\.')}\\n(\\s+/\\d+ \\S+ \\S+\\n)*?\\s+/32 host LOCAL`).test(
    fibTrie,
  );

const ipv6Hex = (address: string): string => {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter(Boolean);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(address.includes('::') ? missing : 0).fill('0'), ...groups(tail)]
    .map((group) => group.padStart(4, '0'))
    .join('');
};

export const holdsAddress = async (leaderPid: number, address: string): Promise<boolean> => {
  if (isIPv6(address)) {
    const table = await readFile(`/proc/${leaderPid}/net/if_inet6`, 'utf8').catch(() => '');
    return table.includes(ipv6Hex(address));
  }
  return hasIpv4(await readFile(`/proc/${leaderPid}/net/fib_trie`, 'utf8').catch(() => ''), address);
};

export const holdersOf = async (
  leaders: Readonly<Record<string, number>>,
  address: string,
): Promise<readonly string[]> => {
  const held = await Promise.all(
    Object.entries(leaders).map(async ([node, pid]) => ((await holdsAddress(pid, address)) ? node : null)),
  );
  return held.filter((node) => node !== null);
};

export interface KeepalivedProcesses {
  readonly parent: number;
  /** The VRRP child; null while it is not there. */
  readonly vrrp: number | null;
}

const statOf = async (pid: number): Promise<{ comm: string; parent: number } | null> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const match = text === null ? null : /^\d+ \((.*)\) \S (\d+)/s.exec(text);
  return match ? { comm: match[1] ?? '', parent: Number(match[2]) } : null;
};

export const findKeepalived = async (names: LabNames, node: string): Promise<KeepalivedProcesses | null> => {
  const found: { pid: number; parent: number }[] = [];
  for (const pid of await pidsIn(nodeNs(names, node))) {
    const stat = await statOf(pid);
    if (stat?.comm === 'keepalived') found.push({ pid, parent: stat.parent });
  }
  const parent = found.find((process) => !found.some((other) => other.pid === process.parent));
  if (!parent) return null;
  return { parent: parent.pid, vrrp: found.find((process) => process.parent === parent.pid)?.pid ?? null };
};

export interface Unready {
  readonly why: string;
}

/** null when every VIP is where the topology wants it and every node's VRRP process lives. */
export const whatIsWrong = async (
  names: LabNames,
  topology: Topology,
  leaders: Readonly<Record<string, number>>,
): Promise<Unready | null> => {
  for (const expectation of topology.expected)
    for (const vip of expectation.vips) {
      const holders = await holdersOf(leaders, vip);
      const wanted = expectation.master ?? holders[0];
      if (holders.length !== 1 || holders[0] !== wanted)
        return {
          why: `${vip} is held by ${holders.join(', ') || 'nobody'}, not by ${wanted ?? 'one node'} alone`,
        };
    }
  for (const plan of topology.nodes) {
    const keepalived = await findKeepalived(names, plan.name);
    if (keepalived === null || keepalived.vrrp === null)
      return { why: `keepalived does not run on ${plan.name}` };
  }
  return null;
};

/** Polls until the cluster is as it should be; the error names the last thing that was not. */
export const waitHealthy = async (
  names: LabNames,
  topology: Topology,
  leaders: Readonly<Record<string, number>>,
  withinMs: number,
): Promise<void> => {
  let last = 'the cluster is healthy';
  await eventually(
    async () => {
      const wrong = await whatIsWrong(names, topology, leaders);
      if (wrong !== null) last = wrong.why;
      return wrong === null ? true : null;
    },
    { withinMs, hope: 'the cluster is healthy' },
  ).catch((error: Error) => {
    error.message += `: ${last}`;
    throw error;
  });
};
