// The nodes of a run: from the hosts on the command line and an inventory file, completed by ssh_config, with
// the options of the command line on top. The door of this room; it connects to nothing.
import type { DeclaredNode } from './declared.ts';
import { parseHostAddress } from './host-address.ts';
import type { Inventory, InventoryNode, InventoryProblem } from './inventory.ts';
import { realSurroundings, type Surroundings } from './reading.ts';
import { askSshConfig } from './ssh-config.ts';

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
    options.file === undefined
      ? undefined
      : (await import('./inventory-file.ts')).readInventoryFile(around, options.file, options.group);
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
    ...(options.jump !== undefined || declared.jump !== undefined ? { proxy: 'replaced' as const } : {}),
  };
  const answer = askSshConfig(around, query);
  const problems = [...answer.problems];
  const wanted = options.jump ?? declared.jump;
  const jump = wanted?.flatMap((text): InventoryNode[] => {
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
  const way = jump ?? settings.jump ?? [];
  const needs = settings.needsSystemSsh ?? way.find((hop) => hop.needsSystemSsh)?.needsSystemSsh;
  return {
    node: {
      name,
      ...settings,
      ...(way.length > 0 ? { jump: way } : {}),
      ...(needs !== undefined ? { needsSystemSsh: needs } : {}),
    },
    problems,
  };
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
