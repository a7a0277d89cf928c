// What a fault is: shell text that makes it, shell text that undoes it, and how to tell that it is undone. Pure data
// and the types around it; which node, when, and whether at all is decided elsewhere, and nothing is run here.
import type { FaultClass } from '../../timeline/trial.ts';
import type { FaultSite } from '../site.ts';

export const faultNames = [
  'daemon-stopped',
  'daemon-killed',
  'daemon-frozen',
  'link-down',
  'adverts-blocked-out',
  'adverts-blocked-in',
  'service-failed',
  'host-reboot',
  'command',
] as const;

export type FaultName = (typeof faultNames)[number];

/**
 * One fault on one node. All texts are POSIX sh, may use `$VD` (a folder of the run on the node) and must not `exit`.
 * The undo exists before the harm.
 */
export interface FaultDeed {
  readonly fault: FaultName;
  readonly node: string;
  /** Saves below `$VD` what healing will need; run before the rescue is armed. Empty when there is nothing to save. */
  readonly prepare: string;
  readonly inject: string;
  /** Idempotent: harmless on a node that was never hurt, and when run twice. */
  readonly heal: string;
  /** Status 0 when nothing of the fault is left. */
  readonly healed: string;
  readonly expectedClass: FaultClass;
  /** `cut`: our own way to the node may go with it, and only the node's timer can heal. */
  readonly controlPath: 'untouched' | 'cut';
  /** Whether two nodes may send adverts while it lasts. */
  readonly secondSender: 'expected' | 'not-expected';
  /** The node goes down, comes back by itself within this time, and has forgotten what was armed on it, ms. */
  readonly awayMs?: number;
  readonly risks: readonly string[];
}

/** Names under which a fault is refused; nothing overrides them. */
export type RefusalName = 'fault-impossible' | 'no-systemd' | 'not-enabled';

export interface Refusal {
  readonly kind: 'refused';
  readonly name: RefusalName;
  readonly why: string;
}

export type DeedOrRefusal = { readonly kind: 'deed'; readonly deed: FaultDeed } | Refusal;

/** What the user says about faults that cannot be known from the cluster. */
export interface FaultWishes {
  /** Of `service-failed`: a unit to stop, or the path of a script to make unrunnable. */
  readonly service?: string;
  /** Of `command`. */
  readonly command?: { readonly inject: string; readonly heal: string; readonly healed?: string };
}

export interface Fault {
  readonly name: FaultName;
  /** One line for people. */
  readonly describe: string;
  readonly expectedClass: FaultClass;
  /** Which member it is done to: the master, or the backup expected to take over. */
  readonly doneTo: 'master' | 'winner';
  /** Whether `--fault all` includes it. */
  readonly partOfAll: 'yes' | 'no';
  /** `id` names things the fault makes on the node, letters, digits and `-` only. */
  readonly plan: (site: FaultSite, wishes: FaultWishes, id: string) => DeedOrRefusal;
}

export const refused = (why: string, name: RefusalName = 'fault-impossible'): Refusal => ({
  kind: 'refused',
  name,
  why,
});
