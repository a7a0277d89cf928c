/**
 * Commands that run without `enable_script_security`: `keepalived -t` then ends with 6 and keepalived runs all the
 * same (check_vrrp_script_security, check_check_script_security of 2.2.7). Commands count only beside an instance
 * or a virtual server; that the files exist is the node's business.
 */
import { isAtLeast, type KeepalivedVersion } from '../version.ts';
import type { Complain } from './complaint.ts';
import { type ConfigLine, wordAt } from './words.ts';

type Process = 'vrrp' | 'checkers' | 'parent';

const rootCommands: Readonly<Record<string, { readonly runs: Process; readonly words: RegExp }>> = {
  vrrp_instance: {
    runs: 'vrrp',
    words: /^notify(?:_(?:master|backup|fault|stop|deleted|master_rx_lower_pri))?$/,
  },
  vrrp_sync_group: { runs: 'vrrp', words: /^notify(?:_(?:master|backup|fault|stop))?$/ },
  vrrp_script: { runs: 'vrrp', words: /^script$/ },
  virtual_server: { runs: 'checkers', words: /^(?:misc_path|notify_up|notify_down|quorum_up|quorum_down)$/ },
};

const globalCommands: Readonly<Record<string, readonly Process[]>> = {
  notify_fifo_script: ['vrrp', 'checkers'],
  vrrp_notify_fifo_script: ['vrrp'],
  lvs_notify_fifo_script: ['checkers'],
  startup_script: ['parent'],
  shutdown_script: ['parent'],
};

/** `</path` and `< /path` only open a file (notify.c check_script_secure). */
const runsSomething = (line: ConfigLine): boolean => {
  const command = wordAt(line, 1);
  return command !== undefined && command !== '' && !/^<[ \t]*\//.test(command);
};

interface Command {
  readonly line: ConfigLine;
  readonly runs: readonly Process[];
  readonly block: number;
}

interface Scripts {
  readonly security: 'on' | 'off';
  readonly defaultUser: 'given' | 'none';
  /** Those that would run beside the instances and virtual servers there are. */
  readonly commands: readonly Command[];
  /** Blocks that name the user of their command. */
  readonly withUser: ReadonlySet<number>;
}

function collectScripts(lines: readonly ConfigLine[]): Scripts {
  let root = '';
  let security: Scripts['security'] = 'off';
  let defaultUser: Scripts['defaultUser'] = 'none';
  let blocks = 0;
  const open: number[] = [];
  const present = new Set<Process>(['parent']);
  const commands: Command[] = [];
  const withUser = new Set<number>();
  const take = (line: ConfigLine, keyword: string): void => {
    const block = open.at(-1) ?? 0;
    if (root === 'global_defs') {
      if (keyword === 'enable_script_security') security = 'on';
      if (keyword === 'script_user') defaultUser = 'given';
    }
    if (keyword === 'user' && root !== 'global_defs') withUser.add(block);
    const kind = rootCommands[root];
    const runs =
      root === 'global_defs'
        ? globalCommands[keyword]
        : kind?.words.test(keyword) === true
          ? [kind.runs]
          : undefined;
    if (runs !== undefined && runsSomething(line)) commands.push({ runs, line, block });
  };
  for (const line of lines) {
    const keyword = wordAt(line, 0) ?? '';
    if (open.length > 0) take(line, keyword);
    else if (keyword !== '{' && keyword !== '}') {
      root = keyword;
      if (keyword === 'vrrp_instance') present.add('vrrp');
      if (keyword === 'virtual_server') present.add('checkers');
    }
    for (const { value } of line.words) {
      if (value === '{') {
        blocks += 1;
        open.push(blocks);
      }
      if (value === '}') open.pop();
    }
  }
  const used = commands.filter(({ runs }) => runs.some((process) => present.has(process)));
  return { security, defaultUser, commands: used, withUser };
}

/** Whether the line or its block says who runs the command. */
const namesUser = ({ line, block }: Command, { withUser }: Scripts): boolean =>
  /^(?:script|misc_path)$/.test(wordAt(line, 0) ?? '') ? withUser.has(block) : wordAt(line, 2) !== undefined;

export function checkScriptSecurity(
  complain: Complain,
  lines: readonly ConfigLine[],
  version: KeepalivedVersion,
): void {
  // Before 2.0.7 only the log tells.
  if (!isAtLeast(version, '2.0.7')) return;
  const scripts = collectScripts(lines);
  if (scripts.security === 'off') {
    const first = scripts.commands[0];
    if (first !== undefined)
      complain(
        first.line,
        'insecure',
        'script-security-off',
        'scripts run without enable_script_security: keepalived -t ends with 6, keepalived runs; give script_user and enable_script_security in global_defs',
      );
    return;
  }
  if (scripts.defaultUser === 'given') return;
  const orphan = scripts.commands.find((command) => !namesUser(command, scripts));
  if (orphan !== undefined)
    complain(
      orphan.line,
      'objects',
      'script-user-missing',
      'with enable_script_security and no script_user this runs as the user keepalived_script, whom few packages create: without that user keepalived drops the script; give script_user',
    );
}
