/**
 * The VRRP side of a configuration as plain data: what keepalived would run with, each value with the line it
 * came from. Puts the pieces together; each block is read in a file of its own. Pure: the same tree gives the
 * same model, also when its passwords were masked by redaction.ts.
 */
import type { Condition, ConfigNode, ConfigProblem, ConfigTree, Place } from './config-tree.ts';
import { type GlobalConfig, readGlobals } from './global-config.ts';
import { type InstanceConfig, readInstance, readNotify } from './instance-config.ts';
import type { Fingerprint } from './secrets.ts';
import { adjusted, firstWord, placeOf } from './settings.ts';
import {
  type FileConfig,
  type ProcessConfig,
  readScript,
  readTrackFile,
  readTrackProcess,
  readTracks,
  type ScriptConfig,
  type TrackEntry,
} from './tracking-config.ts';
import {
  readSyncDaemon,
  readVirtualServers,
  type SyncDaemonConfig,
  type VirtualServerConfig,
} from './virtual-server-config.ts';

export interface SyncGroupConfig {
  readonly name: string;
  readonly source: Place;
  readonly members: readonly string[];
  readonly tracks: readonly TrackEntry[];
  /** `weighted`: sync_group_tracking_weight or global_tracking lets weights act on the members. */
  readonly trackingWeight: 'fault-only' | 'weighted';
  readonly notify: InstanceConfig['notify'];
}

export interface KeepalivedConfig {
  readonly path: string;
  readonly files: readonly string[];
  readonly globals: GlobalConfig;
  readonly instances: readonly InstanceConfig[];
  readonly syncGroups: readonly SyncGroupConfig[];
  readonly scripts: readonly ScriptConfig[];
  readonly trackProcesses: readonly ProcessConfig[];
  readonly trackFiles: readonly FileConfig[];
  readonly virtualServers: readonly VirtualServerConfig[];
  /** `-i`, else the short node name; absent when it is not known. */
  readonly configId?: string;
  readonly conditions: readonly Condition[];
  readonly syncDaemon?: SyncDaemonConfig;
  /** Blocks the model does not read, as they stand; of virtual servers it leaves out the checkers. */
  readonly otherBlocks: readonly ConfigNode[];
  /** Of the tree, and what only the model sees. */
  readonly problems: readonly ConfigProblem[];
}

const modelled = [
  'global_defs',
  'vrrp_instance',
  'vrrp_sync_group',
  'vrrp_script',
  'vrrp_track_process',
  'vrrp_track_file',
  'track_file',
];

export function buildConfig(
  tree: ConfigTree,
  options: { readonly fingerprint: Fingerprint },
): KeepalivedConfig {
  const problems: ConfigProblem[] = [...tree.problems];
  const blocks = (...keywords: readonly string[]): readonly ConfigNode[] =>
    tree.nodes.filter((node) => keywords.includes(node.keyword));
  const globals = readGlobals(tree.nodes);
  const syncDaemon = readSyncDaemon(tree.nodes);
  const syncGroups = takeNamed(blocks('vrrp_sync_group'), problems).map(readSyncGroup);
  return {
    path: tree.path,
    files: tree.files,
    globals,
    instances: startTogether(
      takeNamed(blocks('vrrp_instance'), problems).map((node) =>
        readInstance(node, globals, options.fingerprint),
      ),
      syncGroups,
    ),
    syncGroups,
    scripts: blocks('vrrp_script').map(readScript),
    trackProcesses: blocks('vrrp_track_process').map(readTrackProcess),
    trackFiles: blocks('vrrp_track_file', 'track_file').map(readTrackFile),
    virtualServers: readVirtualServers(tree.nodes),
    ...(tree.configId === undefined ? {} : { configId: tree.configId }),
    conditions: tree.conditions,
    ...(syncDaemon === undefined ? {} : { syncDaemon }),
    otherBlocks: tree.nodes.filter((node) => !modelled.includes(node.keyword)),
    problems,
  };
}

/** A group none of whose members may begin as MASTER at once begins as BACKUP altogether (vrrp.c vrrp_complete_init). */
function startTogether(
  instances: readonly InstanceConfig[],
  groups: readonly SyncGroupConfig[],
): readonly InstanceConfig[] {
  const held = new Set<string>();
  for (const { members } of groups) {
    const grouped = instances.filter(({ name }) => members.includes(name));
    const someWait = grouped.some(
      ({ state, priority }) => state.value === 'BACKUP' || priority.value !== 255,
    );
    if (someWait) for (const { name } of grouped) held.add(name);
  }
  return instances.map((instance) =>
    held.has(instance.name) && instance.state.value === 'MASTER'
      ? {
          ...instance,
          state: adjusted(instance.state, 'BACKUP', 'all of a sync group start as MASTER, or none does'),
        }
      : instance,
  );
}

/** keepalived wants exactly one name, and skips a second block of the same name. */
function takeNamed(nodes: readonly ConfigNode[], problems: ConfigProblem[]): readonly ConfigNode[] {
  const taken = new Map<string, ConfigNode>();
  for (const node of nodes) {
    const name = firstWord(node);
    if (name === undefined || node.args.length !== 1)
      problems.push({
        ...placeOf(node),
        code: 'block-without-name',
        severity: 'error',
        message: `${node.keyword} needs one name; the block is skipped`,
      });
    else if (taken.has(name))
      problems.push({
        ...placeOf(node),
        code: 'duplicate-name',
        severity: 'error',
        message: `${node.keyword} ${name} is already defined; this one is skipped`,
      });
    else taken.set(name, node);
  }
  return [...taken.values()];
}

function readSyncGroup(node: ConfigNode): SyncGroupConfig {
  const nodes = node.children ?? [];
  const group = nodes.find((line) => line.keyword === 'group');
  const weighted = nodes.some(
    (line) => line.keyword === 'sync_group_tracking_weight' || line.keyword === 'global_tracking',
  );
  return {
    name: firstWord(node) ?? '',
    source: placeOf(node),
    members: (group?.children ?? []).flatMap((line) => [
      line.keyword,
      ...line.args.map((token) => token.value),
    ]),
    tracks: readTracks(nodes),
    trackingWeight: weighted ? 'weighted' : 'fault-only',
    notify: readNotify(nodes),
  };
}
