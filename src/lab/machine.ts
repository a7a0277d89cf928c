/**
 * One node as a machine: its root file system (the shared image under a writable layer of its own), its boot under
 * systemd-nspawn, and commands run on it from outside, without SSH. Knows nothing about VRRP.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { type CommandOptions, type CommandResult, eventually, mustRun, run } from './commands.ts';
import { type LabNames, nodeDir, nodeNs, nodeRoot } from './names.ts';

/** Enough for logs, dumps and a recording; small enough for the disk-full fault to fill at once. */
const writableLayerMegabytes = 256;

export const mountRoot = async (names: LabNames, node: string, image: string): Promise<void> => {
  const dir = nodeDir(names, node);
  const layer = `${dir}/layer`;
  await mkdir(layer, { recursive: true });
  await mkdir(nodeRoot(names, node), { recursive: true });
  await mustRun([
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${writableLayerMegabytes}m,mode=755`,
    'vipdoctor-lab',
    layer,
  ]);
  await mkdir(`${layer}/upper`, { mode: 0o755 });
  await mkdir(`${layer}/work`);
  const layers = `lowerdir=${image},upperdir=${layer}/upper,workdir=${layer}/work`;
  await mustRun(['mount', '-t', 'overlay', '-o', layers, 'vipdoctor-lab', nodeRoot(names, node)]);
};

export const machineId = (names: LabNames, node: string): string =>
  createHash('sha256').update(`${names.owner}/${node}`).digest('hex').slice(0, 32);

/**
 * Where the node's processes are counted. Without a systemd of this machine's own, every nspawn would put its node
 * into the same group, and systemd on two nodes would meet there.
 */
const makeControlGroups = async (names: LabNames, node: string): Promise<readonly string[]> => {
  const made: string[] = [];
  for (const hierarchy of ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']) {
    const isHierarchy = await access(`${hierarchy}/cgroup.procs`).then(
      () => true,
      () => false,
    );
    if (!isHierarchy) continue;
    const group = `${controlGroupOf(hierarchy, names)}/${node}`;
    await mkdir(group, { recursive: true });
    made.push(group);
  }
  return made;
};

const controlGroupOf = (hierarchy: string, names: LabNames): string =>
  `${hierarchy}/vipdoctor-lab/${names.owner}`;

export const controlGroupsOf = (names: LabNames): readonly string[] =>
  ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'].map((hierarchy) =>
    controlGroupOf(hierarchy, names),
  );

const systemdRunsHere = (): Promise<boolean> =>
  access('/run/systemd/system').then(
    () => true,
    () => false,
  );

const nspawnArgv = (names: LabNames, node: string): readonly string[] => [
  'systemd-nspawn',
  '--quiet',
  '--register=no',
  '--keep-unit',
  '--settings=no',
  '--link-journal=no',
  '--resolv-conf=off',
  '--timezone=off',
  '--console=pipe',
  `--machine=${names.prefix.replaceAll('_', '-')}${node}`,
  `--hostname=${node}`,
  `--network-namespace-path=/run/netns/${nodeNs(names, node)}`,
  '--capability=CAP_NET_ADMIN,CAP_NET_RAW',
  `--directory=${nodeRoot(names, node)}`,
  '--boot',
];

/** With --keep-unit nspawn ends with 133 (EXIT_FORCE_RESTART) when the node asks for a reboot: whoever keeps it starts it again. */
const bootAgainAfterReboot =
  'for group in $LAB_GROUPS; do echo $$ >"$group/cgroup.procs" || exit 97; done; unset LAB_GROUPS; while :; do "$@"; code=$?; [ "$code" = 133 ] || exit "$code"; done';

/** Starts the boot and returns the pid of the shell that keeps nspawn; the node outlives this process. */
export const startMachine = async (names: LabNames, node: string): Promise<number> => {
  const console = await open(`${nodeDir(names, node)}/console.log`, 'a');
  try {
    const underSystemd = await systemdRunsHere();
    const groups = underSystemd ? [] : await makeControlGroups(names, node);
    const keeper = ['sh', '-c', bootAgainAfterReboot, 'sh', ...nspawnArgv(names, node)];
    const argv = underSystemd
      ? ['systemd-run', '--quiet', '--scope', '--property=Delegate=yes', ...keeper]
      : keeper;
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', console.fd, console.fd],
      detached: true,
      env: { ...process.env, LAB_GROUPS: groups.join(' ') },
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const started = new Promise<void>((resolve) => child.once('spawn', () => resolve()));
    await Promise.race([started, failed]);
    child.unref();
    return child.pid ?? 0;
  } finally {
    await console.close();
  }
};

export const childrenOf = async (pid: number): Promise<readonly number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
};

const nameOf = async (pid: number): Promise<string> =>
  (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();

export const isLeader = async (pid: number): Promise<boolean> => (await nameOf(pid)) === 'systemd';

/** The node's PID 1 as this machine numbers it, once systemd runs as such, below what may be its nspawn. */
export const findLeader = (
  names: LabNames,
  node: string,
  nspawns: () => Promise<readonly number[]>,
): Promise<number> =>
  eventually(
    async () => {
      for (const nspawn of await nspawns())
        for (const child of await childrenOf(nspawn)) if (await isLeader(child)) return child;
      return null;
    },
    { withinMs: 15_000, hope: `${node} has booted (see ${nodeDir(names, node)}/console.log)`, everyMs: 20 },
  );

const nodePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a command on the node as its root, from outside: works when SSH does not. */
export const execOnMachine = (
  leaderPid: number,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> =>
  run(
    [
      'nsenter',
      `--target=${leaderPid}`,
      ...['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd'],
      ...['--', 'env', '-i', `PATH=${nodePath}`, 'HOME=/root', 'LC_ALL=C', ...argv],
    ],
    options,
  );

export const writeOnNode = async (
  names: LabNames,
  node: string,
  path: string,
  text: string,
): Promise<void> => {
  await writeFile(`${nodeRoot(names, node)}${path}`, text);
};
