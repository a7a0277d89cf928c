/**
 * What a practice fault is: a value that can be injected on one node and healed again. Its id is the rule that
 * must name it; the ones of environment.ts try check's own robustness instead.
 */
import type { NodeConf } from '../keepalived-conf.ts';
import type { Lab } from '../lab.ts';
import type { NodePlan } from '../topology.ts';

export interface Place {
  readonly lab: Lab;
  readonly node: string;
  readonly variant: string;
}

export interface InjectPlace extends Place {
  /** Who held the first VIP before anything was done. */
  readonly masterBefore: string | null;
}

export interface ConfPlace {
  readonly plan: NodePlan;
  /** Is this the node the fault was asked for? */
  readonly role: 'target' | 'other';
  readonly target: NodePlan;
  readonly variant: string;
}

export interface Fault {
  readonly id: string;
  readonly describe: string;
  /** The first is the default; never empty. */
  readonly variants: readonly [string, ...string[]];
  /** Where it is injected when the user names no node. */
  readonly at: 'backup' | 'master';
  /** Topologies it makes sense on; absent: all. */
  readonly topologies?: readonly string[];
  /** Why this variant cannot be had on this node; null or absent when it can. */
  readonly unfit?: (place: Place) => string | null;
  /** What it does to keepalived.conf; nodes whose file changes are restarted before `inject` and after healing. */
  readonly conf?: (conf: NodeConf, place: ConfPlace) => NodeConf;
  /** Returns when its effect can be seen, where it has one. */
  readonly inject: (place: InjectPlace) => Promise<void>;
  /** Undoes it; the caller waits until the cluster is healthy. */
  readonly heal: (place: Place) => Promise<void>;
}

export const nothing = async (): Promise<void> => undefined;

export const multicastTopologies = [
  'three',
  'three-v3',
  'five',
  'two-vrids',
  'nodeport',
  'pass-auth',
  'full',
  'host-firewalls',
];
export const v2Topologies = [
  'three',
  'unicast',
  'five',
  'two-vrids',
  'nodeport',
  'pass-auth',
  'full',
  'host-firewalls',
];
export const ipv4Topologies = [...v2Topologies, 'three-v3'];
