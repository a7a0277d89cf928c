// What the user's ssh_config says about a host (ssh_config(5)): the first value wins, Host and Match blocks,
// Include in place. The text is parsed by the ssh-config package; nothing in it is ever executed, so a `Match exec`
// that matters is reported instead: the node then needs the system's ssh.
import sshConfig, { type Line } from 'ssh-config';
import { parseHostAddress, readPort } from './host-address.ts';
import type { HostKeyChecking, InventoryNode, InventoryProblem } from './inventory.ts';
import type { Surroundings } from './reading.ts';
import { findIncluded, matchesList } from './ssh-patterns.ts';
import { expandSshPath, type Tokens } from './ssh-tokens.ts';

export interface SshQuery {
  /** As the user typed it: what Host patterns are matched against. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** The way to the host was given otherwise: ProxyJump and ProxyCommand do not count. */
  readonly proxy?: 'replaced';
}

export interface SshConfigAnswer {
  /** Everything but the name; `address` is HostName, else the host as asked. */
  readonly settings: Omit<InventoryNode, 'name'>;
  readonly problems: readonly InventoryProblem[];
}

/** More jumps than anybody has; a ring of ProxyJump ends here. */
const MAX_JUMPS = 8;
const MAX_INCLUDE_DEPTH = 16;

export function askSshConfig(around: Surroundings, query: SshQuery, depth = 0): SshConfigAnswer {
  const found = collect(around, query);
  const problems = [...found.problems];
  const one = (name: string): string | undefined => found.first.get(name)?.[0];

  const user = query.user ?? one('user');
  const portText = one('port');
  const port = query.port ?? (portText === undefined ? undefined : readPort(portText));
  const address = (one('hostname') ?? query.host).replaceAll('%h', query.host).replaceAll('%%', '%');
  const tokens: Tokens = {
    home: around.home,
    localUser: around.user,
    localHost: around.localHost,
    host: address,
    original: query.host,
    port: port ?? 22,
    remoteUser: user ?? around.user,
  };
  const path = (text: string): string => expandSshPath(text, tokens);
  const identities = found.identityFiles.filter((file) => file !== 'none').map(path);
  const agent = one('identityagent');
  const knownHosts = found.first.get('userknownhostsfile');
  const checking = readChecking(one('stricthostkeychecking'));
  const alias = one('hostkeyalias');
  const jump: InventoryNode[] = [];
  const jumps = found.proxy?.kind === 'jump' ? found.proxy.hosts : [];
  for (const text of jumps) {
    const parsed = parseHostAddress(text);
    if (parsed.kind === 'bad') {
      problems.push({
        severity: 'error',
        file: found.proxy?.file ?? '',
        message: `ProxyJump: ${parsed.reason}`,
      });
    } else if (depth >= MAX_JUMPS) {
      const message = `ProxyJump of ${query.host} goes on for more than ${MAX_JUMPS} hosts: is it a ring?`;
      problems.push({ severity: 'error', file: found.proxy?.file ?? '', message });
      break;
    } else {
      const hop = askSshConfig(around, parsed.host, depth + 1);
      problems.push(...hop.problems);
      const { jump: before, ...rest } = hop.settings;
      jump.push(...(before ?? []), { name: text, ...rest });
    }
  }
  const needs = findNeeds(around, found, identities);
  return {
    settings: {
      address,
      sshName: query.host,
      ...(user !== undefined ? { user } : {}),
      ...(port !== undefined ? { port } : {}),
      ...(identities.length > 0 ? { identities } : {}),
      ...(one('identitiesonly')?.toLowerCase() === 'yes' ? { agentKeys: 'listed' as const } : {}),
      ...(agent !== undefined && agent !== 'SSH_AUTH_SOCK' && !agent.startsWith('$')
        ? { agentSocket: agent === 'none' ? 'none' : path(agent) }
        : {}),
      ...(jump.length > 0 ? { jump } : {}),
      ...(knownHosts ? { knownHostsFiles: readKnownHostsFiles(knownHosts.map(path)) } : {}),
      ...(alias !== undefined ? { hostKeyAlias: alias } : {}),
      ...(checking !== undefined ? { hostKeyChecking: checking } : {}),
      ...(needs !== undefined ? { needsSystemSsh: needs } : {}),
    },
    problems,
  };
}

const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

function readKnownHostsFiles(user: readonly string[]): readonly string[] {
  return [...user.filter((file) => file !== 'none'), ...SYSTEM_KNOWN_HOSTS];
}

function readChecking(text: string | undefined): HostKeyChecking | undefined {
  switch (text?.toLowerCase()) {
    case 'yes':
      return 'strict';
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'off':
      return 'off';
    default:
      // `ask` is what strict does on a terminal.
      return undefined;
  }
}

function findNeeds(around: Surroundings, found: Found, identities: readonly string[]): string | undefined {
  if (found.exec !== undefined) return `${found.exec} decides by Match exec, which vipdoctor does not run`;
  if (found.proxy?.kind === 'command') return `${found.proxy.file} reaches it through a ProxyCommand`;
  for (const [name, words] of [
    ['certificatefile', 'uses a certificate (CertificateFile)'],
    ['pkcs11provider', 'uses a key on a smart card (PKCS11Provider)'],
    ['knownhostscommand', 'asks a program for host keys (KnownHostsCommand)'],
  ] as const) {
    const value = found.first.get(name)?.[0];
    if (value !== undefined && value !== 'none') return `its ssh_config ${words}`;
  }
  for (const identity of identities) {
    if (readOr(around, `${identity}-cert.pub`) !== undefined) return `${identity} comes with a certificate`;
    if (readOr(around, `${identity}.pub`)?.startsWith('sk-') === true) return `${identity} is a FIDO key`;
  }
  return undefined;
}

function readOr(around: Surroundings, path: string): string | undefined {
  try {
    return around.readFile(path);
  } catch {
    // A file that is closed to us says nothing about how to connect.
    return undefined;
  }
}

type Proxy =
  | { readonly kind: 'jump'; readonly file: string; readonly hosts: readonly string[] }
  | { readonly kind: 'command' | 'none'; readonly file: string };

interface Found {
  /** Lower-case keyword → words of its first occurrence. */
  readonly first: Map<string, readonly string[]>;
  readonly identityFiles: string[];
  readonly problems: InventoryProblem[];
  /** ProxyJump and ProxyCommand compete: whichever comes first. */
  proxy: Proxy | undefined;
  /** File with a `Match exec` that could have applied. */
  exec: string | undefined;
}

function collect(around: Surroundings, query: SshQuery): Found {
  const found: Found = {
    first: new Map(),
    identityFiles: [],
    problems: [],
    proxy: query.proxy === 'replaced' ? { kind: 'none', file: '' } : undefined,
    exec: undefined,
  };
  const walk: Walk = { around, query, found, pass: 'first', wantsFinal: 'no' };
  const files = [`${around.home}/.ssh/config`, '/etc/ssh/ssh_config'];
  for (const file of files) readConfig(walk, file, 0);
  if (walk.wantsFinal === 'yes') {
    walk.pass = 'final';
    for (const file of files) readConfig(walk, file, 0);
  }
  return found;
}

interface Walk {
  readonly around: Surroundings;
  readonly query: SshQuery;
  readonly found: Found;
  pass: 'first' | 'final';
  wantsFinal: 'yes' | 'no';
}

function readConfig(walk: Walk, file: string, depth: number): void {
  const report = (message: string): void => {
    walk.found.problems.push({ severity: 'note', file, message });
  };
  if (depth > MAX_INCLUDE_DEPTH) {
    report('Include goes too deep: is it a ring?');
    return;
  }
  let lines: Line[];
  try {
    const text = walk.around.readFile(file);
    if (text === undefined) return;
    lines = sshConfig.parse(text);
  } catch (error) {
    report(`it was left out: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  applyLines(walk, lines, file, depth);
}

function applyLines(walk: Walk, lines: readonly Line[], file: string, depth: number): void {
  for (const line of lines) {
    if (!('param' in line)) continue;
    const keyword = line.param.toLowerCase();
    const words = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val);
    if ('config' in line) {
      if (keyword === 'host' ? matchesList(words, walk.query.host) : matchesCriteria(walk, words, file)) {
        applyLines(walk, line.config, file, depth);
      }
    } else if (keyword === 'include') {
      for (const name of words)
        for (const path of findIncluded(walk.around, name, file)) readConfig(walk, path, depth + 1);
    } else applySetting(walk.found, keyword, words, file);
  }
}

function applySetting(found: Found, keyword: string, words: readonly string[], file: string): void {
  const value = words.join(' ').trim();
  if (keyword === 'identityfile') {
    if (!found.identityFiles.includes(value)) found.identityFiles.push(value);
  } else if (keyword === 'proxyjump') {
    const hosts = value.split(',').map((host) => host.trim());
    found.proxy ??= value.toLowerCase() === 'none' ? { kind: 'none', file } : { kind: 'jump', file, hosts };
  } else if (keyword === 'proxycommand') {
    found.proxy ??= { kind: value.toLowerCase() === 'none' ? 'none' : 'command', file };
  } else if (!found.first.has(keyword)) found.first.set(keyword, words);
}

function matchesCriteria(walk: Walk, words: readonly string[], file: string): boolean {
  const { found, query, around } = walk;
  const hostName = (found.first.get('hostname')?.[0] ?? query.host).replaceAll('%h', query.host);
  let execSeen: 'yes' | 'no' = 'no';
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] ?? '').toLowerCase();
    const negated = word.startsWith('!');
    const keyword = negated ? word.slice(1) : word;
    if (keyword === 'all') continue;
    if (keyword === 'final' || keyword === 'canonical') {
      if (keyword === 'final') walk.wantsFinal = 'yes';
      if ((walk.pass === 'final') === negated) return false;
      continue;
    }
    const argument = (words[++at] ?? '').split(',');
    if (keyword === 'exec') execSeen = 'yes';
    else {
      const subjects: Readonly<Record<string, string>> = {
        host: hostName,
        originalhost: query.host,
        user: query.user ?? found.first.get('user')?.[0] ?? around.user,
        localuser: around.user,
      };
      const subject = subjects[keyword];
      // Criteria of newer versions (localnetwork, tagged…) are about things not known here: no match.
      if (subject === undefined || matchesList(argument, subject) === negated) return false;
    }
  }
  if (execSeen === 'no') return true;
  found.exec ??= file;
  return false;
}
