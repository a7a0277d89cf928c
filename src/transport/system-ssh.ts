// The Transport over the system's `ssh`: for what the built-in SSH lacks (certificates, FIDO keys, Match exec,
// GSSAPI, ProxyCommand). One ssh process per command, no shared master, and it never asks: BatchMode.
import { userInfo } from 'node:os';
import type { HostKeyChecking, InventoryNode } from '../inventory/inventory.ts';
import { type BecomeOptions, become } from './become.ts';
import { startChild } from './child.ts';
import { openStream, rememberRunning, runToEnd, type Start, type Started } from './running.ts';
import type { CommandExit, CommandResult, Connected, ConnectFailure, Transport } from './transport.ts';

export interface SystemSshOptions {
  readonly hostKeyChecking?: HostKeyChecking;
  readonly timeoutMs: number;
  readonly sudoPassword?: BecomeOptions['sudoPassword'];
}

/** ssh's own exit status when it is ssh, not the command, that failed (ssh(1)). */
const SSH_FAILED = 255;

const CHECKING: Readonly<Record<HostKeyChecking, string>> = {
  strict: 'yes',
  'accept-new': 'accept-new',
  off: 'no',
};

/**
 * The argument list. The name given to ssh is the one its own configuration knows (`sshName`), so what is not said
 * here it finds there.
 */
export function systemSshArgv(node: InventoryNode, options: SystemSshOptions): [string, ...string[]] {
  const checking = options.hostKeyChecking ?? node.hostKeyChecking ?? 'strict';
  const set: string[] = [
    'BatchMode=yes',
    'ControlMaster=no',
    'ControlPath=none',
    'ForwardAgent=no',
    'ForwardX11=no',
    'ClearAllForwardings=yes',
    `ConnectTimeout=${Math.max(1, Math.ceil(options.timeoutMs / 1000))}`,
    'ServerAliveInterval=2',
    'ServerAliveCountMax=3',
    `StrictHostKeyChecking=${CHECKING[checking]}`,
  ];
  if (node.knownHostsFiles !== undefined) {
    set.push(`UserKnownHostsFile=${node.knownHostsFiles.map(quoteConfig).join(' ')}`);
  }
  if (node.hostKeyAlias !== undefined) set.push(`HostKeyAlias=${node.hostKeyAlias}`);
  if (node.agentKeys === 'listed') set.push('IdentitiesOnly=yes');
  if (node.agentSocket !== undefined) set.push(`IdentityAgent=${quoteConfig(node.agentSocket)}`);
  const argv: [string, ...string[]] = ['ssh', '-T', '-x'];
  for (const option of set) argv.push('-o', option);
  if (node.port !== undefined) argv.push('-p', String(node.port));
  if (node.jump !== undefined && node.jump.length > 0) argv.push('-J', node.jump.map(formatJump).join(','));
  for (const identity of node.identities ?? []) argv.push('-i', identity);
  if (node.user !== undefined) argv.push('-l', node.user);
  // `--`: a name from an inventory must not become an option.
  argv.push('--', node.sshName ?? node.address);
  return argv;
}

const quoteConfig = (path: string): string => `"${path.replaceAll('%', '%%')}"`;

function formatJump(hop: InventoryNode): string {
  const name = hop.sshName ?? (hop.address.includes(':') ? `[${hop.address}]` : hop.address);
  const user = hop.user === undefined ? '' : `${hop.user}@`;
  const port = hop.port === undefined ? '' : `:${hop.port}`;
  return `${user}${name}${port}`;
}

export async function connectSystemSsh(node: InventoryNode, options: SystemSshOptions): Promise<Connected> {
  const argv = systemSshArgv(node, options);
  const children = rememberRunning((command) => startChild([...argv, command], { purpose: node.name }));
  // ssh says only at the end whether it came through at all, so the first command is a question of its own.
  const hello = await runToEnd(children.start, 'echo vipdoctor', {
    stdin: '',
    timeoutMs: options.timeoutMs + 2000,
    maxBytes: 64 * 1024,
  });
  if (!new TextDecoder().decode(hello.stdout).includes('vipdoctor')) {
    await children.killAll();
    return { kind: 'failed', failure: describeSshFailure(node, hello) };
  }
  const user = node.user ?? userInfo().username;
  const { sudoPassword } = options;
  const became = await become(children.start, {
    node: node.name,
    // ssh_config may choose another user than we know of: let the node say who it is.
    user: node.user ?? '?',
    timeoutMs: options.timeoutMs,
    ...(sudoPassword ? { sudoPassword } : {}),
  });
  const start: Start = (command) => became.start(command).then(tellLoss);
  const transport: Transport = {
    node: node.name,
    run: (command, runOptions) => runToEnd(start, command, runOptions),
    stream: (command, streamOptions) => openStream(start, command, streamOptions),
    close: () => children.killAll(),
  };
  const note = node.needsSystemSsh;
  return {
    kind: 'connected',
    transport,
    facts: {
      via: 'system-ssh',
      user,
      rights: became.rights,
      notes: note === undefined ? [] : [`${node.name} is reached with the system's ssh: ${note}`],
      ...(became.problem ? { rightsProblem: became.problem } : {}),
    },
  };
}

function tellLoss(started: Started): Started {
  if (started.kind === 'failed') return started;
  const { running } = started;
  const exit = running.exit.then(
    (end): CommandExit =>
      end.kind === 'exited' && end.code === SSH_FAILED
        ? { kind: 'lost', reason: 'ssh lost the connection' }
        : end,
  );
  return { kind: 'running', running: { ...running, exit } };
}

function describeSshFailure(node: InventoryNode, hello: CommandResult): ConnectFailure {
  const said = new TextDecoder().decode(hello.stderr).trim();
  const last = said.split('\n').at(-1)?.trim() ?? '';
  const where = node.sshName ?? node.address;
  const failure = (
    stage: ConnectFailure['stage'],
    message: string,
    nextStep: string,
    retryable: 'yes' | 'no',
  ): ConnectFailure => ({ stage, message, nextStep, retryable });
  if (hello.exit.kind === 'timeout') {
    return failure(
      'connect',
      `ssh to ${node.name} did not finish in time.`,
      `Try: ssh -v ${where} true`,
      'yes',
    );
  }
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)) {
    const offending = /Offending .* key in (.*)/.exec(said)?.[1];
    return failure(
      'host-key',
      `THE HOST KEY OF ${node.name} HAS CHANGED${offending ? ` (${offending.trim()} holds another one)` : ''}.`,
      'Find out why before going on: a reinstalled node, a virtual IP that moved, or someone in between.',
      'no',
    );
  }
  if (/Host key verification failed|No .* host key is known/.test(said)) {
    return failure(
      'host-key',
      `The host key of ${node.name} is not known to ssh.`,
      `Run "ssh ${where}" once and compare the fingerprint, or pass --host-key-checking accept-new.`,
      'no',
    );
  }
  if (/Permission denied|Too many authentication failures/.test(said)) {
    return failure(
      'authentication',
      `${node.name} did not let ssh in: ${last}`,
      'Check the user name, name the right key with --identity FILE, or load it with ssh-add: this transport never asks for a password.',
      'no',
    );
  }
  if (/Could not resolve hostname/.test(said)) {
    return failure(
      'resolve',
      `ssh does not know the name ${where}.`,
      'Check the spelling, or give the address itself.',
      'no',
    );
  }
  if (/Bad configuration option|terminating, \d+ bad configuration/.test(said)) {
    return failure(
      'config',
      `ssh refuses its configuration: ${last}`,
      'Correct the ssh_config it names.',
      'no',
    );
  }
  const why = hello.exit.kind === 'lost' ? hello.exit.reason : last || `it ended with ${hello.exit.kind}`;
  return failure('connect', `ssh could not reach ${node.name}: ${why}`, `Try: ssh -v ${where} true`, 'yes');
}
