// One run at a time: a lock on every node, held by a shell that lives exactly as long as our connection and is gone
// by itself when we are. The same shell answers a beat, so a node that no longer does is noticed. Text and reading only.
import { quote } from '../transport/quote.ts';

const lockFolder = '/run/vipdoctor-lock';

/** Defines `holder_lives`: status 0 while the process that took the lock is there; its number alone may be reused. */
const holderLives = `
start_of() { { read -r s <"/proc/$1/stat"; } 2>/dev/null || return 1; s=\${s##*) }; set -- $s; shift 19; echo "$1"; }
holder_lives() {
  { read -r pid start && read -r owner; } 2>/dev/null <${lockFolder}/owner
  [ -n "$pid" ] && [ "$(start_of "$pid")" = "$start" ]
}
`.trim();

/** Removes a lock whose holder was killed and could not do so. */
export const dropStaleLock = [
  holderLives,
  `if [ -d ${lockFolder} ] && ! holder_lives; then rm -rf ${lockFolder}; fi`,
].join('\n');

/** Without a beat for this long the node gives the lock up by itself, s. */
export const lockLastsSeconds = 30;

/**
 * To be run as a stream: says `locked`, or `held …` and ends; then answers every line with `beat LINE`. A lock whose
 * holder is dead is taken over.
 */
export const lockCommand = (run: string, who: string): string =>
  `
d=${lockFolder}
${holderLives}
take() { mkdir -m 700 "$d" 2>/dev/null && printf '%s %s\\n%s\\n' $$ "$(start_of $$)" ${quote(`${run} by ${who}`)} >"$d/owner"; }
if ! take; then
  sleep 0.2 2>/dev/null || sleep 1
  if holder_lives; then echo "held $owner"; exit 1; fi
  rm -rf "$d"
  take || { echo "held by another run that has just begun"; exit 1; }
fi
IFS=. read -r up rest </proc/uptime
echo "$up" >"$d/beat"
me=$$
( trap '' HUP
  while sleep 1 && [ -d "/proc/$me" ] && { read -r at <"$d/beat"; } 2>/dev/null; do
    IFS=. read -r up rest </proc/uptime
    [ $((up-at)) -gt ${lockLastsSeconds} ] && break
  done
  { read -r pid start <"$d/owner"; } 2>/dev/null && [ "$pid" = "$me" ] && rm -rf "$d"
  kill -KILL "$me" ) </dev/null >/dev/null 2>&1 &
watcher=$!
trap 'rm -rf "$d"; kill -KILL "$watcher" 2>/dev/null; exit 0' HUP INT TERM
echo locked
while read -r line; do
  IFS=. read -r up rest </proc/uptime
  echo "$up" >"$d/beat" || exit 1
  echo "beat $line"
done
rm -rf "$d"
kill -KILL "$watcher" 2>/dev/null
exit 0
`.trim();

export type LockLine =
  | { readonly kind: 'locked' }
  | { readonly kind: 'held'; readonly by: string }
  | { readonly kind: 'beat'; readonly what: string }
  | { readonly kind: 'noise' };

export const readLockLine = (line: string): LockLine => {
  if (line === 'locked') return { kind: 'locked' };
  if (line.startsWith('held ')) return { kind: 'held', by: line.slice('held '.length) };
  if (line.startsWith('beat ')) return { kind: 'beat', what: line.slice('beat '.length) };
  return { kind: 'noise' };
};

/** Says which lock, rescue or timer of any run is on the node; a lock of the dead is none. */
export const leftoversCommand = (nodeFolder: string): string =>
  [
    holderLives,
    `if [ -d ${lockFolder} ] && holder_lives; then echo "left ${lockFolder} ($owner)"; fi`,
    `for f in ${nodeFolder}/*; do [ -e "$f" ] && echo "left $f"; done`,
    'systemctl list-units --all --plain --no-legend \'vipdoctor-rescue-*\' 2>/dev/null | while read -r u rest; do echo "left $u"; done',
    'echo "@end"',
  ].join('\n');
