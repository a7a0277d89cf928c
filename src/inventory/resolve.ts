// The nodes of a run: from the hosts on the command line and an inventory file, completed by ssh_config, with
// the options of the command line on top. The door of this room; it connects to nothing.
import { dirname, isAbsolute, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { selectAnsibleHosts } from './ansible.ts';
import { readAnsibleIni } from './ansible-ini.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import {
  type DeclaredInventory,
  type DeclaredNode,
  failedInventory,
  type InventoryFile,
} from './declared.ts';
import { parseHostAddress } from './host-address.ts';
import type { Inventory, InventoryNode, InventoryProblem } from './inventory.ts';
import { realSurroundings, type Surroundings } from './reading.ts';
import { askSshConfig } from './ssh-config.ts';
import { expandHome } from './ssh-tokens.ts';
import { readVipdoctorYaml } from './vipdoctor-yaml.ts';

export interface InventoryOptions {
  /** `[user@]host[:port]`, `Host` aliases of ssh_config, or names of the inventory file. */
  readonly hosts: readonly string[];
  /** --inventory */
  readonly file?: string;
  /** --group, of an Ansible inventory. */
  readonly group?: string;
  /** --user */
  readonly user?: string;
  /** --identity, tried before all others. */
  readonly identities?: readonly string[];
  /** --jump, nearest first. */
  readonly jump?: readonly string[];
  /** --known-hosts, instead of all others. */
  readonly knownHostsFiles?: readonly string[];
  readonly surroundings?: Surroundings;
}

const COMMAND_LINE = 'command line';

export async function resolveInventory(options: InventoryOptions): Promise<Inventory> {
  const around = options.surroundings ?? realSurroundings();
  const declared =
    options.file === undefined ? undefined : readInventoryFile(around, options.file, options.group);
  const problems: InventoryProblem[] = [...(declared?.problems ?? [])];
  if (options.group !== undefined && options.file === undefined) {
    problems.push({ severity: 'error', file: COMMAND_LINE, message: '--group needs --inventory' });
  }
  const named = new Map((declared?.nodes ?? []).map((node) => [node.name, node]));
  // Hosts beside an inventory file choose from it; what it does not name is a host of its own.
  const chosen: readonly DeclaredNode[] =
    options.hosts.length === 0
      ? (declared?.nodes ?? [])
      : options.hosts.map((host) => named.get(host) ?? { name: host, address: host, file: COMMAND_LINE });
  const nodes = chosen.flatMap((node) => {
    const completed = complete(around, node, options);
    problems.push(...completed.problems);
    return completed.node === undefined ? [] : [completed.node];
  });
  if (nodes.length === 0 && problems.every((problem) => problem.severity === 'note')) {
    const file = options.file ?? COMMAND_LINE;
    problems.push({
      severity: 'error',
      file,
      message: declared ? 'the inventory has no hosts' : 'no hosts were given',
    });
  }
  return {
    nodes: mergeDuplicates(nodes, problems),
    problems: dropRepeated(problems),
    ...(declared?.observer ? { observer: declared.observer } : {}),
    ...(declared?.netns !== undefined ? { netns: declared.netns } : {}),
  };
}

interface Completed {
  readonly node: InventoryNode | undefined;
  readonly problems: readonly InventoryProblem[];
}

function complete(around: Surroundings, declared: DeclaredNode, options: InventoryOptions): Completed {
  const at = { file: declared.file, ...(declared.line !== undefined ? { line: declared.line } : {}) };
  const written = declared.address ?? declared.name;
  if (written === 'local') return { node: { name: declared.name, address: 'local' }, problems: [] };
  const parsed = parseHostAddress(written);
  if (parsed.kind === 'bad') {
    return { node: undefined, problems: [{ severity: 'error', ...at, message: parsed.reason }] };
  }
  const { host } = parsed;
  // What was typed with the host itself is nearest to the operator's mind, then the options, then files.
  const onCommandLine = declared.file === COMMAND_LINE;
  const user = (onCommandLine ? host.user : undefined) ?? options.user ?? declared.user ?? host.user;
  const port = (onCommandLine ? host.port : undefined) ?? declared.port ?? host.port;
  const query = {
    host: host.host,
    ...(user !== undefined ? { user } : {}),
    ...(port !== undefined ? { port } : {}),
  };
  const answer = askSshConfig(around, query);
  const problems = [...answer.problems];
  const written_jump = options.jump ?? declared.jump;
  const jump = written_jump?.flatMap((text): InventoryNode[] => {
    const hop = parseHostAddress(text);
    if (hop.kind === 'bad') {
      problems.push({
        severity: 'error',
        ...(options.jump ? { file: COMMAND_LINE } : at),
        message: hop.reason,
      });
      return [];
    }
    const known = askSshConfig(around, hop.host);
    problems.push(...known.problems);
    const { jump: before, ...settings } = known.settings;
    const own = withKeys(settings, options, declared);
    return [...(before ?? []), { name: text, ...own }];
  });
  const settings = withKeys(answer.settings, options, declared);
  // A name that was typed with a user or a port is still called by its host.
  const name = onCommandLine ? host.host : declared.name;
  return { node: { name, ...settings, ...(jump !== undefined ? { jump } : {}) }, problems };
}

function withKeys(
  settings: Omit<InventoryNode, 'name'>,
  options: InventoryOptions,
  declared: DeclaredNode,
): Omit<InventoryNode, 'name'> {
  const identities = [
    ...(options.identities ?? []),
    ...(declared.identities ?? []),
    ...(settings.identities ?? []),
  ];
  const knownHostsFiles = options.knownHostsFiles ?? declared.knownHostsFiles ?? settings.knownHostsFiles;
  return {
    ...settings,
    ...(identities.length > 0 ? { identities: [...new Set(identities)] } : {}),
    ...(knownHostsFiles !== undefined ? { knownHostsFiles } : {}),
  };
}

/** The same address, port and user is the same node, however often and under whatever names it was given. */
function mergeDuplicates(
  nodes: readonly InventoryNode[],
  problems: InventoryProblem[],
): readonly InventoryNode[] {
  const merged = new Map<string, InventoryNode>();
  for (const node of nodes) {
    const key = `${node.address.toLowerCase()} ${node.port ?? 22} ${(node.jump ?? []).map((hop) => hop.name).join(',')}`;
    const first = merged.get(key);
    if (first === undefined) merged.set(key, node);
    else if (first.name !== node.name && !first.aliases?.includes(node.name)) {
      merged.set(key, { ...first, aliases: [...(first.aliases ?? []), node.name] });
      problems.push({
        severity: 'note',
        file: COMMAND_LINE,
        message: `${node.name} is the same node as ${first.name} (${node.address} port ${node.port ?? 22})`,
      });
    }
  }
  return uniqueNames([...merged.values()]);
}

/** Two nodes of one host name (other ports) are told apart by their port. */
function uniqueNames(nodes: readonly InventoryNode[]): readonly InventoryNode[] {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
  return nodes.map((node) =>
    (counts.get(node.name) ?? 0) > 1 ? { ...node, name: `${node.name}:${node.port ?? 22}` } : node,
  );
}

function dropRepeated(problems: readonly InventoryProblem[]): readonly InventoryProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ file, line, message }) => {
    const key = JSON.stringify([file, line, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function readInventoryFile(
  around: Surroundings,
  given: string,
  group: string | undefined,
): DeclaredInventory {
  const path = expandHome(given, around.home);
  let text: string | undefined;
  try {
    text = around.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failedInventory({ file: path, message: `the inventory cannot be read: ${why}` });
  }
  if (text === undefined) return failedInventory({ file: path, message: 'there is no such inventory' });
  if (text.startsWith('$ANSIBLE_VAULT')) {
    const message =
      'the whole inventory is in a vault, which vipdoctor cannot open: decrypt it, or give the hosts on the command line';
    return failedInventory({ file: path, line: 1, message });
  }
  const file: InventoryFile = {
    path,
    text,
    resolvePath: (written) => {
      const expanded = expandHome(written, around.home);
      return isAbsolute(expanded) ? expanded : join(dirname(path), expanded);
    },
  };
  const notation = recogniseNotation(path, text);
  if (notation === 'vipdoctor') {
    if (group === undefined) return readVipdoctorYaml(file);
    return failedInventory({
      file: path,
      message: '--group is for Ansible inventories: this file has no groups',
    });
  }
  const groups = notation === 'ini' ? readAnsibleIni(text, path) : readAnsibleYaml(text, path);
  const selected = selectAnsibleHosts(groups, {
    file: path,
    resolvePath: file.resolvePath,
    ...(group !== undefined ? { group } : {}),
  });
  const beside = ['group_vars', 'host_vars'].filter(
    (name) => around.listDirectory(join(dirname(path), name)).length > 0,
  );
  const notes = beside.map((name): InventoryProblem => {
    const message = `the variables in ${name}/ beside it are not read: what they say about users, ports and keys goes on the command line or into ssh_config`;
    return { severity: 'note', file: path, message };
  });
  return { ...selected, problems: [...selected.problems, ...notes] };
}

type Notation = 'vipdoctor' | 'ansible-yaml' | 'ini';

/** By what is in it; the name of the file only decides what cannot be told from the text. */
export function recogniseNotation(path: string, text: string): Notation {
  const named = /\.(ya?ml|json)$/i.test(path) ? 'yaml' : /\.(ini|cfg)$/i.test(path) ? 'ini' : 'unknown';
  if (named === 'ini') return 'ini';
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
  if (named === 'unknown' && !/^(---|[\w.-]+:(\s|$)|\{)/.test(first)) return 'ini';
  if (/^["']?nodes["']?\s*:/m.test(text)) return 'vipdoctor';
  try {
    const top: unknown = parseYaml(text, { logLevel: 'silent' });
    if (typeof top === 'object' && top !== null && !Array.isArray(top)) {
      const values = Object.values(top as Readonly<Record<string, unknown>>);
      const isGroup = (value: unknown): boolean =>
        value === null ||
        (typeof value === 'object' && ['hosts', 'children', 'vars'].some((key) => key in value));
      if (!('nodes' in top) && values.length > 0 && values.every(isGroup)) return 'ansible-yaml';
    }
  } catch {
    // Whichever reader gets it will say where it is broken.
  }
  return /^\s*(hosts|children)\s*:/m.test(text) && !/^\s*(observer|defaults|netns)\s*:/m.test(text)
    ? 'ansible-yaml'
    : 'vipdoctor';
}
