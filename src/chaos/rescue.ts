// The rescue: the undo of a fault, written down on the node and armed there with a timer of the node's own, so that it
// happens whatever becomes of us. Shell text and the reading of answers; it connects to nothing. Arming is believed
// only when it was read back.
import { quote } from '../transport/quote.ts';
import type { FaultDeed } from './faults/fault.ts';
import { dropStaleLock } from './node-lock.ts';

/** Folder of everything vipdoctor keeps on a node while a fault is armed there; gone after it. */
export const nodeFolder = '/run/vipdoctor';

/** Longest name a run may have on a node: letters, digits and `-`. */
const idPattern = /^[a-z0-9-]{1,48}$/;

const folderOf = (id: string): string => {
  if (!idPattern.test(id)) throw new RangeError(`"${id}" cannot name a rescue`);
  return `${nodeFolder}/${id}`;
};

export const unitOf = (id: string): string => `vipdoctor-rescue-${id}`;

const prelude =
  'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH LC_ALL=C';

const asFunction = (name: string, body: string): string =>
  `${name}() {\n${body.trim() === '' ? ':' : body}\n}`;

/** How often the node tries by itself, a second apart. */
const rescueAttempts = 60;

const undoFunctions = (deed: FaultDeed): string =>
  [asFunction('heal', deed.heal), asFunction('healed', deed.healed)].join('\n');

/** What the node runs by itself when nobody disarmed it. Harmless to run twice, or by hand. */
export const rescueScript = (id: string, deed: FaultDeed): string =>
  [
    '#!/bin/sh',
    `# vipdoctor: undoes the failover test "${deed.fault}" on ${deed.node.replace(/[^\w.@:-]/g, '?')}. Harmless when there is nothing to undo.`,
    prelude,
    `VD=${folderOf(id)}`,
    undoFunctions(deed),
    'say() {',
    '  if command -v logger >/dev/null 2>&1; then logger -t vipdoctor-rescue -- "$1"; else echo "vipdoctor-rescue: $1" >/dev/kmsg; fi',
    '} 2>/dev/null',
    `say ${quote(`${id}: vipdoctor did not come back in time; undoing ${deed.fault}`)}`,
    'n=0',
    'while heal; ! healed; do',
    '  n=$((n+1))',
    `  if [ "$n" -ge ${rescueAttempts} ]; then`,
    `    say ${quote(`${id}: ${deed.fault} could not be undone; see ${folderOf(id)}`)}`,
    '    echo failed >"$VD/outcome"',
    '    exit 0',
    '  fi',
    '  sleep 1',
    'done',
    `say ${quote(`${id}: ${deed.fault} is undone`)}`,
    'rm -rf "$VD"',
    `rmdir ${nodeFolder} 2>/dev/null`,
    dropStaleLock,
    'exit 0',
    '',
  ].join('\n');

/** Where there is no systemd: waits by the node's own clock, which no step of the calendar moves. */
const waiterScript = (id: string, afterSeconds: number): string =>
  [
    'trap "" HUP',
    'IFS=. read -r up rest </proc/uptime',
    `end=$((up+${afterSeconds}))`,
    'while IFS=. read -r up rest </proc/uptime && [ "$up" -lt "$end" ]; do sleep 1; done',
    `exec sh ${folderOf(id)}/rescue`,
  ].join('\n');

export interface ArmOptions {
  readonly id: string;
  readonly deed: FaultDeed;
  readonly afterSeconds: number;
  readonly systemd: 'present' | 'absent';
}

/**
 * Prepares and arms. Answers `armed`; whatever else it says is why not, and then nothing is left. After half of the
 * time injecting is refused on the node itself: a command that was stuck on its way must not hurt without a rescue.
 */
export const armCommand = ({ id, deed, afterSeconds, systemd }: ArmOptions): string => {
  const folder = folderOf(id);
  const timer = [
    `systemd-run --quiet --unit=${unitOf(id)} --description=${quote(`vipdoctor: undo ${deed.fault} if vipdoctor does not`)}`,
    `--on-active=${afterSeconds}s --timer-property=AccuracySec=200ms --property=CollectMode=inactive-or-failed`,
    `/bin/sh ${folder}/rescue </dev/null`,
  ].join(' ');
  // Both outputs away: a process that holds them keeps the session open.
  const detached = [
    `printf '%s\\n' ${quote(waiterScript(id, afterSeconds))} >"$VD/wait"`,
    'if command -v setsid >/dev/null 2>&1; then setsid sh "$VD/wait" </dev/null >/dev/null 2>&1 &',
    'else nohup sh "$VD/wait" </dev/null >/dev/null 2>&1 & fi',
    'echo "$!" >"$VD/waiter"',
  ].join('\n');
  return [
    prelude,
    'umask 077',
    `VD=${folder}`,
    `give_up() { echo "$1"; ${systemd === 'present' ? `systemctl stop ${unitOf(id)}.timer 2>/dev/null; ` : ''}rm -rf "$VD"; rmdir ${nodeFolder} 2>/dev/null; exit 1; }`,
    `mkdir -p ${nodeFolder} && mkdir "$VD" || { echo "$VD could not be made"; exit 1; }`,
    asFunction('prepare', deed.prepare),
    'prepare >"$VD/problem" 2>&1 || give_up "what healing needs could not be saved: $(head -c 300 "$VD/problem")"',
    'rm -f "$VD/problem"',
    `printf '%s' ${quote(rescueScript(id, deed))} >"$VD/rescue" || give_up "the rescue could not be written"`,
    'sh -n "$VD/rescue" || give_up "the rescue is not understood by sh there"',
    'IFS=. read -r up rest </proc/uptime',
    `echo $((up+${Math.max(2, Math.floor(afterSeconds / 2))})) >"$VD/inject-before"`,
    systemd === 'present' ? `${timer} || give_up "systemd-run refused"` : detached,
    'sync "$VD/rescue" 2>/dev/null',
    'echo armed',
  ].join('\n');
};

/** Asks what is really armed: the text the timer will run, and the timer. */
export const readBackCommand = (id: string, systemd: 'present' | 'absent'): string =>
  [
    prelude,
    `VD=${folderOf(id)}`,
    'echo "@script"',
    'cat "$VD/rescue"',
    'echo "@timer"',
    systemd === 'present'
      ? `systemctl show ${unitOf(id)}.timer -p ActiveState -p SubState; systemctl show ${unitOf(id)}.service -p ExecStart; systemctl list-timers --all --no-legend ${unitOf(id)}.timer`
      : [
          'read -r waiter <"$VD/waiter"',
          // setsid may have forked: the one that waits is found by its command line.
          'for c in /proc/[0-9]*/cmdline; do',
          `  case $(tr '\\0' ' ' 2>/dev/null <"$c") in "sh $VD/wait "*) echo "Waiting=$c" ;; esac`,
          'done',
        ].join('\n'),
    'echo "@end"',
  ].join('\n');

export type Armed = { readonly kind: 'armed' } | { readonly kind: 'not-proven'; readonly why: string };

/** Believes only what it sees: the same text, and a timer that is waiting to run it. */
export const readBack = (
  { id, deed, systemd }: Pick<ArmOptions, 'id' | 'deed' | 'systemd'>,
  text: string,
): Armed => {
  const no = (why: string): Armed => ({ kind: 'not-proven', why });
  const at = text.indexOf('@script\n');
  const timerAt = text.lastIndexOf('@timer\n');
  const endAt = text.lastIndexOf('@end');
  if (at < 0 || timerAt < at || endAt < timerAt) return no('the node did not answer in full');
  if (text.slice(at + '@script\n'.length, timerAt) !== rescueScript(id, deed))
    return no('the rescue on the node is not the one that was written');
  const timer = text.slice(timerAt, endAt);
  if (systemd === 'absent')
    return /^Waiting=/m.test(timer) ? { kind: 'armed' } : no('no process waits on the node');
  if (!/^ActiveState=active$/m.test(timer) || !/^SubState=waiting$/m.test(timer))
    return no('the systemd timer is not waiting');
  if (!timer.includes(`${folderOf(id)}/rescue`)) return no('the systemd timer would run something else');
  return { kind: 'armed' };
};

/** Answers `FROM TO REALTIME|UPTIME`, ns on the node's clocks, then `status N`; refuses unless armed with time to spare. */
export const injectCommand = (id: string, deed: FaultDeed, atNs?: bigint): string =>
  [
    prelude,
    `VD=${folderOf(id)}`,
    'now() {',
    '  vd_t=$(date +%s%N)',
    '  case $vd_t in *[!0-9]*|??????????) vd_t=$(perl -MTime::HiRes=time -e \'printf "%.0f", time*1e9\' 2>/dev/null || python3 -c \'import time; print(int(time.time()*1e9))\' 2>/dev/null || echo "$(date +%s)000000000") ;; esac',
    '  echo "$vd_t"',
    '}',
    asFunction('inject', deed.inject),
    'IFS=. read -r up rest </proc/uptime',
    'read -r before <"$VD/inject-before" && [ "$up" -lt "$before" ] || { echo "refused: the rescue is not armed any more"; exit 1; }',
    ...(atNs === undefined
      ? []
      : [
          `vd_d=$((${atNs}-$(now)))`,
          '[ "$vd_d" -le 0 ] || [ "$vd_d" -gt 3000000000 ] || sleep "$((vd_d/1000000000)).$(printf %09d $((vd_d%1000000000)))"',
        ]),
    // Our own way goes with it: what is known before must be on its way before.
    ...(deed.controlPath === 'cut' ? ['echo "soon $(now)"', 'sleep 0.1 2>/dev/null || sleep 1'] : []),
    'from=$(now)',
    'inject >"$VD/said" 2>&1',
    'status=$?',
    'to=$(now)',
    'echo "injected $from $to $status" | tee "$VD/injected"',
    '[ "$status" = 0 ] || head -c 300 "$VD/said"',
  ].join('\n');

export type Injected =
  | { readonly kind: 'injected'; readonly fromNs: bigint; readonly toNs: bigint }
  | { readonly kind: 'failed'; readonly why: string };

/** A link that takes our connection with it is down within this time of saying so, or it is not, ns. */
const cutWithinNs = 1_500_000_000n;

export const readInjected = (text: string): Injected => {
  const soon = /^soon (\d+)$/m.exec(text)?.[1];
  if (soon !== undefined && !text.includes('injected '))
    return { kind: 'injected', fromNs: BigInt(soon), toNs: BigInt(soon) + cutWithinNs };
  const found = /^injected (\d+) (\d+) (\d+)$/m.exec(text);
  const [, from = '', to = '', status] = found ?? [];
  if (found === null) return { kind: 'failed', why: text.trim().slice(0, 300) || 'the node did not say' };
  if (status !== '0')
    return {
      kind: 'failed',
      why: text.slice((found.index ?? 0) + found[0].length).trim() || `status ${status}`,
    };
  return { kind: 'injected', fromNs: BigInt(from), toNs: BigInt(to) };
};

/** Heals now; answers `healed FROM TO` with the node's stamps, or what still is not. Does not need the rescue. */
export const healCommand = (id: string, deed: Pick<FaultDeed, 'heal' | 'healed'>, attempts = 8): string =>
  [
    prelude,
    `VD=${folderOf(id)}`,
    asFunction('heal', deed.heal),
    asFunction('healed', deed.healed),
    'now() { vd_t=$(date +%s%N); case $vd_t in *[!0-9]*|??????????) vd_t=$(date +%s)000000000 ;; esac; echo "$vd_t"; }',
    'from=$(now) n=0',
    'while heal >/dev/null 2>&1; ! healed; do',
    '  n=$((n+1))',
    `  [ "$n" -lt ${attempts} ] || { echo "not healed"; heal 2>&1 | head -c 300; exit 1; }`,
    '  sleep 1',
    'done',
    'echo "healed $from $(now)"',
  ].join('\n');

export const readHealed = (text: string): { readonly fromNs: bigint; readonly toNs: bigint } | undefined => {
  const found = /^healed (\d+) (\d+)$/m.exec(text);
  return found === null ? undefined : { fromNs: BigInt(found[1] ?? 0), toNs: BigInt(found[2] ?? 0) };
};

/** Takes the rescue away and looks whether it is. `fired` when it had run before we came. */
export const disarmCommand = (id: string, systemd: 'present' | 'absent'): string =>
  [
    prelude,
    `VD=${folderOf(id)}`,
    '[ -d "$VD" ] && echo "was armed" || echo "was gone"',
    ...(systemd === 'present'
      ? [
          `systemctl stop ${unitOf(id)}.timer 2>/dev/null`,
          'n=0',
          // One that is firing right now is let finish: it heals.
          `while [ "$(systemctl show ${unitOf(id)}.service -p ActiveState --value)" = activating ] || systemctl is-active --quiet ${unitOf(id)}.service; do`,
          '  n=$((n+1)); [ "$n" -lt 100 ] || break; sleep 0.1 || sleep 1',
          'done',
          `systemctl reset-failed ${unitOf(id)}.timer ${unitOf(id)}.service 2>/dev/null`,
        ]
      : [
          'for c in /proc/[0-9]*/cmdline; do',
          `  case $(tr '\\0' ' ' 2>/dev/null <"$c") in "sh $VD/wait "*) p=\${c#/proc/}; kill -KILL "\${p%/cmdline}" ;; esac`,
          'done',
        ]),
    '[ ! -e "$VD/outcome" ] || echo "outcome $(cat "$VD/outcome")"',
    'rm -rf "$VD"',
    `rmdir ${nodeFolder} 2>/dev/null`,
    ...(systemd === 'present'
      ? [
          `for u in ${unitOf(id)}.timer ${unitOf(id)}.service; do`,
          '  s=$(systemctl show "$u" -p LoadState --value); [ "$s" = not-found ] || echo "left $u ($s)"',
          'done',
        ]
      : []),
    '[ ! -e "$VD" ] || echo "left $VD"',
    'echo "@end"',
  ].join('\n');

export type Disarmed =
  | { readonly kind: 'disarmed'; readonly rescue: 'not-needed' | 'had-fired' }
  | { readonly kind: 'not-proven'; readonly why: string };

export const readDisarmed = (text: string): Disarmed => {
  if (!text.includes('@end')) return { kind: 'not-proven', why: 'the node did not answer in full' };
  const left = [...text.matchAll(/^left (.*)$/gm)].map((match) => match[1]);
  if (left.length > 0) return { kind: 'not-proven', why: `still there: ${left.join(', ')}` };
  return { kind: 'disarmed', rescue: text.includes('was gone') ? 'had-fired' : 'not-needed' };
};
