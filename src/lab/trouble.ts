/**
 * Breaks and heals a lab that is up: chooses the node, keeps the list of what is injected, writes the configurations
 * that follow from it, and after healing waits until the cluster is as its topology wants it.
 */
import { readFile } from 'node:fs/promises';
import { labError } from './commands.ts';
import { restartKeepalived } from './faults/effects.ts';
import type { Fault } from './faults/fault.ts';
import { findFault } from './faults/index.ts';
import { confPath, writeConf } from './furnish.ts';
import { renderConf } from './keepalived-conf.ts';
import { type Lab, planOf } from './lab.ts';
import { nodeRoot } from './names.ts';
import { holdersOf, waitHealthy } from './readiness.ts';
import { type Injected, readRecord, writeRecord } from './record.ts';
import type { NodePlan } from './topology.ts';

export interface BreakOptions {
  readonly node?: string;
  readonly variant?: string;
}

const masterOf = async (lab: Lab): Promise<string | null> => {
  const vip = lab.topology.expected[0]?.vips[0];
  return vip === undefined ? null : ((await holdersOf(lab.leaders, vip))[0] ?? null);
};

const chooseNode = (lab: Lab, fault: Fault, master: string | null): string => {
  const names = lab.topology.nodes.map((plan) => plan.name);
  const theMaster = master ?? names[0] ?? '';
  return fault.at === 'master' ? theMaster : (names.find((name) => name !== theMaster) ?? theMaster);
};

const injectedIn = async (lab: Lab): Promise<readonly Injected[]> =>
  (await readRecord(lab.names))?.injected ?? [];

const remember = async (lab: Lab, injected: readonly Injected[]): Promise<void> => {
  const record = await readRecord(lab.names);
  if (record === null) throw labError(`lab ${lab.names.owner} is gone`);
  await writeRecord(lab.names, { ...record, injected: [...injected] });
};

/** The node's keepalived.conf with every injected fault's change in it. */
const confWith = (lab: Lab, plan: NodePlan, injected: readonly Injected[]): string =>
  renderConf(
    injected.reduce((conf, each) => {
      const role = each.node === plan.name ? 'target' : 'other';
      const place = { plan, role, target: planOf(lab, each.node), variant: each.variant } as const;
      return findFault(each.id)?.conf?.(conf, place) ?? conf;
    }, plan.conf),
  );

/** Brings every node's file in line with what is injected and restarts keepalived where it changed. */
const settleConfs = async (lab: Lab, injected: readonly Injected[]): Promise<void> => {
  await Promise.all(
    lab.topology.nodes.map(async (plan) => {
      const text = confWith(lab, plan, injected);
      const path = `${nodeRoot(lab.names, plan.name)}${confPath}`;
      if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
      await writeConf(lab.names, plan, text);
      await restartKeepalived(lab, plan.name);
    }),
  );
};

const checkedFault = (lab: Lab, faultId: string): Fault => {
  const fault = findFault(faultId);
  if (!fault) throw labError(`there is no fault ${faultId}: see "vipdoctor lab list"`);
  if (fault.topologies && !fault.topologies.includes(lab.topology.id))
    throw labError(
      `${faultId} needs another topology (${fault.topologies.join(', ')}), this is ${lab.topology.id}`,
    );
  return fault;
};

/** Injects a fault; returns what was injected where, once its effect can be seen. */
export const breakLab = async (lab: Lab, faultId: string, options: BreakOptions = {}): Promise<Injected> => {
  const fault = checkedFault(lab, faultId);
  const variant = options.variant ?? fault.variants[0];
  if (!fault.variants.includes(variant))
    throw labError(`${faultId} has no variant ${variant}: ${fault.variants.join(', ')}`);
  const masterBefore = await masterOf(lab);
  const node =
    options.node === undefined ? chooseNode(lab, fault, masterBefore) : planOf(lab, options.node).name;
  const before = await injectedIn(lab);
  if (before.some((other) => other.id === fault.id))
    throw labError(`${fault.id} is already injected: heal it first`);
  const unfit = fault.unfit?.({ lab, node, variant }) ?? null;
  if (unfit !== null) throw labError(unfit);
  const injected = { id: fault.id, node, variant };
  const now = [...before, injected];
  // Written down before it is done: a run killed half-way can still be healed.
  await remember(lab, now);
  if (fault.conf) await settleConfs(lab, now);
  await fault.inject({ lab, node, variant, masterBefore });
  return injected;
};

/** Heals one fault or all, newest first; returns what was healed once nothing is wrong any more. */
export const healLab = async (lab: Lab, faultId?: string): Promise<readonly Injected[]> => {
  const chosen = (await injectedIn(lab))
    .filter((each) => faultId === undefined || each.id === faultId)
    .reverse();
  if (faultId !== undefined && chosen.length === 0) throw labError(`${faultId} is not injected in this lab`);
  for (const each of chosen) {
    const fault = findFault(each.id);
    await fault?.heal({ lab, node: each.node, variant: each.variant });
    const left = (await injectedIn(lab)).filter((other) => other.id !== each.id);
    if (fault?.conf) await settleConfs(lab, left);
    await remember(lab, left);
  }
  if ((await injectedIn(lab)).length === 0) await waitHealthy(lab.names, lab.topology, lab.leaders, 30_000);
  return chosen;
};
