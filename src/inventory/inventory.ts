// What an inventory is: the nodes, how to reach each of them, and what could not be understood on the way.
// Types only; the sources (YAML, Ansible, ssh_config, plain hosts) fill them in, transport consumes them.

export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

export interface InventoryNode {
  /** What the user called it: inventory name, `Host` alias, else the host as given. */
  readonly name: string;
  /** Host name or address to connect to; `local` is the machine vipdoctor runs on. */
  readonly address: string;
  /** TCP port of sshd; 22 when absent. */
  readonly port?: number;
  /** Login; the local user's name when absent. */
  readonly user?: string;
  /** Private key files, in the order to try them. Absent: the usual ones in ~/.ssh. */
  readonly identities?: readonly string[];
  /** `listed`: of the agent's keys only those that are in `identities` (IdentitiesOnly). */
  readonly agentKeys?: 'all' | 'listed';
  /** Socket of the agent; `none` turns it off (IdentityAgent). Absent: SSH_AUTH_SOCK. */
  readonly agentSocket?: string;
  /** Hosts to go through, nearest to us first (ProxyJump). */
  readonly jump?: readonly InventoryNode[];
  readonly knownHostsFiles?: readonly string[];
  /** Name to look up in known_hosts instead of the address (HostKeyAlias). */
  readonly hostKeyAlias?: string;
  /** StrictHostKeyChecking of ssh_config; the command line comes before it. */
  readonly hostKeyChecking?: HostKeyChecking;
  /** What to hand to the system's ssh so that it finds its own configuration for this node. */
  readonly sshName?: string;
  /** Why the built-in SSH cannot do what ssh_config asks for this node; the system's ssh is used then. */
  readonly needsSystemSsh?: string;
  /** Other names the same node was given under. */
  readonly aliases?: readonly string[];
}

/** Where the wire is listened to besides the nodes. */
export interface InventoryObserver {
  /** `local`, `none`, or a host. */
  readonly where: string;
  readonly interface?: string;
}

export interface InventoryProblem {
  /** `error`: the inventory cannot be used as it is. `note`: something was left out and the operator should know. */
  readonly severity: 'error' | 'note';
  /** File the problem is in, or `command line`. */
  readonly file: string;
  /** Counted from 1; absent where the problem has no place. */
  readonly line?: number;
  /** One sentence. */
  readonly message: string;
}

export interface Inventory {
  readonly nodes: readonly InventoryNode[];
  readonly problems: readonly InventoryProblem[];
  readonly observer?: InventoryObserver;
  /** Network namespace of this machine in which the nodes can be reached (practice cluster). */
  readonly netns?: string;
}
