// Which transport a node is reached with, and connecting to it. The one door of this room for the session.
import type { InventoryNode } from '../inventory/inventory.ts';
import { connectLocal } from './local.ts';
import { connectSsh, type SshOptions } from './ssh.ts';
import { connectSystemSsh } from './system-ssh.ts';
import type { Connected } from './transport.ts';

export interface ConnectOptions extends Omit<SshOptions, 'sudoPassword'> {
  /** `auto`: the built-in SSH unless the configuration of the node needs what it lacks. */
  readonly via: 'auto' | 'ssh2' | 'ssh';
  /** Asked only when sudo on the node wants a password; see `shareSudoPassword`. */
  readonly sudoPassword?: (node: string, attempt: number) => Promise<string | undefined>;
}

export function connectNode(node: InventoryNode, options: ConnectOptions): Promise<Connected> {
  const { via, sudoPassword: ask, ...rest } = options;
  const settings: SshOptions = ask ? { ...rest, sudoPassword: (attempt) => ask(node.name, attempt) } : rest;
  if (node.address === 'local') {
    const { sudoPassword } = settings;
    return connectLocal({ node: node.name, ...(sudoPassword ? { sudoPassword } : {}) });
  }
  if (via === 'ssh' || (via === 'auto' && node.needsSystemSsh !== undefined)) {
    return connectSystemSsh(node, settings);
  }
  return connectSsh(node, settings);
}
