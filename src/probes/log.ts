// The latest lines keepalived logged, and what the service manager logged about it: from the journal, a container
// engine's log file, or the syslog files. Reading the messages themselves is done elsewhere.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, firstLine } from './answers.ts';
import type { Probe } from './probe.ts';

export interface LoggedLine {
  /** Epoch ms, where the source carries a full date. */
  readonly atMs?: number;
  /** Who logged it: `Keepalived_vrrp`, `systemd` …; `?` where the source does not say. */
  readonly ident: string;
  readonly pid?: number;
  readonly message: string;
  /** The line as the log has it. */
  readonly text: string;
}

export interface KeepalivedLog {
  /** Oldest first. */
  readonly lines: readonly LoggedLine[];
  readonly sources: readonly string[];
}

/** `short-unix` came after systemd 219 (RHEL 7), which gets `short-iso`. */
const shell = `
vd_cids=
for vd_p in $KA_PARENTS; do
  vd_cids="$vd_cids $(grep -soE '[0-9a-f]{64}' "/proc/$vd_p/cgroup" | head -n 1)"
done
if have journalctl && { [ -d /run/log/journal ] || [ -d /var/log/journal ]; }; then
  set -- _COMM=keepalived + SYSLOG_IDENTIFIER=Keepalived + SYSLOG_IDENTIFIER=Keepalived_vrrp + UNIT=keepalived.service
  for vd_i in $vd_cids; do set -- "$@" + "CONTAINER_ID_FULL=$vd_i"; done
  ask journal journalctl -q --no-pager -o short-unix -n 400 "$@"
  case $vd_code in
    0 | 124 | 137 | 143 | timeout) ;;
    *) ask journal journalctl -q --no-pager -o short-iso -n 400 "$@" ;;
  esac
else
  for vd_f in /var/log/messages /var/log/syslog /var/log/daemon.log; do
    if [ -f "$vd_f" ] && [ ! -L "$vd_f" ]; then
      ask "$vd_f" sh -c 'tail -c 4000000 "$1" | grep -ai keepalived | tail -n 400; [ -r "$1" ]' sh "$vd_f"
    fi
  done
fi
for vd_i in $vd_cids; do
  for vd_f in "/var/lib/docker/containers/$vd_i/$vd_i-json.log" /var/log/containers/*"$vd_i".log; do
    if [ -f "$vd_f" ]; then ask "$vd_f" tail -n 300 "$vd_f"; fi
  done
done
`;

export const logProbe: Probe<KeepalivedLog> = {
  id: 'log',
  asks: 'what did keepalived log?',
  parts: [
    {
      part: 'lines',
      shell,
      pace: 'slow',
      rounds: ['before', 'after'],
      limitBytes: 524_288,
      timeoutSeconds: 4,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<KeepalivedLog> {
  const lines: LoggedLine[] = [];
  const sources = new Set<string>();
  const reasons: string[] = [];
  const seen = new Set<string>();
  for (const answer of answersTo(answers, 'lines')) {
    const source = answer.about ?? 'journal';
    if (answer.exit !== 0 && answer.text.trim() === '') {
      reasons.push(`${source}: ${answer.exit === 'timeout' ? 'took too long' : `exit ${answer.exit}`}`);
      continue;
    }
    if (answer.exit !== 0 && answer.exit !== 'timeout' && answer.exit !== 'lost') {
      reasons.push(`${source}: ${firstLine(answer.text)}`);
      continue;
    }
    sources.add(source);
    // The second asking repeats most of the first; equal lines within one asking are kept.
    const fresh = answer.text.split('\n').filter((text) => text !== '' && !seen.has(`${source}\n${text}`));
    for (const text of fresh) {
      seen.add(`${source}\n${text}`);
      const line = readLine(text);
      if (line !== undefined) lines.push(line);
    }
  }
  if (sources.size === 0)
    return unknown(reasons[0] ?? 'the node has no log of keepalived that could be read');
  return known({ lines, sources: [...sources] });
}

const unixStamp = /^(\d{9,}\.\d+) \S+ ([^\s[:]+)(?:\[(\d+)\])?: (.*)$/;
const isoStamp =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})) \S+ ([^\s[:]+)(?:\[(\d+)\])?: (.*)$/;
const plainStamp = /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S+ (?:\S+ )?([^\s[:]+)(?:\[(\d+)\])?: (.*)$/;

/** One line of a log in any of the forms above; undefined for blank lines. Stamps without a year give no time. */
export function readLine(text: string): LoggedLine | undefined {
  if (text.trim() === '') return undefined;
  const unix = unixStamp.exec(text);
  if (unix !== null) return line(text, unix[2], unix[3], unix[4], Math.round(Number(unix[1]) * 1000));
  const iso = isoStamp.exec(text);
  if (iso !== null) {
    const stamp = (iso[1] ?? '').replace(',', '.').replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
    return line(text, iso[2], iso[3], iso[4], Date.parse(stamp));
  }
  const plain = plainStamp.exec(text);
  if (plain !== null) return line(text, plain[1], plain[2], plain[3]);
  if (text.startsWith('{')) return readDockerLine(text);
  // CRI: `2024-05-01T10:00:00.123456789Z stdout F message`.
  const cri = /^(\S+Z) (?:stdout|stderr) [FP] (.*)$/.exec(text);
  if (cri !== null) return line(text, '?', undefined, cri[2], Date.parse(cri[1] ?? ''));
  return line(text, '?', undefined, text);
}

function line(text: string, ident = '?', pid?: string, message = '', atMs = Number.NaN): LoggedLine {
  return {
    ...(Number.isNaN(atMs) ? {} : { atMs }),
    ident,
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    message,
    text,
  };
}

/** Docker's json-file driver: `{"log":"…\n","stream":"stdout","time":"…Z"}`. */
function readDockerLine(text: string): LoggedLine {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'log' in parsed && typeof parsed.log === 'string') {
      const time = 'time' in parsed && typeof parsed.time === 'string' ? Date.parse(parsed.time) : Number.NaN;
      return line(text, '?', undefined, parsed.log.trimEnd(), time);
    }
  } catch {
    // Not JSON after all: the line stands as it is.
  }
  return line(text, '?', undefined, text);
}
