// A real sshd on a high port of 127.0.0.1 with accounts of its own, for the tests of this folder. Accounts and sudoers
// exist only in the mount namespace it runs in: the machine's own files are never touched.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'obviously-a-test-password';

export interface ThrowawaySshd {
  readonly port: number;
  readonly directory: string;
  /** Private key every account accepts. */
  readonly identity: string;
  /** The same, encrypted with PASSWORD. */
  readonly lockedIdentity: string;
  /** A key no account accepts. */
  readonly strangeIdentity: string;
  readonly knownHosts: string;
  readonly hostKeys: readonly string[];
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

/** Why it cannot run here, if it cannot. */
export function whyNoSshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for a mount namespace';
  if (!existsSync(SSHD)) return `${SSHD} is not installed (package openssh-server)`;
  if (!existsSync('/usr/bin/sudo')) return 'sudo is not installed';
  return undefined;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function startSshd(extraConfig: readonly string[] = []): Promise<ThrowawaySshd> {
  const directory = mkdtempSync(join(tmpdir(), 'vipdoctor-sshd-'));
  const at = (name: string): string => join(directory, name);
  const keygen = (name: string, type: string, passphrase = ''): void => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', at(name)]);
  };
  keygen('host_ed25519', 'ed25519');
  keygen('host_ecdsa', 'ecdsa');
  keygen('id', 'ed25519');
  keygen('locked', 'ed25519', PASSWORD);
  keygen('strange', 'ed25519');
  const port = await freePort();
  const publicKey = (name: string): string => readFileSync(at(`${name}.pub`), 'utf8');
  writeFileSync(at('authorized_keys'), publicKey('id') + publicKey('locked'), { mode: 0o644 });
  const hostKey = publicKey('host_ed25519').split(' ').slice(0, 2).join(' ');
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);

  const accounts = ['ops', 'oncall', 'viewer'];
  const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim();
  const lines = (make: (name: string, id: number) => string): string =>
    accounts.map((name, index) => `${make(`vd${name}`, 54321 + index)}\n`).join('');
  const append = (name: string, text: string): void =>
    writeFileSync(at(name), readFileSync(`/etc/${name}`, 'utf8') + text, {
      mode: name === 'shadow' ? 0o600 : 0o644,
    });
  append(
    'passwd',
    lines((name, id) => `${name}:x:${id}:${id}::/tmp:/bin/sh`),
  );
  append(
    'group',
    lines((name, id) => `${name}:x:${id}:`),
  );
  append(
    'shadow',
    lines((name) => `${name}:${hash}:19000:0:99999:7:::`),
  );
  const sudoers = 'root ALL=(ALL:ALL) ALL\nvdops ALL=(ALL:ALL) NOPASSWD: ALL\nvdoncall ALL=(ALL:ALL) ALL\n';
  writeFileSync(at('sudoers'), sudoers, { mode: 0o440 });
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host_ed25519')}`,
      `HostKey ${at('host_ecdsa')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'StrictModes no',
      'PidFile none',
      'UsePAM yes',
      'UseDNS no',
      'PermitRootLogin yes',
      ...extraConfig,
      'PasswordAuthentication yes',
      '',
    ].join('\n'),
  );
  // The directory holds keys the accounts must be able to read.
  execFileSync('chmod', ['755', directory]);
  const binds = ['passwd', 'group', 'shadow', 'sudoers']
    .map((name) => `mount --bind ${at(name)} /etc/${name}`)
    .join(' && ');
  const script = `mount --make-rprivate / && ${binds} && mount -t tmpfs tmpfs /run && mkdir -p /run/sshd && exec ${SSHD} -D -e -f ${at('sshd_config')}`;
  const child = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const deadline = performance.now() + 10_000;
  while (!(await greets(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`sshd did not start: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    directory,
    identity: at('id'),
    lockedIdentity: at('locked'),
    strangeIdentity: at('strange'),
    knownHosts: at('known_hosts'),
    hostKeys: ['host_ed25519', 'host_ecdsa'].map((name) => publicKey(name).trim()),
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString('latin1').startsWith('SSH-'));
    });
    socket.once('error', () => resolve(false));
  });
}

export interface Wire {
  readonly port: number;
  /** Connections made so far. */
  connections(): number;
  /** Tears every connection down with a reset. */
  cut(): void;
  /** Nothing passes any more, and nobody is told: a node that lost its power. */
  freeze(): void;
  stop(): Promise<void>;
}

/** A TCP relay in front of a port. `hangUpFirst` connections are closed without a word, as sshd does with bursts. */
export async function layWire(toPort: number, hangUpFirst = 0): Promise<Wire> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((near) => {
    count++;
    if (count <= hangUpFirst) {
      near.destroy();
      return;
    }
    const far = connect(toPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections: () => count,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    freeze: () => {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
