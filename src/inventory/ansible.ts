// What an Ansible inventory means, whichever way it is written: groups with children, variables that are
// inherited, host ranges, and which of the variables say how to reach a host. Templates and vaults are not
// evaluated: whoever uses them is told so.
import { type DeclaredInventory, type DeclaredNode, failedInventory } from './declared.ts';
import { nearestOf } from './edit-distance.ts';
import { readPort } from './host-address.ts';
import type { InventoryProblem } from './inventory.ts';

export interface AnsibleValue {
  readonly text: string;
  readonly line: number;
  /** `vault`: encrypted in place, the text is not the value. */
  readonly kind: 'plain' | 'vault';
}

export type AnsibleVariables = ReadonlyMap<string, AnsibleValue>;

export interface AnsibleHost {
  readonly name: string;
  readonly line: number;
}

/** What both notations boil down to. */
export interface AnsibleGroups {
  readonly groups: ReadonlyMap<string, AnsibleGroup>;
  /** Hosts in the order of the file. */
  readonly hosts: ReadonlyMap<string, { readonly line: number; readonly variables: AnsibleVariables }>;
  readonly problems: readonly InventoryProblem[];
}

export interface AnsibleGroup {
  readonly hosts: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  readonly variables: AnsibleVariables;
}

export interface AnsibleSelection {
  readonly file: string;
  /** Only the hosts of this group and of the groups below it. */
  readonly group?: string;
  resolvePath(written: string): string;
}

export function selectAnsibleHosts(inventory: AnsibleGroups, selection: AnsibleSelection): DeclaredInventory {
  const { file, group } = selection;
  const problems = [...inventory.problems];
  if (group !== undefined && group !== 'all' && !inventory.groups.has(group)) {
    const known = [...inventory.groups.keys()];
    const meant = nearestOf(group, known);
    const hint = meant === undefined ? `it has ${known.join(', ') || 'no groups'}` : `did you mean ${meant}?`;
    return failedInventory({ file, message: `there is no group ${JSON.stringify(group)}: ${hint}` });
  }
  const wanted = group === undefined || group === 'all' ? undefined : hostsBelow(inventory, group, new Set());
  const nodes: DeclaredNode[] = [];
  for (const [name, host] of inventory.hosts) {
    if (wanted !== undefined && !wanted.has(name)) continue;
    const variables = inherit(inventory, name, host.variables);
    nodes.push(declare(name, host.line, variables, selection, problems));
  }
  return { nodes, problems };
}

function hostsBelow(inventory: AnsibleGroups, name: string, seen: Set<string>): Set<string> {
  // A ring of children is an error to Ansible; here it just ends.
  if (seen.has(name)) return new Set();
  seen.add(name);
  const group = inventory.groups.get(name);
  const hosts = new Set(group?.hosts);
  for (const child of group?.children ?? [])
    for (const host of hostsBelow(inventory, child, seen)) hosts.add(host);
  return hosts;
}

/** Group variables from the outermost group inwards, then the host's own: the last one counts. */
function inherit(inventory: AnsibleGroups, host: string, own: AnsibleVariables): AnsibleVariables {
  const merged = new Map<string, AnsibleValue>();
  const members = [...inventory.groups]
    .map(([name]) => ({ name, depth: depthOf(inventory, name, new Set()) }))
    .filter(({ name }) => name === 'all' || hostsBelow(inventory, name, new Set()).has(host))
    .sort((one, other) => one.depth - other.depth || (one.name < other.name ? -1 : 1));
  for (const { name } of members)
    for (const [key, value] of inventory.groups.get(name)?.variables ?? []) merged.set(key, value);
  for (const [key, value] of own) merged.set(key, value);
  return merged;
}

/** How far below `all` a group is. */
function depthOf(inventory: AnsibleGroups, name: string, seen: Set<string>): number {
  if (name === 'all' || seen.has(name)) return 0;
  seen.add(name);
  const parents = [...inventory.groups].filter(([, group]) => group.children.has(name));
  return 1 + Math.max(0, ...parents.map(([parent]) => depthOf(inventory, parent, seen)));
}

const ADDRESS = ['ansible_host', 'ansible_ssh_host'];
const USER = ['ansible_user', 'ansible_ssh_user'];
const PORT = ['ansible_port', 'ansible_ssh_port'];
const IDENTITY = ['ansible_ssh_private_key_file', 'ansible_private_key_file'];
const SSH_ARGUMENTS = ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args'];
/** Never read, not even to be shown. */
const PASSWORDS = [
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_become_password',
  'ansible_become_pass',
  'ansible_sudo_pass',
];

function declare(
  name: string,
  line: number,
  variables: AnsibleVariables,
  { file, resolvePath }: AnsibleSelection,
  problems: InventoryProblem[],
): DeclaredNode {
  const report = (severity: 'error' | 'note', at: number, message: string): void => {
    if (problems.some((known) => known.line === at && known.message === message)) return;
    problems.push({ severity, file, line: at, message });
  };
  const read = (names: readonly string[]): AnsibleValue | undefined => {
    for (const wanted of names) {
      const value = variables.get(wanted);
      if (value === undefined) continue;
      if (value.kind === 'vault')
        report(
          'error',
          value.line,
          `${wanted} of ${name} is in a vault, which vipdoctor cannot open: give it on the command line`,
        );
      else if (value.text.includes('{{'))
        report(
          'error',
          value.line,
          `${wanted} of ${name} is a template, which vipdoctor does not evaluate: give it on the command line`,
        );
      else return value;
    }
    return undefined;
  };
  for (const secret of PASSWORDS) {
    const value = variables.get(secret);
    if (value)
      report(
        'note',
        value.line,
        `${secret} is not used: vipdoctor takes passwords only from a prompt (--ask-sudo-pass)`,
      );
  }
  const local = variables.get('ansible_connection')?.text === 'local';
  const address = local ? 'local' : read(ADDRESS)?.text;
  const user = read(USER)?.text;
  const portValue = read(PORT);
  const port = portValue === undefined ? undefined : readPort(portValue.text);
  if (portValue !== undefined && port === undefined)
    report('error', portValue.line, `${JSON.stringify(portValue.text)} is not a port (1–65535)`);
  const identity = read(IDENTITY)?.text;
  const jump: string[] = [];
  for (const key of SSH_ARGUMENTS) {
    const value = variables.get(key);
    if (value === undefined) continue;
    const found = /(?:^|\s)-J\s*["']?([^\s"']+)|ProxyJump[=\s]\s*["']?([^\s"']+)/.exec(value.text);
    const hosts = found?.[1] ?? found?.[2];
    if (hosts !== undefined && value.kind === 'plain' && !hosts.includes('{{'))
      jump.push(...hosts.split(','));
    else
      report(
        'note',
        value.line,
        `${key} is not used: of ssh arguments only ProxyJump (-J) is understood; see --transport ssh`,
      );
  }
  return {
    name,
    file,
    line,
    ...(address !== undefined ? { address } : {}),
    ...(user !== undefined ? { user } : {}),
    ...(port !== undefined ? { port } : {}),
    ...(identity !== undefined ? { identities: [resolvePath(identity)] } : {}),
    ...(jump.length > 0 ? { jump } : {}),
  };
}

/** More hosts than a range of an inventory can mean. */
const MAX_RANGE = 10_000;

export type ExpandedRange =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'bad'; readonly reason: string };

/** `web[01:20:2].example.com`, `db-[a:f]`: every name of it; a name without a range is itself. */
export function expandRange(pattern: string): ExpandedRange {
  const found = /^([^[]*)\[([A-Za-z0-9]+):([A-Za-z0-9]+)(?::(\d+))?\](.*)$/.exec(pattern);
  if (!found) return { kind: 'names', names: [pattern] };
  const [, before = '', from = '', to = '', step, after = ''] = found;
  const rest = expandRange(after);
  if (rest.kind === 'bad') return rest;
  const stride = step === undefined ? 1 : Number(step);
  const bad = (reason: string): ExpandedRange => ({ kind: 'bad', reason: `${pattern}: ${reason}` });
  if (stride < 1) return bad('the step of a range is at least 1');
  const middles: string[] = [];
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) {
    if (from.startsWith('0') && from.length > 1 && from.length !== to.length)
      return bad('both ends of a range with leading zeros have the same length');
    const width = from.startsWith('0') ? from.length : 0;
    if ((Number(to) - Number(from)) / stride > MAX_RANGE)
      return bad(`a range has at most ${MAX_RANGE} hosts`);
    for (let n = Number(from); n <= Number(to); n += stride) middles.push(String(n).padStart(width, '0'));
  } else if (/^[A-Za-z]$/.test(from) && /^[A-Za-z]$/.test(to)) {
    for (let c = from.charCodeAt(0); c <= to.charCodeAt(0); c += stride) middles.push(String.fromCharCode(c));
  } else return bad('a range runs between two numbers or two letters');
  if (middles.length === 0) return bad('the range ends before it begins');
  if (middles.length * rest.names.length > MAX_RANGE) return bad(`a range has at most ${MAX_RANGE} hosts`);
  return {
    kind: 'names',
    names: middles.flatMap((middle) => rest.names.map((end) => `${before}${middle}${end}`)),
  };
}

/** Builds `AnsibleGroups` up while a file is read. */
export class AnsibleBuilder {
  readonly #file: string;
  readonly #groups = new Map<
    string,
    { hosts: Set<string>; children: Set<string>; variables: Map<string, AnsibleValue> }
  >();
  readonly #hosts = new Map<string, { line: number; variables: Map<string, AnsibleValue> }>();
  readonly #problems: InventoryProblem[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  group(name: string): { hosts: Set<string>; children: Set<string>; variables: Map<string, AnsibleValue> } {
    const known = this.#groups.get(name);
    if (known) return known;
    const fresh = {
      hosts: new Set<string>(),
      children: new Set<string>(),
      variables: new Map<string, AnsibleValue>(),
    };
    this.#groups.set(name, fresh);
    return fresh;
  }

  addHosts(group: string, pattern: string, line: number, variables: AnsibleVariables): void {
    const expanded = expandRange(pattern);
    if (expanded.kind === 'bad') {
      this.complain(line, expanded.reason);
      return;
    }
    for (const name of expanded.names) {
      this.group(group).hosts.add(name);
      const host = this.#hosts.get(name) ?? { line, variables: new Map<string, AnsibleValue>() };
      this.#hosts.set(name, host);
      for (const [key, value] of variables) host.variables.set(key, value);
    }
  }

  complain(line: number, message: string, severity: 'error' | 'note' = 'error'): void {
    this.#problems.push({ severity, file: this.#file, line, message });
  }

  build(): AnsibleGroups {
    return { groups: this.#groups, hosts: this.#hosts, problems: this.#problems };
  }
}
