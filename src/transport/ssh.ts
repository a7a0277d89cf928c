// The Transport over the built-in SSH (ssh2): one connection per node, through jump hosts where asked for, one
// channel per command. ssh2 is loaded on first use, because it takes longer to load than `--help` may take.

import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import type { InventoryNode } from '../inventory/inventory.ts';
import { type BecomeOptions, become } from './become.ts';
import { dial } from './dial.ts';
import {
  type Handshake,
  type OpenConnection,
  readKnownHosts,
  type SshSettings,
  shakeHands,
} from './handshake.ts';
import { createIdentityStore, type IdentityStore, type Ssh2 } from './identities.ts';
import { drain, openStream, type Running, rememberRunning, runToEnd, type Start } from './running.ts';
import type { CommandExit, Connected, ConnectFailure, Transport } from './transport.ts';

export interface SshOptions extends Omit<SshSettings, 'store'> {
  readonly sudoPassword?: BecomeOptions['sudoPassword'];
}

/** sshd answers a burst by hanging up on some (MaxStartups 10:30:100): those come back, not all at once. */
const RETRIES = 2;
const RETRY_BASE_MS = 250;

let loaded: Promise<{ readonly ssh2: Ssh2; readonly store: IdentityStore }> | undefined;

function loadSsh2(): Promise<{ readonly ssh2: Ssh2; readonly store: IdentityStore }> {
  loaded ??= import('ssh2').then(({ default: ssh2 }) => ({ ssh2, store: createIdentityStore(ssh2) }));
  return loaded;
}

export async function connectSsh(node: InventoryNode, options: SshOptions): Promise<Connected> {
  const { ssh2, store } = await loadSsh2();
  const chain = await openChain(ssh2, node, { ...options, store });
  if (chain.kind === 'failed') return chain;
  const { connection, hops, socketFacts } = chain;
  const notes = [...hops, connection].flatMap((hop) => hop.notes);
  const channels = rememberRunning(startOver(connection));
  const { sudoPassword } = options;
  const became = await become(channels.start, {
    node: node.name,
    user: connection.user,
    timeoutMs: options.timeoutMs,
    ...(sudoPassword ? { sudoPassword } : {}),
  });
  const transport: Transport = {
    node: node.name,
    run: (command, runOptions) => runToEnd(became.start, command, runOptions),
    stream: (command, streamOptions) => openStream(became.start, command, streamOptions),
    close: async () => {
      for (const hop of [connection, ...hops.toReversed()]) await hangUp(hop);
    },
  };
  return {
    kind: 'connected',
    transport,
    facts: {
      via: 'ssh2',
      user: connection.user,
      rights: became.rights,
      hostKeyFingerprint: connection.hostKeyFingerprint,
      notes,
      ...socketFacts,
      ...(became.problem ? { rightsProblem: became.problem } : {}),
    },
  };
}

type Chain =
  | {
      readonly kind: 'open';
      readonly connection: OpenConnection;
      /** The connections it goes through, nearest to us first. */
      readonly hops: readonly OpenConnection[];
      readonly socketFacts: SocketFacts;
    }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

interface SocketFacts {
  readonly remoteAddress?: string;
  readonly localAddress?: string;
}

async function openChain(ssh2: Ssh2, node: InventoryNode, settings: SshSettings): Promise<Chain> {
  const hops: OpenConnection[] = [];
  let socketFacts: SocketFacts = {};
  for (const stop of [...(node.jump ?? []), node]) {
    const previous = hops.at(-1);
    const opened = await openWithRetry(ssh2, stop, settings, previous);
    if (opened.kind === 'failed') {
      for (const hop of hops.toReversed()) await hangUp(hop);
      const through = stop === node ? '' : `On the way to ${node.name}: `;
      const { failure } = opened;
      return { kind: 'failed', failure: { ...failure, message: `${through}${failure.message}` } };
    }
    if (stop === node) return { kind: 'open', connection: opened.connection, hops, socketFacts };
    hops.push(opened.connection);
  }
  throw new Error('unreachable: the node itself is the last stop');

  async function openWithRetry(
    library: Ssh2,
    stop: InventoryNode,
    set: SshSettings,
    through: OpenConnection | undefined,
  ): Promise<Handshake> {
    const known = await readKnownHosts(stop);
    for (let attempt = 0; ; attempt++) {
      const socket = await reach(stop, set, through);
      if (socket.kind === 'failed') return { kind: 'failed', phase: 'final', failure: socket.failure };
      if (stop === node && through === undefined) socketFacts = socket.facts;
      const shaken = await shakeHands(library, { node: stop, socket: socket.socket, known }, set);
      if (shaken.kind === 'open' || shaken.phase === 'final' || attempt >= RETRIES) return shaken;
      await wait(RETRY_BASE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

type Reached =
  | { readonly kind: 'reached'; readonly socket: Duplex; readonly facts: SocketFacts }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

async function reach(
  stop: InventoryNode,
  settings: SshSettings,
  through: OpenConnection | undefined,
): Promise<Reached> {
  const port = stop.port ?? 22;
  if (through !== undefined) return reachThrough(through.client, stop, port);
  const dialled = await dial({ node: stop.name, host: stop.address, port, timeoutMs: settings.timeoutMs });
  if (dialled.kind === 'failed') return dialled;
  const { socket } = dialled;
  const { remoteAddress, localAddress } = socket;
  return {
    kind: 'reached',
    socket,
    facts: { ...(remoteAddress ? { remoteAddress } : {}), ...(localAddress ? { localAddress } : {}) },
  };
}

function reachThrough(client: Client, stop: InventoryNode, port: number): Promise<Reached> {
  return new Promise((resolve) => {
    const failed = (why: string): void =>
      resolve({
        kind: 'failed',
        failure: {
          stage: 'connect',
          message: `The jump host could not reach ${stop.name} (${stop.address} port ${port}): ${why}.`,
          nextStep:
            'Check from the jump host that the node answers, and that AllowTcpForwarding is on there.',
          retryable: 'yes',
        },
      });
    try {
      client.forwardOut('127.0.0.1', 0, stop.address, port, (error, channel) => {
        if (error) failed(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
        else resolve({ kind: 'reached', socket: channel, facts: {} });
      });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  });
}

function startOver(connection: OpenConnection): Start {
  return (command) =>
    new Promise((resolve) => {
      const failed = (why: string): void =>
        resolve({
          kind: 'failed',
          failure: {
            stage: 'connect',
            message: `the command could not be started: ${why}`,
            nextStep:
              'The connection may be gone, or the node has no room for another session (MaxSessions).',
            retryable: 'yes',
          },
        });
      try {
        connection.client.exec(command, (error, channel) => {
          if (error) failed(error.message.replace(/^\(SSH\) /, ''));
          else resolve({ kind: 'running', running: follow(connection, channel) });
        });
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
    });
}

function follow(connection: OpenConnection, channel: ClientChannel): Running {
  let ended: CommandExit | undefined;
  const exit = new Promise<CommandExit>((resolve) => {
    channel.on('exit', (code: number | null, signal?: string) => {
      ended = code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code };
    });
    channel.on('close', () => {
      // A dying connection closes its channels first and says why a moment later.
      if (ended) resolve(ended);
      else setImmediate(() => resolve({ kind: 'lost', reason: 'the channel was closed' }));
    });
    void connection.lost.then((reason) => resolve(ended ?? { kind: 'lost', reason }));
  });
  const kill = (): void => {
    channel.close();
    // Unread output would keep the channel from ever getting to its end.
    drain(channel);
    drain(channel.stderr);
  };
  return { stdin: channel, stdout: channel, stderr: channel.stderr, exit, kill };
}

const GOODBYE_MS = 500;

async function hangUp(connection: OpenConnection): Promise<void> {
  connection.client.end();
  const patience = new AbortController();
  await Promise.race([
    connection.lost,
    wait(GOODBYE_MS, undefined, { signal: patience.signal }).catch(() => {}),
  ]);
  patience.abort();
  connection.client.destroy();
}
