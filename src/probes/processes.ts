// Which keepalived processes run on the node, and under what conditions: found through /proc, never by the name
// of a unit. It reads of a process's environment nothing but TMPDIR, and does not judge.

import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';
import type { Manager } from './service-manager.ts';

export interface FoundProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly role: 'parent' | 'child';
  /** Scheduler state letter, /proc/PID/stat field 3. */
  readonly runState: string;
  /** Target of /proc/PID/exe; `unknown` without the rights to read it. Ends in ` (deleted)` after an upgrade on disk. */
  readonly executable: string | 'unknown';
  readonly name: string;
  /** argv; empty for children, which share their parent's. */
  readonly commandLine: readonly string[];
  readonly managedBy: Manager;
  /** systemd unit from the cgroup, e.g. `keepalived.service`. */
  readonly unit?: string;
  readonly containerId?: string;
  /** /proc/PID/status CapEff. */
  readonly effectiveCapabilities?: bigint;
  readonly selinuxContext?: string;
  readonly networkNamespace: 'host' | 'own' | 'unknown';
  /** `own`: its file system tree is not that of the node (a container). */
  readonly root: 'host' | 'own' | 'unknown';
  /** Inodes of the sockets it holds, to be matched with /proc/net/raw. */
  readonly socketInodes: readonly number[];
  /** Epoch ms. */
  readonly startedAtMs?: number;
  /** TMPDIR of its environment: where it writes its dumps. */
  readonly temporaryDirectory?: string;
  /** `named`: a pid file of the VRRP process carries this pid. */
  readonly vrrpPidFile: 'named' | 'not-named';
}

/** Only what the run needs: everything of /proc/PID/status, stat, cgroup, label in one reading for all pids. */
const describe = `
if [ -n "$KA_PIDS" ]; then
  set --
  for vd_p in $KA_PIDS; do
    set -- "$@" "/proc/$vd_p/status" "/proc/$vd_p/stat" "/proc/$vd_p/cgroup" "/proc/$vd_p/comm" "/proc/$vd_p/attr/current"
  done
  tell '' grep -asH '' "$@" /proc/stat
fi
`;

const list = `
vd_out=
for vd_p in $KA_PIDS; do
  vd_stat "$vd_p"
  vd_role=child vd_net=unknown vd_root=unknown
  case "$KA_PARENTS " in *" $vd_p "*) vd_role=parent ;; esac
  if [ -e "/proc/$vd_p/ns/net" ] && [ -e /proc/1/ns/net ]; then
    if [ "/proc/$vd_p/ns/net" -ef /proc/1/ns/net ]; then vd_net=host; else vd_net=own; fi
  fi
  if [ -e "/proc/$vd_p/root/." ]; then
    if [ "/proc/$vd_p/root/." -ef /. ]; then vd_root=host; else vd_root=own; fi
  fi
  vd_out="$vd_out$vd_p $vd_ppid $vd_role $vd_state $vd_net $vd_root
"
done
note '' 0 "$vd_out"
`;

const links = `
if [ -n "$KA_PIDS" ]; then
  set --
  for vd_p in $KA_PIDS; do set -- "$@" "/proc/$vd_p/exe" "/proc/$vd_p/fd/"; done
  tell '' ls -l "$@"
fi
`;

const commandLines = `
for vd_p in $KA_PARENTS; do tell "$vd_p" cat "/proc/$vd_p/cmdline"; done
`;

const temporaryDirectory = String.raw`
for vd_p in $KA_PARENTS; do
  [ -r "/proc/$vd_p/environ" ] || continue
  vd_t=$(tr '\0' '\n' 2>/dev/null <"/proc/$vd_p/environ" | grep -am1 '^TMPDIR=')
  eval "KA_TMP_$vd_p=\${vd_t#TMPDIR=}"
  [ -z "$vd_t" ] || note "$vd_p" 0 "$vd_t"
done
`;

const pidFiles = `
set --
for vd_f in /run/keepalived_vrrp.pid /run/keepalived/*vrrp*.pid /var/run/keepalived_vrrp.pid; do
  [ -f "$vd_f" ] && [ -r "$vd_f" ] && set -- "$@" "$vd_f"
done
[ $# -eq 0 ] || tell '' grep -sH '' "$@"
`;

const part = (name: string, shell: string, limitBytes = 262_144) => ({
  part: name,
  shell,
  rounds: ['before'] as const,
  limitBytes,
  timeoutSeconds: 3,
});

export const processesProbe: Probe<readonly FoundProcess[]> = {
  id: 'processes',
  asks: 'which keepalived processes run, and under what conditions?',
  parts: [
    { ...part('list', list), rounds: ['before', 'after'] },
    part('describe', describe),
    part('links', links),
    part('command-line', commandLines, 65_536),
    { ...part('temporary-directory', temporaryDirectory, 4096), pace: 'first' },
    part('pid-files', pidFiles, 4096),
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundProcess[]> {
  const listed = answerTo(answers, 'list', 'before');
  if (listed === undefined || listed.exit !== 0) return unknown('the node did not list its processes');
  const files = linesByPath(answerTo(answers, 'describe')?.text ?? '');
  const opened = readLinks(answerTo(answers, 'links')?.text ?? '');
  const namedPids = new Set([...linesByPath(answerTo(answers, 'pid-files')?.text ?? '').values()].flat());
  const bootedAtS = Number(
    files
      .get('/proc/stat')
      ?.find((line) => line.startsWith('btime '))
      ?.slice('btime '.length),
  );
  const found: FoundProcess[] = [];
  for (const line of listed.text.split('\n')) {
    const [pidText, parentText, role, runState, net, root] = line.split(' ');
    const pid = Number(pidText);
    if (!pidText || !Number.isInteger(pid) || (role !== 'parent' && role !== 'child')) continue;
    const status = files.get(`/proc/${pid}/status`) ?? [];
    const cgroup = readCgroup(files.get(`/proc/${pid}/cgroup`) ?? []);
    const capabilities = status
      .find((entry) => entry.startsWith('CapEff:'))
      ?.slice('CapEff:'.length)
      .trim();
    const startTicks = Number((files.get(`/proc/${pid}/stat`)?.[0] ?? '').split(') ').pop()?.split(' ')[19]);
    const label = files.get(`/proc/${pid}/attr/current`)?.[0]?.replace(/\0/g, '');
    const argv = answersTo(answers, 'command-line').find((answer) => answer.about === pidText);
    const tmp = answersTo(answers, 'temporary-directory').find((answer) => answer.about === pidText);
    found.push({
      pid,
      parentPid: Number(parentText),
      role,
      runState: runState ?? '?',
      executable: opened.get(pid)?.executable ?? 'unknown',
      name: files.get(`/proc/${pid}/comm`)?.[0] ?? 'keepalived',
      commandLine: argv === undefined ? [] : argv.text.replace(/\0$/, '').split('\0'),
      managedBy: cgroup.managedBy,
      ...(cgroup.unit === undefined ? {} : { unit: cgroup.unit }),
      ...(cgroup.containerId === undefined ? {} : { containerId: cgroup.containerId }),
      ...(capabilities !== undefined && /^[0-9a-f]+$/i.test(capabilities)
        ? { effectiveCapabilities: BigInt(`0x${capabilities}`) }
        : {}),
      // Without SELinux this file is empty, unreadable, or carries another module's word without colons.
      ...(label?.includes(':') ? { selinuxContext: label } : {}),
      networkNamespace: hostOrOwn(net),
      root: hostOrOwn(root),
      socketInodes: opened.get(pid)?.inodes ?? [],
      // Ticks are 1/100 s on every architecture keepalived is packaged for.
      ...(Number.isFinite(bootedAtS) && Number.isFinite(startTicks)
        ? { startedAtMs: bootedAtS * 1000 + startTicks * 10 }
        : {}),
      ...(tmp === undefined ? {} : { temporaryDirectory: tmp.text.trim().slice('TMPDIR='.length) }),
      vrrpPidFile: namedPids.has(pidText) ? 'named' : 'not-named',
    });
  }
  return known(found);
}

function hostOrOwn(word: string | undefined): 'host' | 'own' | 'unknown' {
  return word === 'host' || word === 'own' ? word : 'unknown';
}

/** `ls -l /proc/PID/exe /proc/PID/fd/ …`: links given by name come first, each directory under its own header. */
function readLinks(text: string): ReadonlyMap<number, { executable?: string; inodes: number[] }> {
  const byPid = new Map<number, { executable?: string; inodes: number[] }>();
  const entryOf = (pid: number) => {
    const entry = byPid.get(pid) ?? { inodes: [] };
    byPid.set(pid, entry);
    return entry;
  };
  let directoryPid: number | undefined;
  for (const line of text.split('\n')) {
    const header = /^\/proc\/(\d+)\/fd\/?:$/.exec(line);
    if (header !== null) {
      directoryPid = Number(header[1]);
      continue;
    }
    const executable = / \/proc\/(\d+)\/exe -> (.+)$/.exec(line);
    if (executable !== null) {
      const target = executable[2];
      if (target !== undefined) entryOf(Number(executable[1])).executable = target;
      continue;
    }
    const socket = / -> socket:\[(\d+)\]$/.exec(line);
    if (socket !== null && directoryPid !== undefined) entryOf(directoryPid).inodes.push(Number(socket[1]));
  }
  return byPid;
}

interface CgroupFacts {
  readonly managedBy: Manager;
  readonly unit?: string;
  readonly containerId?: string;
}

/** Paths of a container engine come before the unit that may contain them. */
const containerPaths: readonly { readonly manager: Manager; readonly pattern: RegExp }[] = [
  { manager: 'docker', pattern: /(?:\/docker\/|docker-)([0-9a-f]{64})/ },
  { manager: 'podman', pattern: /libpod-(?:conmon-)?([0-9a-f]{64})/ },
  { manager: 'containerd', pattern: /(?:cri-containerd-|crio-|nerdctl-)([0-9a-f]{64})/ },
  { manager: 'containerd', pattern: /\/kubepods.*[/-]([0-9a-f]{64})/ },
];

/** Who started a process, from the lines of /proc/PID/cgroup (v1 and v2). */
export function readCgroup(lines: readonly string[]): CgroupFacts {
  if (lines.length === 0) return { managedBy: 'unknown' };
  const paths = lines.map((line) => line.split(':').slice(2).join(':'));
  for (const { manager, pattern } of containerPaths) {
    for (const path of paths) {
      const containerId = pattern.exec(path)?.[1];
      if (containerId !== undefined) return { managedBy: manager, containerId };
    }
  }
  for (const path of paths) {
    const unit = path.split('/').findLast((step) => step.endsWith('.service'));
    // A shell's session also lies below a service (`user@1000.service`): that is a person, not a manager.
    if (unit !== undefined && !unit.startsWith('user@')) return { managedBy: 'systemd', unit };
  }
  if (paths.some((path) => path.startsWith('/openrc'))) return { managedBy: 'openrc' };
  if (paths.some((path) => /session-[^/]*\.scope|user@/.test(path))) return { managedBy: 'none' };
  return { managedBy: 'unknown' };
}
