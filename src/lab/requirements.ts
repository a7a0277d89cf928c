/**
 * Can this machine hold a practice cluster? Each thing that is missing is one line with what to do about it.
 * Looks, changes nothing that stays: the one namespace it makes to ask the kernel is removed again.
 */
import { access, constants } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { run } from './commands.ts';

const findProgram = async (name: string): Promise<string | null> => {
  const dirs = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const dir of dirs) {
    const path = `${dir}/${name}`;
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
};

const programs = [
  { name: 'systemd-nspawn', package: 'systemd-container' },
  { name: 'ip', package: 'iproute2' },
  { name: 'nft', package: 'nftables' },
  { name: 'nsenter', package: 'util-linux' },
  { name: 'ssh-keygen', package: 'openssh-client' },
] as const;

const kernelLacks = async (): Promise<string | null> => {
  const name = `vd-ask-${process.pid}`;
  const made = await run(['ip', 'netns', 'add', name]);
  if (made.code !== 0)
    return `the lab needs network namespaces, and this kernel or container refuses them (${made.stderr.trim()}): run it on a virtual machine or a privileged container`;
  try {
    for (const [what, argv] of [
      ['veth', ['ip', '-n', name, 'link', 'add', 'ask0', 'type', 'veth', 'peer', 'name', 'ask1']],
      ['bridge', ['ip', '-n', name, 'link', 'add', 'ask2', 'type', 'bridge']],
    ] as const) {
      const result = await run(argv);
      if (result.code !== 0)
        return `the lab needs the kernel's ${what} driver (${result.stderr.trim()}): load it with "modprobe ${what}"`;
    }
    return null;
  } finally {
    await run(['ip', 'netns', 'del', name]);
  }
};

/** Asked of a hierarchy systemd can use: cgroup v2, or v1 named systemd. */
const controlGroupsWritable = async (): Promise<boolean> => {
  for (const hierarchy of ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']) {
    const writable = await access(`${hierarchy}/cgroup.procs`, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (writable) return true;
  }
  return false;
};

/** Every reason why a lab cannot run here; empty when it can. */
export const missingForLab = async (imageCached: boolean): Promise<readonly string[]> => {
  if (process.platform !== 'linux')
    return ['the lab needs Linux: run it on a Linux machine or virtual machine'];
  if (process.getuid?.() !== 0) return ['the lab needs root: run it again with sudo'];
  const reasons: string[] = [];
  for (const program of [
    ...programs,
    ...(imageCached ? [] : [{ name: 'mmdebstrap', package: 'mmdebstrap' }]),
  ])
    if ((await findProgram(program.name)) === null)
      reasons.push(`the lab needs ${program.name}: install the package ${program.package} (bin/setup does)`);
  if (reasons.length > 0) return reasons;
  if (!(await controlGroupsWritable()))
    reasons.push(
      'the lab boots systemd and needs control groups it may write to: mount /sys/fs/cgroup, or run the container with --privileged',
    );
  const lacks = await kernelLacks();
  if (lacks !== null) reasons.push(lacks);
  return reasons;
};
