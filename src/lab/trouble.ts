/**
 * Breaks and heals a lab that is up: chooses the node, keeps the list of what is injected, and after healing waits
 * until the cluster is as its topology wants it. What a fault does is the fault's own business.
 */
import { labError } from './commands.ts';
import type { Fault } from './faults/fault.ts';
import { findFault } from './faults/index.ts';
import type { Lab } from './lab.ts';
import { planOf } from './lab.ts';
import { holdersOf, waitHealthy } from './readiness.ts';
import { type Injected, readRecord, writeRecord } from './record.ts';

export interface BreakOptions {
  readonly node?: string;
  readonly variant?: string;
}

const masterOf = async (lab: Lab): Promise<string | null> => {
  const vip = lab.topology.expected[0]?.vips[0];
  return vip === undefined ? null : ((await holdersOf(lab.leaders, vip))[0] ?? null);
};

const chooseNode = async (lab: Lab, fault: Fault): Promise<string> => {
  const names = lab.topology.nodes.map((plan) => plan.name);
  const master = (await masterOf(lab)) ?? names[0] ?? '';
  return fault.at === 'master' ? master : (names.find((name) => name !== master) ?? master);
};

const remember = async (
  lab: Lab,
  change: (injected: readonly Injected[]) => readonly Injected[],
): Promise<void> => {
  const record = await readRecord(lab.names);
  if (record === null) throw labError(`lab ${lab.names.owner} is gone`);
  await writeRecord(lab.names, { ...record, injected: [...change(record.injected)] });
};

/** Injects a fault; returns what was injected where, once its effect can be seen. */
export const breakLab = async (lab: Lab, faultId: string, options: BreakOptions = {}): Promise<Injected> => {
  const fault = findFault(faultId);
  if (!fault) throw labError(`there is no fault ${faultId}: see "vipdoctor lab list"`);
  if (fault.topologies && !fault.topologies.includes(lab.topology.id))
    throw labError(
      `${faultId} needs another topology (${fault.topologies.join(', ')}), this is ${lab.topology.id}`,
    );
  const variant = options.variant ?? fault.variants[0];
  if (!fault.variants.includes(variant))
    throw labError(`${faultId} has no variant ${variant}: ${fault.variants.join(', ')}`);
  const node = options.node === undefined ? await chooseNode(lab, fault) : planOf(lab, options.node).name;
  const injected = { id: fault.id, node, variant };
  const same = (other: Injected): boolean => other.id === injected.id && other.node === node;
  const already = (await readRecord(lab.names))?.injected.find(same);
  if (already) throw labError(`${fault.id} is already injected on ${node}: heal it first`);
  // Written down before it is done: a run killed half-way can still be healed.
  await remember(lab, (before) => [...before, injected]);
  await fault.inject({ lab, node, variant });
  return injected;
};

/** Heals one fault or all, newest first; returns what was healed once the cluster is healthy again. */
export const healLab = async (lab: Lab, faultId?: string): Promise<readonly Injected[]> => {
  const record = await readRecord(lab.names);
  const chosen = (record?.injected ?? [])
    .filter((each) => faultId === undefined || each.id === faultId)
    .reverse();
  if (faultId !== undefined && chosen.length === 0) throw labError(`${faultId} is not injected in this lab`);
  for (const each of chosen) {
    await findFault(each.id)?.heal({ lab, node: each.node, variant: each.variant });
    await remember(lab, (before) =>
      before.filter(
        (other) => other.id !== each.id || other.node !== each.node || other.variant !== each.variant,
      ),
    );
  }
  const left = (await readRecord(lab.names))?.injected ?? [];
  if (left.length === 0) await waitHealthy(lab.names, lab.topology, lab.leaders, 30_000);
  return chosen;
};
