// What a fault needs to know about the node it is done to: who manages keepalived there, which processes it has, which
// tools there are, and which interfaces our own connection comes through. One question to the node and the reading of
// its answer; what the cluster's configuration says is handed in.
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { readCgroup } from '../probes/processes.ts';
import type { Manager } from './manager.ts';

/** Of one member, from the model; does not change while a run lasts. */
export interface MemberFacts {
  readonly node: string;
  /** Name of the vrrp_instance. */
  readonly instance: string;
  readonly interface: string;
  readonly vrid: number;
  readonly family: 'ipv4' | 'ipv6';
  /** Without prefix lengths. */
  readonly vips: readonly string[];
  readonly authentication: 'none' | 'PASS' | 'AH' | 'hmac' | 'unknown';
  /** Commands of the scripts its state depends on. */
  readonly trackedScripts: readonly string[];
}

export interface FaultSite extends MemberFacts {
  readonly manager: Reading<Manager>;
  readonly parentPid: Reading<number>;
  readonly systemd: 'present' | 'absent';
  /** UnitFileState of the unit that manages keepalived; absent without one. */
  readonly unitState?: string;
  /** Of the running kernel, or of the container that plays a machine; absent where it is not told. */
  readonly bootId?: string;
  readonly packetFilter: 'nft' | 'iptables' | 'none';
  /** Address of the node our SSH connection arrives at; absent without SSH. */
  readonly arrivesAt?: string;
  /** Interfaces our SSH connection needs, those below them included. */
  readonly controlInterfaces: readonly string[];
  readonly rights: 'root' | 'none';
}

/** One `key TAB value…` a line. */
export const surveyCommand = String.raw`
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH LC_ALL=C
say() { vd_o=$1; shift; for vd_w; do vd_o="$vd_o	$vd_w"; done; printf '%s\n' "$vd_o"; }
ppid_of() { while read -r vd_k vd_v; do [ "$vd_k" = PPid: ] && echo "$vd_v" && return; done <"/proc/$1/status"; }
say uid "$(id -u)"
[ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1 && say systemd present
for vd_c in /proc/[0-9]*/comm; do
  { read -r vd_n <"$vd_c"; } 2>/dev/null || continue
  case $vd_n in keepalived*) ;; *) continue ;; esac
  vd_p=$(echo "$vd_c" | cut -d/ -f3)
  { read -r vd_m <"/proc/$(ppid_of "$vd_p")/comm"; } 2>/dev/null && case $vd_m in keepalived*) continue ;; esac
  say parent "$vd_p"
  while IFS= read -r vd_l; do say cgroup "$vd_p" "$vd_l"; done 2>/dev/null <"/proc/$vd_p/cgroup"
  tr '\0' '\n' 2>/dev/null <"/proc/$vd_p/cmdline" | while IFS= read -r vd_l; do say arg "$vd_p" "$vd_l"; done
  say cwd "$vd_p" "$(readlink "/proc/$vd_p/cwd" 2>/dev/null)"
done
for vd_t in nft iptables ip6tables systemctl service rc-service docker podman crictl; do
  command -v "$vd_t" >/dev/null 2>&1 && say has "$vd_t"
done
[ -x /etc/init.d/keepalived ] && say has init-script
nft list tables >/dev/null 2>&1 && say has working-nft
systemctl list-unit-files --no-legend 'keepalived*.service' 2>/dev/null | while read -r vd_u vd_s vd_l; do say unit-file "$vd_u" "$vd_s"; done
{ read -r vd_b </proc/sys/kernel/random/boot_id; } 2>/dev/null && say boot "$vd_b"
vd_q=$$ vd_ssh=
while [ -n "$vd_q" ] && [ "$vd_q" -gt 1 ] && [ -z "$vd_ssh" ]; do
  vd_ssh=$(tr '\0' '\n' 2>/dev/null <"/proc/$vd_q/environ" | sed -n 's/^SSH_CONNECTION=//p')
  vd_q=$(ppid_of "$vd_q")
done
lower() {
  say control "$1"
  for vd_b in "/sys/class/net/$1"/lower_*; do [ -e "$vd_b" ] && (lower "$(echo "$vd_b" | sed 's/.*\/lower_//')"); done
}
if [ -n "$vd_ssh" ]; then
  set -- $vd_ssh
  say ssh "$3"
  vd_d=$(ip -o addr show to "$3" 2>/dev/null | sed -n '1s/^[0-9]*: *\([^ ]*\) .*/\1/p')
  [ -z "$vd_d" ] || lower "$vd_d"
  vd_d=$(ip -o route get "$1" 2>/dev/null | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
  [ -z "$vd_d" ] || lower "$vd_d"
fi
say end
`.trim();

type Lines = readonly (readonly string[])[];

const valuesOf = (lines: Lines, key: string): readonly string[] =>
  lines.flatMap(([name, value]) => (name === key && value !== undefined ? [value] : []));

const ofPid = (lines: Lines, key: string, pid: string): readonly string[] =>
  lines.flatMap(([name, owner, value]) => (name === key && owner === pid ? [value ?? ''] : []));

const stoppedManager = (lines: Lines): Reading<Manager> => {
  const [unit, ...more] = valuesOf(lines, 'unit-file').filter((name) => !name.includes('@'));
  if (unit !== undefined && more.length === 0 && valuesOf(lines, 'systemd').length > 0)
    return known({ kind: 'systemctl', unit });
  return unknown('keepalived does not run there');
};

const managerOf = (lines: Lines, pid: string): Reading<Manager> => {
  const has = new Set(valuesOf(lines, 'has'));
  const { managedBy, unit, containerId } = readCgroup(ofPid(lines, 'cgroup', pid));
  if (containerId !== undefined) {
    if ((managedBy === 'docker' || managedBy === 'podman') && has.has(managedBy))
      return known({ kind: managedBy, container: containerId });
    if (managedBy === 'containerd' && has.has('crictl'))
      return known({ kind: 'crictl', container: containerId, name: 'keepalived' });
    return unknown(`it runs in a ${managedBy} container, and ${managedBy} has no command line there`);
  }
  if (unit !== undefined && has.has('systemctl')) return known({ kind: 'systemctl', unit });
  if (has.has('rc-service') && has.has('init-script'))
    return known({ kind: 'rc-service', name: 'keepalived' });
  if (has.has('service') && has.has('init-script')) return known({ kind: 'service', name: 'keepalived' });
  const argv = ofPid(lines, 'arg', pid);
  const cwd = ofPid(lines, 'cwd', pid)[0] ?? '/';
  if (argv.length === 0 || !(argv[0] ?? '').startsWith('/'))
    return unknown('it was started by hand without its full path, so it could not be started again');
  return known({ kind: 'signal', pid: Number(pid), argv, cwd });
};

/** Undefined when the answer is not whole. */
export const readSurvey = (member: MemberFacts, text: string): FaultSite | undefined => {
  const lines = text.split('\n').map((line) => line.split('\t'));
  if (!lines.some(([key]) => key === 'end')) return undefined;
  const parents = valuesOf(lines, 'parent');
  const [parent, ...more] = parents;
  const has = new Set(valuesOf(lines, 'has'));
  const arrivesAt = valuesOf(lines, 'ssh')[0];
  const manager = parent === undefined ? stoppedManager(lines) : managerOf(lines, parent);
  const unit = manager.kind === 'known' && manager.value.kind === 'systemctl' ? manager.value.unit : '';
  const [unitState] = ofPid(lines, 'unit-file', unit);
  const bootId = valuesOf(lines, 'boot').find((id) => /^[0-9a-f-]{36}$/.test(id));
  const several = `several keepaliveds run on ${member.node} (pids ${parents.join(', ')})`;
  return {
    ...member,
    manager: more.length > 0 ? unknown(several) : manager,
    parentPid:
      more.length > 0
        ? unknown(several)
        : parent === undefined
          ? unknown(`keepalived does not run on ${member.node}`)
          : known(Number(parent)),
    systemd: valuesOf(lines, 'systemd').length > 0 ? 'present' : 'absent',
    packetFilter: has.has('working-nft')
      ? 'nft'
      : has.has(member.family === 'ipv4' ? 'iptables' : 'ip6tables')
        ? 'iptables'
        : 'none',
    ...(unitState === undefined ? {} : { unitState }),
    ...(bootId === undefined ? {} : { bootId }),
    ...(arrivesAt === undefined ? {} : { arrivesAt }),
    controlInterfaces: [...new Set(valuesOf(lines, 'control'))],
    rights: valuesOf(lines, 'uid')[0] === '0' ? 'root' : 'none',
  };
};
