/**
 * keepalived's log, line by line: journal, syslog file or --log-console. Knows the wordings of 1.3 to 2.4 that
 * matter for VRRP; a line it does not know is undefined, never guessed. What is not logged (a backup that keeps
 * hearing its master; anything behind -D; receive errors after the first since 2.3.3) cannot be seen here.
 */
import type { LogEvent, LogProcess } from './log-event.ts';
import { readInstanceLine } from './log-instance.ts';
import { readNodeLine } from './log-node.ts';

export type {
  FaultReason,
  InstanceEvent,
  LogEvent,
  LogProcess,
  LogState,
  NodeEvent,
  ScriptResult,
} from './log-event.ts';

const longestLine = 8192;

export function readLogLine(line: string): LogEvent | undefined {
  const { message, loggedBy } = splitPrefix(line.slice(0, longestLine).trimEnd());
  if (message === undefined) return undefined;
  const event = readNodeLine(message) ?? readInstanceLine(message);
  if (event === undefined) return undefined;
  return loggedBy === undefined ? event : { ...event, loggedBy };
}

interface Prefixed {
  /** Undefined: another program wrote the line. */
  readonly message: string | undefined;
  readonly loggedBy?: NonNullable<LogEvent['loggedBy']>;
}

const processOfIdent: Readonly<Record<string, LogProcess>> = {
  '': 'parent',
  _vrrp: 'vrrp',
  _healthcheckers: 'checkers',
  _bfd: 'bfd',
};

/** `Keepalived_vrrp[123]: text`, `Keepalived_vrrp_NAME[123]: text` in a namespace, or a date and text. */
function splitPrefix(line: string): Prefixed {
  const ident =
    /(?:^|\s)Keepalived(_vrrp|_healthcheckers|_bfd)?(?:_[^\s[\]:]+)?(?:\[(\d{1,10})\])?: (.*)$/.exec(line);
  if (ident !== null) {
    const process = processOfIdent[ident[1] ?? ''] ?? 'parent';
    return {
      message: ident[3] ?? '',
      loggedBy: ident[2] === undefined ? { process } : { process, pid: Number(ident[2]) },
    };
  }
  const console = /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}: (.*)$/.exec(line);
  if (console !== null) return { message: console[1] };
  return /^(?:\S+\s+){0,6}[\w.@-]+\[\d+\]: /.test(line) ? { message: undefined } : { message: line };
}
