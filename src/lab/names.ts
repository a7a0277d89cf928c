/**
 * Names and places of one lab: everything it makes carries its owner, so two labs do not meet and a killed run's
 * leftovers can be found. Knows strings only; makes nothing.
 */
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';

export interface LabNames {
  readonly owner: string;
  /** Everything the lab writes; /run, so that it does not outlive a boot. */
  readonly stateDir: string;
  /** Every network namespace of this lab starts with it, and no other lab's does. */
  readonly prefix: string;
  readonly switchNs: string;
  readonly observerNs: string;
  readonly inventoryPath: string;
  readonly knownHostsPath: string;
  readonly identityPath: string;
  readonly recordPath: string;
}

export const labsDir = '/run/vipdoctor-lab';

/** Owners are letters, digits and `_` only: `-` ends the owner in every name. */
export const ownerFrom = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 24) || 'lab';

/** One lab per user and working directory unless the user names it. */
export const defaultOwner = (cwd: string): string =>
  ownerFrom(
    `${userInfo().username.slice(0, 12)}_${createHash('sha256').update(cwd).digest('hex').slice(0, 6)}`,
  );

export const labNames = (owner: string): LabNames => {
  const stateDir = `${labsDir}/${owner}`;
  const prefix = `vd-${owner}-`;
  return {
    owner,
    stateDir,
    prefix,
    switchNs: `${prefix}sw`,
    observerNs: `${prefix}obs`,
    inventoryPath: `${stateDir}/inventory.yaml`,
    knownHostsPath: `${stateDir}/known_hosts`,
    identityPath: `${stateDir}/id_ed25519`,
    recordPath: `${stateDir}/lab.json`,
  };
};

export const nodeNs = (names: LabNames, node: string): string => `${names.prefix}${node}`;
export const nodeDir = (names: LabNames, node: string): string => `${names.stateDir}/nodes/${node}`;
/** The node's root file system as this machine sees it; writing here is writing on the node. */
export const nodeRoot = (names: LabNames, node: string): string => `${nodeDir(names, node)}/root`;
