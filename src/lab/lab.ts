/**
 * Raises, finds and lowers a practice cluster, and is what tests use. `Lab` is a handle on a cluster that is up;
 * the cluster lives on after this process. Faults are next door.
 */
import { access, mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CommandOptions, type CommandResult, eventually, labError, mustRun, run } from './commands.ts';
import { furnishNode, writeAccess } from './furnish.ts';
import { ensureImage } from './image.ts';
import {
  childrenOf,
  controlGroupsOf,
  execOnMachine,
  findLeader,
  isLeader,
  mountRoot,
  startMachine,
} from './machine.ts';
import { type LabNames, labNames, labsDir, nodeDir, nodeRoot } from './names.ts';
import { buildNetwork, namespacesOf, pidsIn } from './network.ts';
import { waitHealthy } from './readiness.ts';
import { type LabRecord, readRecord, writeRecord } from './record.ts';
import { findTopology, type NodePlan, type Topology } from './topology.ts';

export interface Lab {
  readonly names: LabNames;
  readonly topology: Topology;
  /** Pid, as this machine numbers it, of each node's PID 1. */
  readonly leaders: Readonly<Record<string, number>>;
  readonly inventoryPath: string;
  readonly knownHostsPath: string;
  readonly identityPath: string;
  readonly observerNetns: string;
}

export type Say = (line: string) => void;

export interface RaiseOptions {
  readonly owner: string;
  readonly say?: Say;
}

const labFrom = (names: LabNames, topology: Topology, leaders: Readonly<Record<string, number>>): Lab => ({
  names,
  topology,
  leaders,
  inventoryPath: names.inventoryPath,
  knownHostsPath: names.knownHostsPath,
  identityPath: names.identityPath,
  observerNetns: names.observerNs,
});

export const planOf = (lab: Lab, node: string): NodePlan => {
  const plan = lab.topology.nodes.find((candidate) => candidate.name === node);
  if (!plan) throw labError(`there is no node ${node} in this lab: ${Object.keys(lab.leaders).join(', ')}`);
  return plan;
};

/** Runs a command on a node as its root, not through SSH. */
export const execOn = (
  lab: Lab,
  node: string,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => execOnMachine(lab.leaders[planOf(lab, node).name] ?? 0, argv, options);

export const mustExecOn = async (
  lab: Lab,
  node: string,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<string> => {
  const result = await execOn(lab, node, argv, options);
  if (result.code === 0) return result.stdout;
  throw labError(`on ${node}: ${argv.join(' ')}: ${result.stderr.trim() || `exit status ${result.code}`}`);
};

/** Runs a command of this machine in the observer's network. */
export const execAtObserver = (
  lab: Lab,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => run(['ip', 'netns', 'exec', lab.observerNetns, ...argv], options);

const sshArgv = (lab: Lab, node: string): readonly string[] => [
  'ssh',
  ...['-F', 'none', '-i', lab.identityPath, '-o', `UserKnownHostsFile=${lab.knownHostsPath}`],
  ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=2'],
  `root@${planOf(lab, node).managementIp}`,
];

/** Every node takes some inotify instances of this machine's; where many labs are up they run out. */
const diedBooting = async (names: LabNames, node: string): Promise<Error> => {
  const most = await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => '?');
  return labError(
    `${node} ended while it booted: see ${nodeDir(names, node)}/console.log; fs.inotify.max_user_instances (${most.trim()}) may be used up by other labs`,
  );
};

const waitForSsh = (lab: Lab, node: string): Promise<true> =>
  eventually(
    async () => {
      if (!(await isLeader(lab.leaders[node] ?? 0))) throw await diedBooting(lab.names, node);
      const listening = await readFile(`/proc/${lab.leaders[node] ?? 0}/net/tcp`, 'utf8').catch(() => '');
      if (!/ 00000000:0016 00000000:0000 0A /.test(listening)) return null;
      const login = await execAtObserver(lab, [...sshArgv(lab, node), 'true']);
      return login.code === 0 ? true : null;
    },
    { withinMs: 20_000, hope: `sshd of ${node} lets the lab's key in` },
  );

/** A cluster of that topology, healthy and reachable. Clears what an earlier run of the same owner left. */
export const raiseLab = async (topologyId: string, options: RaiseOptions): Promise<Lab> => {
  const say = options.say ?? (() => undefined);
  const topology = findTopology(topologyId);
  if (!topology) throw labError(`there is no topology ${topologyId}: see "vipdoctor lab list"`);
  const image = await ensureImage(say);
  const names = labNames(options.owner);
  await lowerLab(options.owner);
  await mkdir(names.stateDir, { recursive: true, mode: 0o755 });
  const record: LabRecord = {
    version: 1,
    owner: options.owner,
    topology: topology.id,
    phase: 'raising',
    startedAt: new Date().toISOString(),
    leaders: {},
    injected: [],
  };
  await writeRecord(names, record);
  await Promise.all([
    buildNetwork(names, topology),
    writeAccess(names, topology),
    ...topology.nodes.map((plan) => mountRoot(names, plan.name, image)),
  ]);
  const leaders = Object.fromEntries(
    await Promise.all(
      topology.nodes.map(async (plan) => {
        await furnishNode(names, plan);
        const keeperPid = await startMachine(names, plan.name);
        return [plan.name, await findLeader(names, plan.name, () => childrenOf(keeperPid))] as const;
      }),
    ),
  );
  const lab = labFrom(names, topology, leaders);
  await writeRecord(names, { ...record, leaders });
  await Promise.all([
    ...topology.nodes.map((plan) => waitForSsh(lab, plan.name)),
    waitHealthy(names, topology, leaders, 30_000),
  ]);
  await writeRecord(names, { ...record, leaders, phase: 'ready' });
  return lab;
};

/** A node that was rebooted has another PID 1 than the one written down; one that is off keeps the old number. */
const leaderNow = async (names: LabNames, node: string, written: number): Promise<number> => {
  if (await isLeader(written)) return written;
  const nspawns = (): Promise<readonly number[]> => findNspawns(`--directory=${nodeRoot(names, node)}`);
  return (await nspawns()).length === 0 ? written : findLeader(names, node, nspawns);
};

/** The lab of that owner, when one is up. */
export const openLab = async (owner: string): Promise<Lab | null> => {
  const names = labNames(owner);
  const record = await readRecord(names);
  const topology = record === null ? null : findTopology(record.topology);
  if (record === null || topology === null || record.phase !== 'ready') return null;
  const leaders = await Promise.all(
    Object.entries(record.leaders).map(
      async ([node, written]) => [node, await leaderNow(names, node, written)] as const,
    ),
  );
  return labFrom(names, topology, Object.fromEntries(leaders));
};

const killInNamespaces = async (names: LabNames): Promise<void> => {
  await eventually(
    async () => {
      const pids = (await Promise.all((await namespacesOf(names)).map(pidsIn))).flat();
      const others = [...pids, ...(await findNspawns(`--directory=${names.stateDir}/`))].filter(
        (pid) => pid !== process.pid,
      );
      for (const pid of others)
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone between the look and the kill.
        }
      return others.length === 0 ? true : null;
    },
    { withinMs: 15_000, hope: `no process of lab ${names.owner} is left`, everyMs: 20 },
  );
};

/** nspawn and its keeper live in this machine's network: found by the directory they were told to boot. */
const findNspawns = async (marker: string): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').some((word) => word.startsWith(marker))) found.push(Number(entry));
  }
  return found;
};

const mountsBelow = async (dir: string): Promise<readonly string[]> => {
  const text = await readFile('/proc/self/mounts', 'utf8');
  return text
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${dir}/`))
    .reverse();
};

const removeControlGroup = async (group: string): Promise<'gone' | 'busy'> => {
  const below = await readdir(group, { recursive: true, withFileTypes: true }).catch(() => []);
  const dirs = below
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  const deepestFirst = [...dirs.sort((a, b) => b.split('/').length - a.split('/').length), group];
  for (const dir of deepestFirst) await rmdir(dir).catch(() => undefined);
  return access(group).then(
    () => 'busy',
    () => 'gone',
  );
};

/** A group empties a moment after its last process was reaped, which a busy machine takes its time for. */
const removeControlGroups = async (names: LabNames): Promise<void> => {
  for (const group of controlGroupsOf(names)) {
    await eventually(async () => ((await removeControlGroup(group)) === 'gone' ? true : null), {
      withinMs: 15_000,
      hope: `the control group ${group} is empty`,
      everyMs: 20,
    });
    // Other labs may have theirs in it.
    await rmdir(dirname(group)).catch(() => undefined);
  }
};

/** Takes everything of that owner's lab away, whatever state it is in; nothing to do is fine too. */
export const lowerLab = async (owner: string): Promise<void> => {
  const names = labNames(owner);
  await killInNamespaces(names);
  for (const path of await mountsBelow(names.stateDir)) await run(['umount', '--lazy', path]);
  for (const ns of await namespacesOf(names)) await mustRun(['ip', 'netns', 'del', ns]);
  if ((await mountsBelow(names.stateDir)).length > 0)
    throw labError(
      `something below ${names.stateDir} stays mounted: end what uses it, then run "vipdoctor lab down"`,
    );
  await rm(names.stateDir, { recursive: true, force: true });
  await removeControlGroups(names);
  await rmdir(labsDir).catch(() => undefined);
};

export const listLabs = async (): Promise<readonly LabRecord[]> => {
  const owners = await readdir(labsDir).catch(() => []);
  const records = await Promise.all(owners.map((owner) => readRecord(labNames(owner))));
  return records.filter((record) => record !== null);
};
