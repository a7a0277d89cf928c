// A node as an inventory file declares it, before ssh_config and the command line have their say, and the way
// all file formats report what is wrong with them.
import type { InventoryObserver, InventoryProblem } from './inventory.ts';

export interface DeclaredNode {
  readonly name: string;
  /** As written: `[user@]host[:port]`. Absent: the name is the address. */
  readonly address?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identities?: readonly string[];
  /** Each `[user@]host[:port]`. */
  readonly jump?: readonly string[];
  readonly knownHostsFiles?: readonly string[];
  readonly file: string;
  readonly line?: number;
}

export interface DeclaredInventory {
  readonly nodes: readonly DeclaredNode[];
  readonly problems: readonly InventoryProblem[];
  readonly observer?: InventoryObserver;
  readonly netns?: string;
}

/** Where a file format is read from. */
export interface InventoryFile {
  readonly path: string;
  readonly text: string;
  /** A path written in this file, made absolute: `~` is the home, else it is relative to the file. */
  resolvePath(written: string): string;
}

export const failedInventory = (problem: Omit<InventoryProblem, 'severity'>): DeclaredInventory => ({
  nodes: [],
  problems: [{ severity: 'error', ...problem }],
});
