// One SSH connection over one byte stream: key exchange, host key, login. It knows how each of these fails and
// says so; where the stream comes from (TCP, another SSH connection) is not its business.
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKeyChecking, InventoryNode } from '../inventory/inventory.ts';
import { type Login, planAuthentication } from './authentication.ts';
import { decideHostKey } from './host-key-check.ts';
import type { IdentityStore, Ssh2 } from './identities.ts';
import { appendKnownHost, defaultKnownHostsFiles, readKeyFile } from './key-files.ts';
import {
  fingerprintKey,
  formatKnownHost,
  type HostIdentity,
  judgeHostKey,
  type KnownHost,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts.ts';
import type { ConnectFailure, Prompt } from './transport.ts';

export interface SshSettings {
  /** What the command line asks for; absent: what the node's configuration says, else strict. */
  readonly hostKeyChecking?: HostKeyChecking;
  /** Absent: nobody is there to be asked. */
  readonly prompt?: Prompt;
  /** SSH_AUTH_SOCK. */
  readonly agentSocket?: string;
  /** For connecting and logging in together; time spent waiting for an answer of the operator does not count. */
  readonly timeoutMs: number;
  readonly store: IdentityStore;
}

export interface OpenConnection {
  readonly client: Client;
  readonly user: string;
  readonly hostKeyFingerprint: string;
  readonly notes: readonly string[];
  /** Why the connection ended, once it has. */
  readonly lost: Promise<string>;
}

export type Handshake =
  | { readonly kind: 'open'; readonly connection: OpenConnection }
  /** `hung-up`: the server closed before the key exchange was done, as sshd does with bursts (MaxStartups). */
  | { readonly kind: 'failed'; readonly phase: 'hung-up' | 'final'; readonly failure: ConnectFailure };

/** A node that dies without a word is noticed after at most (COUNT + 1) × INTERVAL. */
const KEEPALIVE_INTERVAL_MS = 1500;
const KEEPALIVE_COUNT = 3;

const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Kinds of key that are on record come first: a server shows only one key, and it should be the one we know. */
export function orderHostKeyAlgorithms(known: readonly string[]): ServerHostKeyAlgorithm[] {
  const keyTypeOf = (algorithm: string): string => (algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  const isKnown = (algorithm: string): boolean => known.includes(keyTypeOf(algorithm));
  return [
    ...HOST_KEY_ALGORITHMS.filter(isKnown),
    ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm)),
  ];
}

export interface HandshakeRequest {
  readonly node: InventoryNode;
  readonly socket: Duplex;
  readonly known: KnownHosts;
}

/** Has no pause before it listens to the socket: a server that hangs up at once must not go unnoticed. */
export function shakeHands(
  ssh2: Ssh2,
  { node, socket, known: { files, entries: known } }: HandshakeRequest,
  settings: SshSettings,
): Promise<Handshake> {
  const identity: HostIdentity = {
    host: node.hostKeyAlias ?? node.address,
    port: node.hostKeyAlias === undefined ? (node.port ?? 22) : 22,
  };
  const user = node.user ?? userInfo().username;
  const patience = startPatience(settings.timeoutMs);
  const prompt = settings.prompt && patience.whileWaiting(settings.prompt);
  const agentSocket = node.agentSocket ?? settings.agentSocket;
  const login: Login = {
    node: node.name,
    address: node.address,
    user,
    agentKeys: node.agentKeys ?? 'all',
    store: settings.store,
    ...(node.identities ? { identities: node.identities } : {}),
    ...(agentSocket !== undefined ? { agentSocket } : {}),
    ...(prompt ? { prompt } : {}),
  };
  const authentication = planAuthentication(ssh2, login);
  const client = new ssh2.Client();
  const notes: string[] = [];

  return new Promise<Handshake>((resolve) => {
    let phase: 'greeting' | 'authentication' | 'over' = 'greeting';
    let refusal: ConnectFailure | undefined;
    let accepted: Buffer | undefined;
    let record: string | undefined;
    let goodbye = 'the connection was closed';
    let tellLost: (reason: string) => void = () => {};
    const lost = new Promise<string>((settle) => {
      tellLost = settle;
    });

    const fail = (failure: ConnectFailure, retry: 'hung-up' | 'final'): void => {
      if (phase === 'over') return;
      phase = 'over';
      patience.stop();
      client.destroy();
      socket.destroy();
      resolve({ kind: 'failed', phase: retry, failure });
    };
    const hungUp = (why: string): void => {
      if (refusal) fail(refusal, 'final');
      else if (phase === 'greeting') fail(describeHangUp(node, why), 'hung-up');
      else fail(describeLoginEnd(node, why), 'final');
    };
    patience.onExpired(() =>
      fail(describeSilence(node, phase === 'greeting' ? 'the SSH handshake' : 'the login'), 'final'),
    );

    client.on('error', (error: Error & { level?: string }) => {
      goodbye = /keepalive/i.test(error.message) ? `${node.name} stopped answering` : error.message;
      // An agent that fails to sign is one way that does not work; the next one is tried.
      if (phase === 'over' || error.level === 'agent') return;
      if (refusal) fail(refusal, 'final');
      else if (error.level === 'client-authentication') {
        if (/all configured/i.test(error.message)) fail(authentication.describeRefusal(), 'final');
      } else if (/no matching/i.test(error.message)) fail(describeMismatch(node, error.message), 'final');
      else hungUp(error.message);
    });
    client.on('close', () => {
      tellLost(goodbye);
      hungUp('the connection was closed');
    });
    // Key exchange is done: from here on the server has proven that it owns the key it showed.
    client.on('handshake', () => {
      if (phase !== 'greeting') return;
      phase = 'authentication';
      const { knownHostsLine, file } = { knownHostsLine: record, file: files[0] };
      record = undefined;
      if (knownHostsLine === undefined || file === undefined) return;
      void appendKnownHost(file, knownHostsLine).then((recorded) => {
        if (recorded.kind === 'failed')
          notes.push(`the key could not be recorded in ${file}: ${recorded.reason}`);
      });
    });
    client.on('ready', () => {
      if (phase === 'over') return;
      phase = 'over';
      patience.stop();
      const hostKeyFingerprint = accepted ? fingerprintKey(accepted) : '';
      resolve({ kind: 'open', connection: { client, user, hostKeyFingerprint, notes, lost } });
    });

    client.connect({
      sock: socket as never,
      username: user,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_INTERVAL_MS,
      keepaliveCountMax: KEEPALIVE_COUNT,
      algorithms: { serverHostKey: orderHostKeyAlgorithms(knownKeyTypes(known, identity)) },
      authHandler: authentication.handler,
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        // Asked again on every re-keying: the key must then be the one that was accepted.
        if (accepted !== undefined) {
          verify(accepted.equals(key));
          return;
        }
        const verdict = judgeHostKey(known, identity, key);
        const checking = settings.hostKeyChecking ?? node.hostKeyChecking ?? 'strict';
        const recordIn = files[0] ?? 'known_hosts';
        const asking = { node: node.name, identity, key, verdict, checking, recordIn };
        void decideHostKey({ ...asking, ...(prompt ? { prompt } : {}) }).then((decision) => {
          if (decision.kind === 'refuse') refusal = decision.failure;
          else {
            accepted = key;
            if (decision.note !== undefined) notes.push(decision.note);
            if (decision.kind === 'accept-and-record') record = formatKnownHost(identity, key);
          }
          verify(decision.kind !== 'refuse');
        });
      },
    });
  });
}

export interface KnownHosts {
  readonly files: readonly string[];
  readonly entries: readonly KnownHost[];
}

export async function readKnownHosts(node: InventoryNode): Promise<KnownHosts> {
  const files = node.knownHostsFiles ?? defaultKnownHostsFiles();
  const texts = await Promise.all(files.map(readKeyFile));
  const entries = texts.flatMap((text, index) =>
    text.kind === 'read' ? parseKnownHosts(text.bytes.toString('utf8'), files[index] ?? '') : [],
  );
  return { files, entries };
}

interface Patience {
  onExpired(act: () => void): void;
  /** The same prompt; the time it takes does not count. */
  whileWaiting(prompt: Prompt): Prompt;
  stop(): void;
}

function startPatience(totalMs: number): Patience {
  let act: () => void = () => {};
  let leftMs = totalMs;
  let since = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let waiting = 0;
  let running: 'yes' | 'no' = 'yes';
  const arm = (): void => {
    if (running === 'no') return;
    since = performance.now();
    timer = setTimeout(() => act(), Math.max(0, leftMs));
  };
  arm();
  return {
    onExpired: (callback) => {
      act = callback;
    },
    whileWaiting: (prompt) => async (question) => {
      if (waiting++ === 0) {
        clearTimeout(timer);
        leftMs -= performance.now() - since;
      }
      try {
        return await prompt(question);
      } finally {
        if (--waiting === 0) arm();
      }
    },
    stop: () => {
      running = 'no';
      clearTimeout(timer);
    },
  };
}

function describeHangUp(node: InventoryNode, why: string): ConnectFailure {
  return {
    stage: 'connect',
    message: `${node.name} (${node.address} port ${node.port ?? 22}) hung up during the SSH handshake: ${why}.`,
    nextStep:
      'Is it sshd that listens there? If it is overloaded (MaxStartups, fail2ban, hosts.deny), its log says so: journalctl -u ssh -u sshd.',
    retryable: 'yes',
  };
}

function describeLoginEnd(node: InventoryNode, why: string): ConnectFailure {
  return {
    stage: 'authentication',
    message: `${node.name} closed the connection during the login: ${why}.`,
    nextStep:
      'An agent with many keys runs into MaxAuthTries: name the right key with --identity FILE. Else see the log of sshd on the node.',
    retryable: 'no',
  };
}

function describeSilence(node: InventoryNode, during: string): ConnectFailure {
  return {
    stage: 'connect',
    message: `${node.name} (${node.address} port ${node.port ?? 22}) took the connection, but did not finish ${during} in time.`,
    nextStep:
      'The node may be overloaded, out of memory or have a full disk; try ssh -v. Raise --timeout for slow links.',
    retryable: 'yes',
  };
}

function describeMismatch(node: InventoryNode, what: string): ConnectFailure {
  return {
    stage: 'connect',
    message: `${node.name} and the built-in SSH have no algorithm in common (${what.replace(/^Handshake failed: /, '')}).`,
    nextStep: "Use the system's ssh with the options it needs for this server: --transport ssh.",
    retryable: 'no',
  };
}
