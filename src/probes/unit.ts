// What the service manager thinks of keepalived: systemd units (also those that start keepalived under another
// name), OpenRC, System V scripts, stopped Docker containers. Whether keepalived really runs is told by /proc.

import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, answerTo } from './answers.ts';
import type { Probe } from './probe.ts';
import type { Manager, ServiceUnit } from './service-manager.ts';

export interface FoundUnit extends ServiceUnit {
  readonly mainPid?: number;
  /** Where the unit is written down. */
  readonly fragmentPath?: string;
  /** Files of the unit changed since systemd read them. */
  readonly needsDaemonReload?: 'yes' | 'no';
}

const properties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Result',
  'ConditionResult',
  'ConditionTimestampMonotonic',
  'AssertResult',
  'ExecMainStatus',
  'ExecMainCode',
  'MainPID',
  'NRestarts',
  'FragmentPath',
  'NeedDaemonReload',
  'StatusText',
  'CapabilityBoundingSet',
].join(',');

const systemd = String.raw`
if [ -d /run/systemd/system ]; then
  set -- keepalived.service
  for vd_f in $(
    for vd_p in $KA_PARENTS; do echo "/proc/$vd_p/cgroup"; done |
      while read -r vd_c; do
        while IFS= read -r vd_l; do
          case $vd_l in *.service*) vd_l=${'$'}{vd_l%.service*} && echo "${'$'}{vd_l##*/}.service" ;; esac
        done <"$vd_c"
      done 2>/dev/null
    grep -lsE '^ExecStart=[-@:+!]*([^ ]*/)?keepalived([[:space:]]|$)' /etc/systemd/system/*.service \
      /run/systemd/system/*.service /usr/local/lib/systemd/system/*.service /usr/lib/systemd/system/*.service /lib/systemd/system/*.service
  ); do
    vd_f=${'$'}{vd_f##*/}
    case "$vd_f $* " in *@.service\ * | user@*) continue ;; *" $vd_f "*) continue ;; esac
    set -- "$@" "$vd_f"
  done
  ask '' systemctl show --no-pager -p PROPERTIES -- "$@"
fi
`.replace('PROPERTIES', properties);

const others = `
if [ ! -d /run/systemd/system ]; then
  if have rc-service; then
    [ ! -e /etc/init.d/keepalived ] || ask openrc rc-service keepalived status
    [ ! -e /etc/init.d/keepalived ] || ask openrc-runlevels rc-update show
  elif [ -x /etc/init.d/keepalived ]; then
    ask sysv /etc/init.d/keepalived status
  fi
fi
if [ -z "$KA_PARENTS" ] && [ -S /run/docker.sock ] && [ -e /run/docker.pid ]; then
  ask docker docker ps -a --format '{{.Names}}|{{.Image}}|{{.Status}}'
fi
`;

export const unitProbe: Probe<readonly FoundUnit[]> = {
  id: 'unit',
  asks: 'what does the service manager say about keepalived?',
  parts: [
    { part: 'systemd', shell: systemd, rounds: ['before'], limitBytes: 65_536, timeoutSeconds: 5 },
    { part: 'other', shell: others, rounds: ['before'], limitBytes: 65_536, timeoutSeconds: 5 },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundUnit[]> {
  const shown = answerTo(answers, 'systemd');
  const units: FoundUnit[] = shown === undefined ? [] : readSystemd(shown.text);
  for (const answer of answersTo(answers, 'other')) {
    if (answer.about === 'openrc') units.push(readOpenRc(answer, answers));
    if (answer.about === 'sysv') units.push(readSysv(answer));
    if (answer.about === 'docker') units.push(...readDocker(answer.text));
  }
  if (units.length > 0) return known(units);
  if (shown === undefined) return unknown('no service manager on the node knows keepalived');
  return shown.exit === 0
    ? unknown('systemd knows no unit that starts keepalived')
    : unknown(`systemctl did not answer: ${shown.text.trim().slice(0, 200)}`);
}

/** `systemctl show`: one block of KEY=VALUE per unit, blank lines between. */
function readSystemd(text: string): FoundUnit[] {
  const units: FoundUnit[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1));
    }
    const name = fields.get('Id');
    if (name === undefined || fields.get('LoadState') === 'not-found') continue;
    const mainPid = Number(fields.get('MainPID'));
    const subState = fields.get('SubState');
    const enablement = fields.get('LoadState') === 'masked' ? 'masked' : fields.get('UnitFileState');
    const fragmentPath = fields.get('FragmentPath');
    const reload = fields.get('NeedDaemonReload');
    const reason = whyNotRunning(fields);
    units.push({
      manager: 'systemd',
      name,
      activeState: fields.get('ActiveState') ?? 'unknown',
      ...(subState ? { subState } : {}),
      ...(enablement ? { enablement } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...boundingSetOf(fields.get('CapabilityBoundingSet')),
      ...(mainPid > 0 ? { mainPid } : {}),
      ...(fragmentPath ? { fragmentPath } : {}),
      ...(reload === 'yes' || reload === 'no' ? { needsDaemonReload: reload } : {}),
    });
  }
  return units;
}

/** Numbers of linux/capability.h that keepalived may need; systemd before 230 prints the set as a number. */
const numbered = ['cap_net_broadcast 11', 'cap_net_admin 12', 'cap_net_raw 13'].map((text) =>
  text.split(' '),
);

function boundingSetOf(text: string | undefined): Pick<FoundUnit, 'capabilityBoundingSet'> {
  if (text === undefined) return {};
  if (!/^\d+$/.test(text))
    return { capabilityBoundingSet: text.split(' ').filter((name) => name.startsWith('cap_')) };
  const mask = BigInt(text);
  return {
    capabilityBoundingSet: numbered.flatMap(([name = '', bit = '']) =>
      (mask >> BigInt(bit)) & 1n ? [name] : [],
    ),
  };
}

function whyNotRunning(fields: ReadonlyMap<string, string>): string | undefined {
  const state = fields.get('ActiveState');
  if (state === 'active' || state === 'activating' || state === 'reloading') return undefined;
  if (fields.get('LoadState') === 'masked') return 'the unit is masked';
  if (fields.get('LoadState') === 'error' || fields.get('LoadState') === 'bad-setting') {
    return 'systemd could not load the unit file';
  }
  // A unit never tried also says `ConditionResult=no`, but has no time of checking.
  if (fields.get('ConditionResult') === 'no' && Number(fields.get('ConditionTimestampMonotonic')) > 0) {
    return 'a start condition of the unit was not met';
  }
  if (fields.get('AssertResult') === 'no' && fields.get('Result') === 'assert')
    return 'a start assertion failed';
  const result = fields.get('Result');
  const status = fields.get('ExecMainStatus');
  if (result !== undefined && result !== 'success') {
    // CLD_EXITED is 1; 2 and 3 are signals.
    const how = fields.get('ExecMainCode') === '1' ? 'exit status' : 'signal';
    return `result ${result}${status !== undefined && status !== '0' ? `, ${how} ${status}` : ''}`;
  }
  if (status !== undefined && status !== '0') return `the last run ended with status ${status}`;
  return undefined;
}

function readOpenRc(answer: Answer, answers: readonly Answer[]): FoundUnit {
  const word = /status:\s*(\w+)/.exec(answer.text)?.[1] ?? 'unknown';
  const runlevels = answersTo(answers, 'other').find((one) => one.about === 'openrc-runlevels');
  const states: Readonly<Record<string, string>> = {
    started: 'active',
    stopped: 'inactive',
    crashed: 'failed',
  };
  return {
    manager: 'openrc',
    name: 'keepalived',
    activeState: states[word] ?? word,
    ...(runlevels === undefined
      ? {}
      : { enablement: /^\s*keepalived\s*\|\s*\w/m.test(runlevels.text) ? 'enabled' : 'disabled' }),
    ...(word === 'crashed' ? { reason: 'OpenRC says it crashed' } : {}),
  };
}

/** Exit status of an init script's `status`: 0 running, 1 and 2 dead with leftovers, 3 stopped (LSB). */
function readSysv(answer: Answer): FoundUnit {
  const manager: Manager = 'sysv';
  const activeState =
    answer.exit === 0 ? 'active' : answer.exit === 1 || answer.exit === 2 ? 'failed' : 'inactive';
  return {
    manager,
    name: 'keepalived',
    activeState,
    ...(activeState === 'failed' ? { reason: 'it is dead but left its pid or lock file' } : {}),
  };
}

function readDocker(text: string): FoundUnit[] {
  return text.split('\n').flatMap((line): FoundUnit[] => {
    const [name, image, status] = line.split('|');
    if (name === undefined || image === undefined || status === undefined || !/keepalived/i.test(line))
      return [];
    const running = status.startsWith('Up');
    return [
      {
        manager: 'docker',
        name,
        activeState: running ? 'active' : 'inactive',
        ...(running ? {} : { reason: `container of ${image}: ${status}` }),
      },
    ];
  });
}
