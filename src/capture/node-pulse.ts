// What a node says about itself over and over while it is watched: all its addresses and interfaces now and then, each
// change of them at once, and whether keepalived's processes are there and run. Shell text and the reading of its lines;
// it reads /proc and asks `ip`, changes nothing and signals nobody.
import { searchPath } from './interpreters.ts';

/** Seconds between two looks at the processes, and looks between two whole tables. */
const lookEverySeconds = 2;
const tableEvery = 5;

/**
 * Shell text for a lifeline, for dash, bash and busybox. `ip monitor` tells changes at once where there is one; the
 * tables make good what it may have lost. The monitor is started first, so that no change falls between the two.
 * cgroup.events tells of processes frozen without a signal.
 */
export const nodePulseCommand = (): string =>
  [
    searchPath,
    'TZ=UTC0; export TZ',
    `vd_scan() {
  vd_pids=
  for vd_f in /proc/[0-9]*/comm; do
    { read -r vd_n <"$vd_f"; } 2>/dev/null || continue
    case $vd_n in keepalived*) vd_p=\${vd_f#/proc/}; vd_pids="$vd_pids \${vd_p%/comm}" ;; esac
  done
}
vd_look() {
  vd_state=stopped
  for vd_p in $vd_pids; do
    { read -r vd_s <"/proc/$vd_p/stat"; } 2>/dev/null || continue
    case $vd_s in *"(keepalived"*) ;; *) continue ;; esac
    vd_s=\${vd_s##*) }
    [ "$vd_state" = stopped ] && vd_state=running
    case \${vd_s%% *} in T | t) vd_state=frozen ;; Z | X) continue ;; esac
    while IFS=: read -r vd_a vd_b vd_c; do
      [ "$vd_a" = 0 ] || continue
      { while read -r vd_k vd_v; do
        [ "$vd_k $vd_v" = 'frozen 1' ] && vd_state=frozen
      done <"/sys/fs/cgroup$vd_c/cgroup.events"; } 2>/dev/null
    done 2>/dev/null <"/proc/$vd_p/cgroup"
  done
}`,
    '{ read -r vd_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null',
    '{ read -r vd_one </proc/1/stat; } 2>/dev/null',
    // starttime of PID 1, field 22: a container may be started again while its host goes on.
    `set -f; set -- \${vd_one##*) }; set +f; shift 19 2>/dev/null`,
    'echo "@boot $vd_boot-$1"',
    'ip -o -ts monitor address link 2>/dev/null &',
    'vd_t=0 vd_pids=',
    'vd_scan',
    'while :; do',
    '  vd_look',
    '  [ "$vd_state" = stopped ] && { vd_scan; vd_look; }',
    '  echo "@pulse $(date +%s.%N) $vd_state"',
    `  if [ "$vd_t" = 0 ]; then vd_scan; echo @table; ip -o link show; ip -o addr show; echo @end; fi`,
    `  vd_t=$(((vd_t + 1) % ${tableEvery}))`,
    `  sleep ${lookEverySeconds}`,
    'done',
  ].join('\n');

export type PulseLine =
  /** Differs after the node, or the container it is, was started again. */
  | { readonly kind: 'boot'; readonly token: string }
  /** `stampMs` on the node's clock. */
  | { readonly kind: 'pulse'; readonly stampMs: number; readonly process: 'running' | 'stopped' | 'frozen' }
  | { readonly kind: 'table'; readonly part: 'begin' | 'end' }
  | {
      readonly kind: 'address';
      readonly interface: string;
      readonly address: string;
      readonly change: 'added' | 'removed';
      /** On the node's clock; absent in a table. */
      readonly stampMs?: number;
    }
  | {
      readonly kind: 'link';
      readonly interface: string;
      readonly state: 'up' | 'down' | 'gone';
      readonly stampMs?: number;
    };

const stamp = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})\d*\] +(.*)$/;

const readProcess = (word: string | undefined): 'running' | 'stopped' | 'frozen' | undefined =>
  word === 'running' || word === 'stopped' || word === 'frozen' ? word : undefined;

const readMark = (line: string): PulseLine | undefined => {
  const [mark, first = '', second] = line.split(' ');
  if (mark === '@boot') return { kind: 'boot', token: first };
  if (mark === '@table') return { kind: 'table', part: 'begin' };
  if (mark === '@end') return { kind: 'table', part: 'end' };
  // busybox's date may not know %N and print it as it is.
  const seconds = Number(/^\d+(?:\.\d+)?/.exec(first)?.[0] ?? Number.NaN);
  const process = readProcess(second);
  return mark === '@pulse' && Number.isFinite(seconds) && process !== undefined
    ? { kind: 'pulse', stampMs: seconds * 1000, process }
    : undefined;
};

/** `3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu …` and `3: eth1    inet 10.77.0.5/32 …`, as `ip -o` prints them. */
const readObject = (text: string): PulseLine | undefined => {
  const deleted = text.startsWith('Deleted ');
  const line = deleted ? text.slice('Deleted '.length) : text;
  const link = /^\d+: ([^:@\s]+)(?:@[^:\s]+)?: <([^>]*)>/.exec(line);
  if (link !== null) {
    const flags = (link[2] ?? '').split(',');
    const up = flags.includes('UP') && flags.includes('LOWER_UP');
    return { kind: 'link', interface: link[1] ?? '', state: deleted ? 'gone' : up ? 'up' : 'down' };
  }
  const address = /^\d+: ([^:@\s]+)(?:@\S+)?\s+inet6? ([0-9a-fA-F.:]+)/.exec(line);
  if (address === null) return undefined;
  return {
    kind: 'address',
    interface: address[1] ?? '',
    address: (address[2] ?? '').toLowerCase(),
    change: deleted ? 'removed' : 'added',
  };
};

/** Undefined for what is about something else. */
export const readPulseLine = (line: string): PulseLine | undefined => {
  if (line.startsWith('@')) return readMark(line.trimEnd());
  const stamped = stamp.exec(line);
  if (stamped === null) return readObject(line);
  const object = readObject((stamped[3] ?? '').replace(/^\[(?:ADDR|LINK)\]/, ''));
  const atMs = Date.parse(`${stamped[1]}.${stamped[2]}Z`);
  return object === undefined ||
    Number.isNaN(atMs) ||
    object.kind === 'boot' ||
    object.kind === 'pulse' ||
    object.kind === 'table'
    ? object
    : { ...object, stampMs: atMs };
};
