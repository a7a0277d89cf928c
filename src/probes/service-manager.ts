// Who looks after keepalived on a node, and what it says of it. Types only.
export type Manager = 'systemd' | 'docker' | 'podman' | 'containerd' | 'openrc' | 'sysv' | 'none' | 'unknown';

export interface ServiceUnit {
  readonly manager: Manager;
  readonly name: string;
  /** e.g. `active`, `inactive`, `failed`. */
  readonly activeState: string;
  readonly subState?: string;
  /** `enabled`, `disabled`, `masked` … */
  readonly enablement?: string;
  /** Why it is not running, where the manager says so (exit status, unmet condition). */
  readonly reason?: string;
  /** Capabilities it may give its processes, as systemd spells them (`cap_net_raw`); absent where it says nothing. */
  readonly capabilityBoundingSet?: readonly string[];
}
