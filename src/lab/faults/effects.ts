/**
 * What a fault waits for, and the few acts several faults share: a second master, a VIP that moved, keepalived
 * restarted, rules loaded into a node or into the switch.
 */
import { eventually, labError, mustRun } from '../commands.ts';
import { type Lab, mustExecOn, planOf } from '../lab.ts';
import { nodeNs } from '../names.ts';
import { findKeepalived, holdersOf, type KeepalivedProcesses } from '../readiness.ts';
import type { InjectPlace, Place } from './fault.ts';

const effectWithinMs = 15_000;

export const firstVip = (lab: Lab): string => {
  const vip = lab.topology.expected[0]?.vips[0];
  if (vip === undefined) throw labError(`topology ${lab.topology.id} has no VIP`);
  return vip;
};

export const untilHolders = async (
  lab: Lab,
  hope: string,
  fits: (holders: readonly string[]) => boolean,
): Promise<void> => {
  await eventually(async () => (fits(await holdersOf(lab.leaders, firstVip(lab))) ? true : null), {
    withinMs: effectWithinMs,
    hope,
  });
};

/**
 * The node is MASTER beside the rest of its cluster, and the rest has settled: after a restart of all nodes another
 * backup may be first for a moment. Where nobody preempts, whoever was first stays.
 */
export const untilParted = async (place: InjectPlace): Promise<void> => {
  const { lab, node, masterBefore } = place;
  const preempts = lab.topology.expected[0]?.master !== null;
  const theOther = preempts && masterBefore !== node ? masterBefore : null;
  await untilHolders(
    lab,
    `${node} has made itself MASTER beside ${theOther ?? 'another'}`,
    (holders) =>
      holders.includes(node) && holders.length > 1 && (theOther === null || holders.includes(theOther)),
  );
};

/** The node hears its master no more and makes itself MASTER too. A master that is deaf shows nothing. */
export const untilDeafNodeIsMaster = async (place: InjectPlace): Promise<void> => {
  if (place.masterBefore !== place.node) await untilParted(place);
};

/** Nobody hears the node any more: if it was MASTER, another becomes MASTER too. A mute backup shows nothing. */
export const untilOtherIsMaster = async (place: InjectPlace): Promise<void> => {
  if (place.masterBefore !== place.node) return;
  await untilHolders(
    place.lab,
    `another node is MASTER beside ${place.node}`,
    (holders) => holders.includes(place.node) && holders.length > 1,
  );
};

export const untilTwoMasters = (place: InjectPlace): Promise<void> =>
  untilHolders(place.lab, 'two nodes are MASTER', (holders) => holders.length > 1);

/** The node gave the VIP up and another took it; for a backup there is nothing to see. */
export const untilTakenOver = async (place: InjectPlace): Promise<void> => {
  if (place.masterBefore !== place.node) return;
  await untilHolders(
    place.lab,
    `another node has taken over from ${place.node}`,
    (holders) => holders.length === 1 && !holders.includes(place.node),
  );
};

export const onNode = (place: Place, ...argv: readonly string[]): Promise<string> =>
  mustExecOn(place.lab, place.node, argv);

export const nftOnNode = (place: Place, script: string): Promise<string> =>
  mustExecOn(place.lab, place.node, ['nft', '-f', '-'], { input: `${script}\n` });

export const nftInSwitch = (lab: Lab, script: string): Promise<string> =>
  mustRun(['ip', 'netns', 'exec', lab.names.switchNs, 'nft', '-f', '-'], { input: `${script}\n` });

export const ipOnNode = (place: Place, ...words: readonly string[]): Promise<string> =>
  mustRun(['ip', '-n', nodeNs(place.lab.names, place.node), ...words]);

/** The node's /proc/sys is read-only from inside, as in every container: set from this machine. */
export const sysctlOnNode = (place: Place, ...settings: readonly string[]): Promise<string> =>
  mustRun(['ip', 'netns', 'exec', nodeNs(place.lab.names, place.node), 'sysctl', '-q', '-w', ...settings]);

/** systemd refuses the sixth start within ten seconds, and practice breaks things faster than that. */
export const restartKeepalived = async (lab: Lab, node: string): Promise<void> => {
  await mustExecOn(lab, node, ['systemctl', 'reset-failed', 'keepalived']);
  await mustExecOn(lab, node, ['systemctl', 'restart', 'keepalived']);
};

export const keepalivedOf = async (
  place: Place,
): Promise<KeepalivedProcesses & { readonly vrrp: number }> => {
  const found = await findKeepalived(place.lab.names, place.node);
  if (found === null || found.vrrp === null) throw labError(`keepalived does not run on ${place.node}`);
  return { parent: found.parent, vrrp: found.vrrp };
};

export const segmentInterfaceOf = (place: Place): string => planOf(place.lab, place.node).segmentInterface;

/** Losing the link loses the IPv6 addresses; the node's own network configuration would put them back. */
export const restoreIpv6 = async (place: Place): Promise<void> => {
  const plan = planOf(place.lab, place.node);
  await ipOnNode(place, 'addr', 'replace', `${plan.segmentIp6}/64`, 'dev', plan.segmentInterface, 'nodad');
};
