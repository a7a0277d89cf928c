/**
 * Log lines about the node and keepalived's own processes: scripts, interfaces, sockets, start, stop and
 * configuration errors (lib/scheduler.c, keepalived_netlink.c, notify.c, main.c). Knows the wordings of 1.3 to 2.4.
 */
import type { LogState, NodeEvent, ScriptResult } from './log-event.ts';
import { splitCommand } from './source-line.ts';

type Reader = (match: RegExpExecArray) => NodeEvent;

function stateOf(word: string | undefined): LogState {
  return word === 'MASTER' || word === 'FAULT' ? word : 'BACKUP';
}

function scriptResultOf(word: string | undefined): ScriptResult {
  if (word === 'succeeded') return 'succeeded';
  return word === 'failed' ? 'failed' : 'timed-out';
}

function text<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}

function number<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: Number(value) } as { readonly [P in K]?: number });
}

const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^\((?:(.+): )?Line (\d+)\) (.*)$/,
    (match) => ({
      kind: 'config-error',
      message: match[3] ?? '',
      line: Number(match[2]),
      ...text('file', match[1]),
    }),
  ],
  [
    /^VRRP_Script\((.*)\) (succeeded|failed|timed[ _]out)(?: \((.*?) (\d+)\))?$/,
    (match) => ({
      kind: 'script-result',
      script: match[1] ?? '',
      result: scriptResultOf(match[2]),
      ...text('reason', match[3]),
      ...number('code', match[4]),
    }),
  ],
  [
    /^VRRP_Script\((.*)\) considered (un)?successful on reload/,
    (match) => ({
      kind: 'script-result',
      script: match[1] ?? '',
      result: match[2] === undefined ? 'succeeded' : 'failed',
      reason: 'reload',
    }),
  ],
  [
    /^Script `(.*)` now returning (\d+)/,
    (match) => ({
      kind: 'script-result',
      script: match[1] ?? '',
      result: match[2] === '0' ? 'succeeded' : 'failed',
      reason: 'exited with status',
      code: Number(match[2]),
    }),
  ],
  [
    /^Error exec-ing command '(.*)', error (\d+): (.*)$/,
    (match) => ({
      kind: 'script-exec-error',
      command: match[1] ?? '',
      errno: Number(match[2]),
      ...text('errorText', match[3]),
    }),
  ],
  [
    /^(?:Error exec-ing command|Couldn't find command|Couldn't execute command): (.*)$/,
    (match) => ({ kind: 'script-exec-error', command: match[1] ?? '' }),
  ],
  [
    /^Disabling (?:track|notify|track_process)? ?script (\S+) (?:due to|since) (.*)$/,
    (match) => ({ kind: 'script-disabled', script: match[1] ?? '', reason: match[2] ?? '' }),
  ],
  [
    /^(?:WARNING - script|Unsafe permissions found for script|check_script_secure could not find script) '(.*?)'(.*) - disabling\.?$/,
    (match) => ({
      kind: 'script-disabled',
      script: match[1] ?? '',
      reason: (match[2] ?? '').trim() || 'unsafe or not found',
    }),
  ],
  [
    /^(?:Unable to access script `(.*)`|(?:Cannot find|Permissions failure for) script (\S+) in path) - disabling/,
    (match) => ({
      kind: 'script-disabled',
      script: match[1] ?? match[2] ?? '',
      reason: 'cannot be accessed',
    }),
  ],
  [
    /^Unable to set default user for vrrp script (\S+) - removing/,
    (match) => ({ kind: 'script-disabled', script: match[1] ?? '', reason: 'no default user' }),
  ],
  [
    /^(SECURITY VIOLATION - .*|WARNING - default user '.*' for script execution does not exist.*|Unsafe permissions found for script '.*'\.?)$/,
    (match) => ({ kind: 'script-security', detail: match[1] ?? '' }),
  ],
  [
    /^VRRP_Group\((.*?)\):? Syncing (?:instances|.+) to (MASTER|BACKUP|FAULT) state/,
    (match) => ({ kind: 'sync-group', group: match[1] ?? '', state: stateOf(match[2]) }),
  ],
  [
    /^bogus VRRP packet received on (\S+) !!!/,
    (match) => ({ kind: 'bogus-packet', interface: match[1] ?? '' }),
  ],
  [
    /^Unknown VRID\((\d+)\) received on interface\((.*?)\)(?: from (\S+?))?\. ignoring/,
    (match) => ({
      kind: 'unknown-vrid',
      vrid: Number(match[1]),
      interface: match[2] ?? '',
      ...text('peer', match[3]),
    }),
  ],
  [
    /^Netlink reflector reports IP (\S+) (removed|added)(?: (?:from|to) (\S+))?/,
    (match) => ({
      kind: 'address-change',
      address: match[1] ?? '',
      change: match[2] === 'removed' ? 'removed' : 'added',
      ...text('interface', match[3]),
    }),
  ],
  [
    /^(Deassigned|Assigned) address (\S+) (?:from|for) interface (\S+)/,
    (match) => ({
      kind: 'address-change',
      address: match[2] ?? '',
      change: match[1] === 'Assigned' ? 'added' : 'removed',
      interface: match[3] ?? '',
    }),
  ],
  [
    /^(?:Netlink|Linkbeat) reports (\S+) (up|down)$/,
    (match) => ({
      kind: 'interface-state',
      interface: match[1] ?? '',
      state: match[2] === 'up' ? 'up' : 'down',
    }),
  ],
  [
    /^Kernel is reporting: interface (\S+) (UP|DOWN)/,
    (match) => ({
      kind: 'interface-state',
      interface: match[1] ?? '',
      state: match[2] === 'UP' ? 'up' : 'down',
    }),
  ],
  [
    /^(?:Unknown )?[Ii]nterface (\S+) (added|deleted)$/,
    (match) => ({
      kind: 'interface-state',
      interface: match[1] ?? '',
      state: match[2] === 'added' ? 'added' : 'deleted',
    }),
  ],
  [
    /^Interface name has changed from (\S+) to (\S+)/,
    (match) => ({ kind: 'interface-renamed', from: match[1] ?? '', to: match[2] ?? '' }),
  ],
  [/^Netlink: Receive buffer overrun/, () => ({ kind: 'netlink-overrun' })],
  [
    /^(?:A|VRRP) thread timer expired (\d+\.\d+) seconds ago/,
    (match) => ({ kind: 'timer-late', lateMs: Math.round(Number(match[1]) * 1_000_000) / 1000 }),
  ],
  [/^(.+) process has used too much CPU time/, (match) => ({ kind: 'cpu-limit', process: match[1] ?? '' })],
  [
    /^cant open raw socket\. errno=(\d+)/,
    (match) => ({ kind: 'socket-error', what: 'open', errno: Number(match[1]) }),
  ],
  [
    /^bind unicast_src (\S+) failed (\d+) - (.*)$/,
    (match) => ({
      kind: 'socket-error',
      what: 'bind',
      errno: Number(match[2]),
      ...text('address', match[1]),
      ...text('errorText', match[3]),
    }),
  ],
  [
    /^bind for multicast failed (\d+) - (.*)$/,
    (match) => ({
      kind: 'socket-error',
      what: 'bind',
      errno: Number(match[1]),
      ...text('errorText', match[2]),
    }),
  ],
  [
    /^\(\S+\) cant do IP(?:V6)?_(?:ADD|DROP)_MEMBERSHIP (?:(\S+) )?errno=(.*) \((\d+)\)/,
    (match) => ({
      kind: 'socket-error',
      what: 'membership',
      errno: Number(match[3]),
      ...text('address', match[1]),
      ...text('errorText', match[2]),
    }),
  ],
  [
    /^can't bind to device (\S+)\. errno=(\d+)/,
    (match) => ({ kind: 'socket-error', what: 'bind', errno: Number(match[2]) }),
  ],
  [
    /^can'?t set \S+ (?:IP )?option\. errno=(\d+)(?: \((.*)\))?/,
    (match) => ({
      kind: 'socket-error',
      what: 'option',
      errno: Number(match[1]),
      ...text('errorText', match[2]),
    }),
  ],
  [
    /^(\S+) child process\((\d+)\) died: (Respawning|Exiting)/,
    (match) => ({
      kind: 'process-died',
      process: match[1] ?? '',
      pid: Number(match[2]),
      outcome: match[3] === 'Respawning' ? 'respawned' : 'exited',
    }),
  ],
  [
    /^Restart of (\S+) process delayed (\d+) seconds/,
    (match) => ({ kind: 'respawn-delayed', process: match[1] ?? '', delayMs: Number(match[2]) * 1000 }),
  ],
  [
    /^(.+) exited with permanent error (.+)\. Terminating/,
    (match) => ({ kind: 'process-exit', process: match[1] ?? '', ...text('permanentError', match[2]) }),
  ],
  [
    /^(.+) exited with status (\d+)$/,
    (match) => ({ kind: 'process-exit', process: match[1] ?? '', status: Number(match[2]) }),
  ],
  [
    /^(.+) exited due to segmentation fault/,
    (match) => ({ kind: 'process-exit', process: match[1] ?? '', signal: 11 }),
  ],
  [
    /^(.+) exited due to signal (\d+)/,
    (match) => ({ kind: 'process-exit', process: match[1] ?? '', signal: Number(match[2]) }),
  ],
  [/^Starting Keepalived v([^\s,]+)/, (match) => ({ kind: 'started', version: match[1] ?? '' })],
  [/^Stopped Keepalived v([^\s,]+)/, (match) => ({ kind: 'stopped', version: match[1] ?? '' })],
  [/^Stopped$/, () => ({ kind: 'stopped' })],
  [/^Stopping$/, () => ({ kind: 'stopping' })],
  [/^Startup complete$/, () => ({ kind: 'startup-complete' })],
  [
    /^Delaying startup for (\d+(?:\.\d+)?) seconds/,
    (match) => ({ kind: 'startup-delayed', delayMs: Number(match[1]) * 1000 }),
  ],
  [
    /^Starting (.+) child process, pid=(\d+)/,
    (match) => ({ kind: 'child-started', process: match[1] ?? '', pid: Number(match[2]) }),
  ],
  [/^Reloading(?: \.\.\.)?$/, () => ({ kind: 'reloading' })],
  [/^New config failed validation/, () => ({ kind: 'reload-rejected' })],
  [
    /^Command line: (.*)$/,
    (match) => ({ kind: 'command-line', argv: splitCommand(match[1] ?? '', 'keep') ?? [] }),
  ],
  [/^Opening file '(.*)'\.$/, (match) => ({ kind: 'config-file', path: match[1] ?? '' })],
  [/^Configuration file ([^' ].*)$/, (match) => ({ kind: 'config-file', path: match[1] ?? '' })],
  [/^daemon is already running/, () => ({ kind: 'already-running' })],
  [
    /^Printing (?:and clearing )?VRRP (data|stats|as json) for process/,
    (match) => ({
      kind: 'dump-written',
      what: match[1] === 'stats' ? 'stats' : match[1] === 'data' ? 'data' : 'json',
    }),
  ],
  [
    /^(?:.*: )?(Unknown keyword '.*'|Unmatched quote.*|Unterminated quote.*|Missing '\{' .*|Unexpected '\{' .*|Extra '\}' found|There are \d+ missing '\}'.*|Non-existent interface specified in configuration|Truncating auth_pass to \d+ characters|Config files missing .*|No config files matched .*|Configuration file '.*' .*|Failed to open configuration file|WARNING - interface \S+ for .* doesn't exist|\(.*\): Configuration is.*|Warning - keepalived has no configuration to run|WARNING - using deprecated default config file .*|\(.*\) .* - ignoring\.?|VRRP_Instance\(.*\) (?:the virtual id must be set!|Unknown interface !))$/,
    (match) => ({ kind: 'config-error', message: match[1] ?? '' }),
  ],
];

export function readNodeLine(message: string): NodeEvent | undefined {
  for (const [pattern, read] of readers) {
    const match = pattern.exec(message);
    if (match !== null) return read(match);
  }
  return undefined;
}
