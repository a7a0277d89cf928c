/**
 * The Debian root file system all nodes share, read-only: built once with mmdebstrap, cached under a name made
 * from the recipe, complete or absent (built aside, then renamed). Holds no key and no address of any lab.
 */
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readdir, rename } from 'node:fs/promises';
import { mustRun, run } from './commands.ts';

/** Users of every node beside root. The passwords guard nothing: the nodes are reachable from their lab only. */
export const labUsers = [
  { name: 'ops', password: 'practice-ops', sudo: 'without password' },
  { name: 'oncall', password: 'practice-oncall', sudo: 'with password' },
  { name: 'viewer', password: 'practice-viewer', sudo: 'none' },
] as const;

const suite = 'bookworm';
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'keepalived',
  'iproute2',
  'nftables',
  'iptables',
  'tcpdump',
  'python3-minimal',
  'procps',
  'sudo',
  'iputils-ping',
  'iputils-arping',
  'firewalld',
  'ufw',
  'kmod',
  'ethtool',
];

/** Units that only cost boot time, or that a topology or a fault switches on itself. */
const disabledUnits = ['e2scrub_reap.service', 'firewalld.service', 'ufw.service', 'remote-fs.target'];
const maskedUnits = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'getty.target',
  'console-getty.service',
  'systemd-pstore.service',
  'systemd-networkd-wait-online.service',
];

const customise = (): readonly string[] => [
  'rm -f "$1"/etc/ssh/ssh_host_*',
  `for unit in ${disabledUnits.join(' ')}; do rm -f "$1"/etc/systemd/system/*.wants/"$unit"; done`,
  'rm -f "$1"/etc/systemd/system/dbus-org.fedoraproject.FirewallD1.service',
  `for unit in ${maskedUnits.join(' ')}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done`,
  'mkdir -p "$1/root/.ssh" && chmod 700 "$1/root/.ssh"',
  ...labUsers.flatMap((user) => [
    `chroot "$1" useradd --create-home --shell /bin/bash ${user.name}`,
    `echo '${user.name}:${user.password}' | chroot "$1" chpasswd`,
    `mkdir "$1/home/${user.name}/.ssh" && chmod 700 "$1/home/${user.name}/.ssh" && chroot "$1" chown ${user.name}: /home/${user.name}/.ssh`,
  ]),
  `printf 'ops ALL=(ALL) NOPASSWD: ALL\\noncall ALL=(ALL) ALL\\n' >"$1/etc/sudoers.d/lab" && chmod 440 "$1/etc/sudoers.d/lab"`,
  `printf 'HostKey /etc/ssh/ssh_host_ed25519_key\\nUseDNS no\\nPermitRootLogin prohibit-password\\n' >"$1/etc/ssh/sshd_config.d/lab.conf"`,
  // A user manager for every login would start on all nodes at once on this one machine, unlike on real nodes.
  'chroot "$1" pam-auth-update --package --remove systemd',
  'rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/*',
  ': >"$1/etc/machine-id"',
];

const buildArgv = (into: string): readonly string[] => [
  'mmdebstrap',
  '--quiet',
  '--variant=minbase',
  `--include=${packages.join(',')}`,
  ...customise().map((hook) => `--customize-hook=${hook}`),
  suite,
  into,
];

const cacheDir = (): string => process.env.VIPDOCTOR_LAB_CACHE ?? '/var/cache/vipdoctor/lab';

export const imagePath = (): string => {
  const recipe = createHash('sha256')
    .update(JSON.stringify(buildArgv('')))
    .digest('hex')
    .slice(0, 16);
  return `${cacheDir()}/${suite}-${recipe}`;
};

export const imageIsCached = (): Promise<boolean> =>
  access(`${imagePath()}/usr/sbin/keepalived`).then(
    () => true,
    () => false,
  );

const removeTree = (path: string) => run(['rm', '-rf', '--one-file-system', path]);

/** A build that was killed leaves its directory; the name says whose it was. */
const clearDeadBuilds = async (): Promise<void> => {
  for (const name of await readdir(cacheDir())) {
    const pid = /^building-(\d+)-/.exec(name)?.[1];
    if (pid === undefined) continue;
    const alive = await access(`/proc/${pid}`).then(
      () => true,
      () => false,
    );
    if (!alive) await removeTree(`${cacheDir()}/${name}`);
  }
};

/** The image's path; builds it when this recipe was never built here. */
export const ensureImage = async (say: (line: string) => void): Promise<string> => {
  const path = imagePath();
  if (await imageIsCached()) return path;
  say(`building the node image once (Debian ${suite}, ${packages.length} packages; half a minute) …`);
  await mkdir(cacheDir(), { recursive: true });
  await clearDeadBuilds();
  const aside = await mkdtemp(`${cacheDir()}/building-${process.pid}-`);
  try {
    await chmod(aside, 0o755);
    await mustRun(buildArgv(aside), { timeoutMs: 900_000 });
    await rename(aside, path).catch(async (error: unknown) => {
      // Somebody else was faster with the same recipe: theirs is as good.
      if (!(await imageIsCached())) throw error;
    });
  } finally {
    await removeTree(aside);
  }
  return path;
};
