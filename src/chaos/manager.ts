// How keepalived is stopped and started on a node, by whatever looks after it there. Shell text only; who looks after
// it was found out by the survey.
import { quote, quoteArgv } from '../transport/quote.ts';

export type Manager =
  | { readonly kind: 'systemctl'; readonly unit: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'rc-service'; readonly name: string }
  | { readonly kind: 'docker'; readonly container: string }
  | { readonly kind: 'podman'; readonly container: string }
  /** kubelet starts it again by itself; `name` is the container's name within its pod. */
  | { readonly kind: 'crictl'; readonly container: string; readonly name: string }
  /** Nobody: it is signalled, and started again with its own command line. */
  | { readonly kind: 'signal'; readonly pid: number; readonly argv: readonly string[]; readonly cwd: string };

export const describeManager = (manager: Manager): string => {
  switch (manager.kind) {
    case 'systemctl':
      return `systemd (${manager.unit})`;
    case 'service':
    case 'rc-service':
      return `${manager.kind} (${manager.name})`;
    case 'signal':
      return `nobody (pid ${manager.pid})`;
    default:
      return `${manager.kind} (container ${manager.container.slice(0, 12)})`;
  }
};

/** Units that systemd stops together with this one, and does not start again with it. */
const dependents = (unit: string): string =>
  `for vd_d in $(systemctl show -p RequiredBy -p BoundBy -p ConsistsOf --value -- ${quote(unit)}); do`;

/** Saves below `$VD` what `startCommand` needs to know. */
export const rememberCommand = (manager: Manager): string =>
  manager.kind === 'systemctl'
    ? [
        dependents(manager.unit),
        '  case $vd_d in *.target) continue ;; esac',
        '  systemctl is-active --quiet -- "$vd_d" && echo "$vd_d"',
        'done >"$VD/dependents"',
        '[ -f "$VD/dependents" ]',
      ].join('\n')
    : '';

export const stopCommand = (manager: Manager): string => {
  switch (manager.kind) {
    case 'systemctl':
      return `systemctl stop -- ${quote(manager.unit)}`;
    case 'service':
      return `service ${quote(manager.name)} stop`;
    case 'rc-service':
      return `rc-service ${quote(manager.name)} stop`;
    case 'docker':
    case 'podman':
      return `${manager.kind} stop ${quote(manager.container)}`;
    case 'crictl':
      return `crictl stop ${quote(manager.container)}`;
    case 'signal':
      return `kill -TERM ${manager.pid}`;
  }
};

/** Idempotent: does nothing to a keepalived that runs. */
export const startCommand = (manager: Manager): string => {
  switch (manager.kind) {
    case 'systemctl':
      return [
        `systemctl is-active --quiet -- ${quote(manager.unit)} || {`,
        `  systemctl reset-failed -- ${quote(manager.unit)} 2>/dev/null`,
        `  systemctl start -- ${quote(manager.unit)}`,
        '}',
        'if [ -s "$VD/dependents" ]; then',
        '  while read -r vd_d; do systemctl start -- "$vd_d" </dev/null; done <"$VD/dependents"',
        'fi',
      ].join('\n');
    case 'service':
      return `service ${quote(manager.name)} status >/dev/null 2>&1 || service ${quote(manager.name)} start`;
    case 'rc-service':
      return `rc-service ${quote(manager.name)} --ifstopped start || rc-service ${quote(manager.name)} zap start`;
    case 'docker':
    case 'podman':
      return `${manager.kind} start ${quote(manager.container)} >/dev/null`;
    case 'crictl':
      // Not ours to start: kubelet makes a new container of the same name.
      return ':';
    case 'signal':
      return [
        `if ! ( ${runsCommand(manager)}`,
        '); then',
        `  ( cd ${quote(manager.cwd)} 2>/dev/null || cd /`,
        `    if command -v setsid >/dev/null 2>&1; then setsid ${quoteArgv(manager.argv)} </dev/null >/dev/null 2>&1 &`,
        `    else nohup ${quoteArgv(manager.argv)} </dev/null >/dev/null 2>&1 & fi )`,
        '  sleep 1',
        'fi',
      ].join('\n');
  }
};

/** Status 0 while keepalived runs. */
export const runsCommand = (manager: Manager): string => {
  switch (manager.kind) {
    case 'systemctl':
      return `systemctl is-active --quiet -- ${quote(manager.unit)}`;
    case 'service':
      return `service ${quote(manager.name)} status >/dev/null 2>&1`;
    case 'rc-service':
      return `rc-service ${quote(manager.name)} status >/dev/null 2>&1`;
    case 'docker':
    case 'podman':
      return `[ "$(${manager.kind} inspect -f '{{.State.Running}}' ${quote(manager.container)} 2>/dev/null)" = true ]`;
    case 'crictl':
      return `[ -n "$(crictl ps -q --state Running --name ${quote(`^${manager.name}$`)} 2>/dev/null)" ]`;
    case 'signal':
      return [
        'vd_runs=1',
        'for vd_c in /proc/[0-9]*/comm; do',
        '  { read -r vd_n <"$vd_c"; } 2>/dev/null || continue',
        '  case $vd_n in keepalived*) vd_runs=0; break ;; esac',
        'done',
        '[ "$vd_runs" = 0 ]',
      ].join('\n');
  }
};

/** What its manager says of it, for comparing before and after: one fact a line, nothing that changes by itself. */
export const stateCommand = (manager: Manager): string => {
  switch (manager.kind) {
    case 'systemctl':
      return `systemctl show -p LoadState -p ActiveState -p SubState -p UnitFileState -- ${quote(manager.unit)}`;
    case 'service':
      return `service ${quote(manager.name)} status >/dev/null 2>&1; echo "status $?"; ls -d /etc/rc?.d/S??${manager.name} 2>/dev/null`;
    case 'rc-service':
      return `rc-service ${quote(manager.name)} status 2>&1; rc-update show 2>/dev/null | grep -w ${quote(manager.name)}`;
    case 'docker':
    case 'podman':
      return `${manager.kind} inspect -f 'running={{.State.Running}} restart={{.HostConfig.RestartPolicy.Name}}' ${quote(manager.container)}`;
    case 'crictl':
      return `crictl ps -o json --name ${quote(`^${manager.name}$`)} 2>/dev/null | grep '"state"'`;
    case 'signal':
      return `if ( ${runsCommand(manager)}\n); then echo running; else echo stopped; fi`;
  }
};
