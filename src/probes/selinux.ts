// Whether SELinux enforces, and the denials about keepalived from the audit log, the journal and the kernel log.
// It reports records; a harmless one is written on healthy hosts too, so what they mean is judged by rules.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, answerTo, firstLine } from './answers.ts';
import type { Probe } from './probe.ts';

export interface DenialRecord {
  /** Epoch ms, from `audit(SECONDS.MS:SERIAL)` or the journal's stamp. */
  readonly atMs?: number;
  readonly permissions: readonly string[];
  readonly targetClass: string;
  readonly sourceContext: string;
  readonly targetContext: string;
  readonly pid?: number;
  /** comm= of the process that was denied. */
  readonly command: string;
  /** path= or name=, decoded when the kernel wrote it in hex. */
  readonly name?: string;
  /** `unknown` in records of kernels before 3.15. */
  readonly permissive: 'yes' | 'no' | 'unknown';
  /** The record as it stands in the log. */
  readonly text: string;
  readonly source: 'audit log' | 'journal' | 'kernel log';
}

export interface SelinuxState {
  readonly mode: 'enforcing' | 'permissive' | 'disabled';
  readonly denials: readonly DenialRecord[];
  /** Where denials were looked for. */
  readonly read: readonly string[];
  /** Where they could not be looked for, and why. */
  readonly unread: readonly string[];
}

const mode = `
VD_SELINUX=
if [ -e /sys/fs/selinux/enforce ]; then
  VD_SELINUX=on
  tell '' cat /sys/fs/selinux/enforce
else
  note '' 0 disabled
fi
`;

/**
 * grep over the last two files finds what ausearch would, at a fraction of its time; a record is in one place or
 * in several: with auditd stopped only the kernel log and the journal have it.
 */
const denials = String.raw`
if [ -n "$VD_SELINUX" ]; then
  ask audit sh -c '[ -e /var/log/audit/audit.log ] || { echo "there is no /var/log/audit/audit.log"; exit 3; }
    [ -r /var/log/audit/audit.log ] || { echo "/var/log/audit/audit.log: permission denied"; exit 13; }
    { [ ! -r /var/log/audit/audit.log.1 ] || cat /var/log/audit/audit.log.1; cat /var/log/audit/audit.log; } |
      grep -aE "^(node=[^ ]* )?type=(AVC|USER_AVC|1400|1107) .*keepalived" | tail -n 200; exit 0'
  vd_hung journalctl || ask journal sh -c 'command -v journalctl >/dev/null || exit 127
    { journalctl -q --no-pager -o short-unix -n 500 _AUDIT_TYPE=1400 2>/dev/null ||
      journalctl -q --no-pager -o short-iso -n 500 _AUDIT_TYPE=1400; } | grep -a keepalived | tail -n 200; exit 0'
  ask kernel sh -c 'vd_d=$(dmesg 2>&1) || { printf "%s\n" "$vd_d" | tail -n 1; exit 1; }
    printf "%s\n" "$vd_d" | grep -a "type=1400" | grep -a keepalived | tail -n 200; exit 0'
fi
`;

export const selinuxProbe: Probe<SelinuxState> = {
  id: 'selinux',
  asks: 'does SELinux forbid keepalived anything?',
  parts: [
    { part: 'mode', shell: mode, rounds: ['before'], limitBytes: 1024, timeoutSeconds: 2 },
    {
      part: 'denials',
      shell: denials,
      pace: 'slow',
      rounds: ['before'],
      limitBytes: 524_288,
      timeoutSeconds: 4,
    },
  ],
  read,
};

const sources = { audit: 'audit log', journal: 'journal', kernel: 'kernel log' } as const;

function read(answers: readonly Answer[]): Reading<SelinuxState> {
  const answer = answerTo(answers, 'mode');
  const word = answer?.text.trim();
  if (answer === undefined || answer.exit !== 0 || word === undefined)
    return unknown('the SELinux mode could not be read');
  if (word === 'disabled') return known({ mode: 'disabled', denials: [], read: [], unread: [] });
  if (word !== '0' && word !== '1')
    return unknown(`the SELinux mode could not be understood: ${firstLine(word)}`);
  const records: DenialRecord[] = [];
  const readFrom: string[] = [];
  const unread: string[] = [];
  for (const about of ['audit', 'journal', 'kernel'] as const) {
    const log = answersTo(answers, 'denials').find((one) => one.about === about);
    if (log === undefined || log.exit !== 0) {
      const why = log === undefined ? 'not asked' : firstLine(log.text) || `exit ${log.exit}`;
      unread.push(`${sources[about]}: ${why}`);
      continue;
    }
    readFrom.push(sources[about]);
    for (const line of log.text.split('\n')) {
      const record = readDenial(line, sources[about]);
      if (record !== undefined && !records.some((other) => sameDenial(other, record))) records.push(record);
    }
  }
  return known({
    mode: word === '1' ? 'enforcing' : 'permissive',
    denials: records.sort((left, right) => (left.atMs ?? 0) - (right.atMs ?? 0)),
    read: readFrom,
    unread,
  });
}

/** The same denial reaches several logs; the journal's stamp may differ from the record's own by a little. */
function sameDenial(left: DenialRecord, right: DenialRecord): boolean {
  return (
    left.source !== right.source &&
    left.pid === right.pid &&
    left.targetClass === right.targetClass &&
    left.permissions.join() === right.permissions.join() &&
    left.targetContext === right.targetContext &&
    left.name === right.name &&
    (left.atMs === undefined || right.atMs === undefined || Math.abs(left.atMs - right.atMs) <= 2000)
  );
}

/** One AVC record as audit.log, the journal or dmesg carry it; undefined when the line is something else. */
export function readDenial(line: string, source: DenialRecord['source']): DenialRecord | undefined {
  const denied = /avc:\s+denied\s+\{ ([^}]*) \} for\s+(.*)$/.exec(line);
  if (denied === null) return undefined;
  const rest = denied[2] ?? '';
  const field = (name: string) => new RegExp(`(?:^|\\s)${name}=("[^"]*"|\\S+)`).exec(rest)?.[1];
  const plain = (name: string) => field(name)?.replace(/^"|"$/g, '');
  const command = decodeField(field('comm')) ?? '?';
  const sourceContext = plain('scontext') ?? '?';
  if (!command.includes('keepalived') && !sourceContext.includes('keepalived')) return undefined;
  const stamp = /audit\((\d+)\.(\d{3}):\d+\)/.exec(line) ?? /^(\d{9,})\.(\d{3})\d*\s/.exec(line);
  const pid = Number(plain('pid'));
  const name = decodeField(field('path') ?? field('name'));
  const permissive = plain('permissive');
  return {
    ...(stamp === null ? {} : { atMs: Number(stamp[1]) * 1000 + Number(stamp[2]) }),
    permissions: (denied[1] ?? '').trim().split(/\s+/),
    targetClass: plain('tclass') ?? '?',
    sourceContext,
    targetContext: plain('tcontext') ?? '?',
    ...(Number.isInteger(pid) ? { pid } : {}),
    command,
    ...(name === undefined ? {} : { name }),
    permissive: permissive === '1' ? 'yes' : permissive === '0' ? 'no' : 'unknown',
    text: line.trim(),
    source,
  };
}

/** The audit system writes untrusted strings in quotes, or in hex when they hold spaces, quotes or control bytes. */
function decodeField(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.startsWith('"')) return value.slice(1, -1);
  if (!/^(?:[0-9A-F]{2})+$/.test(value)) return value;
  const bytes = Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return new TextDecoder().decode(bytes);
}
