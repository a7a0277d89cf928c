import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryNode } from '../../src/inventory/inventory.ts';
import { withLifeline } from '../../src/transport/lifeline.ts';
import { connectSsh, type SshOptions } from '../../src/transport/ssh.ts';
import { connectSystemSsh } from '../../src/transport/system-ssh.ts';
import type { Connected, ConnectFailure, PromptQuestion, Transport } from '../../src/transport/transport.ts';
import { layWire, PASSWORD, startSshd, type ThrowawaySshd, whyNoSshd } from './throwaway-sshd.ts';

const reason = whyNoSshd();
if (reason !== undefined && process.env.VIPDOCTOR_LAB === 'required')
  throw new Error(`cannot run: ${reason}`);

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function eventually(what: () => boolean, withinMs = 10_000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!what()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function pidsOf(wanted: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(wanted);
    } catch {
      return false;
    }
  });
}

let serial = 0;
const uniqueSeconds = (): string => `${200000 + (process.pid % 10000)}${serial++}`;

describe.skipIf(reason !== undefined)(`over a real sshd${reason ? ` (${reason})` : ''}`, () => {
  let sshd: ThrowawaySshd;
  const open: Transport[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await Promise.all(open.map((transport) => transport.close()));
    await sshd?.stop();
  });

  const node = (more: Partial<InventoryNode> = {}): InventoryNode => ({
    name: 'n1',
    address: '127.0.0.1',
    port: sshd.port,
    user: 'root',
    identities: [sshd.identity],
    knownHostsFiles: [sshd.knownHosts],
    ...more,
  });
  const connect = async (
    more: Partial<InventoryNode> = {},
    options: Partial<SshOptions> = {},
  ): Promise<Connected> => {
    const connected = await connectSsh(node(more), {
      hostKeyChecking: 'strict',
      timeoutMs: 10_000,
      ...options,
    });
    if (connected.kind === 'connected') open.push(connected.transport);
    return connected;
  };
  const reach = async (more: Partial<InventoryNode> = {}, options: Partial<SshOptions> = {}) => {
    const connected = await connect(more, options);
    if (connected.kind === 'failed') throw new Error(connected.failure.message);
    return connected;
  };
  const refused = async (
    more: Partial<InventoryNode> = {},
    options: Partial<SshOptions> = {},
  ): Promise<ConnectFailure> => {
    const connected = await connect(more, options);
    if (connected.kind === 'connected') throw new Error('connected, although it should not');
    return connected.failure;
  };

  describe('logging in and running', () => {
    it('runs commands as root and tells exit, output and errors apart', async () => {
      const { transport, facts } = await reach();
      expect(facts).toMatchObject({
        via: 'ssh2',
        rights: 'root',
        user: 'root',
        remoteAddress: '127.0.0.1',
        notes: [],
      });
      expect(facts.hostKeyFingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
      const result = await transport.run('id -u; echo oops >&2; exit 3', { stdin: '' });
      expect(result).toMatchObject({ exit: { kind: 'exited', code: 3 }, truncated: 'no' });
      expect([text(result.stdout), text(result.stderr)]).toEqual(['0\n', 'oops\n']);
      const killed = await transport.run('kill -9 $$', { stdin: '' });
      expect(killed.exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    });

    it('hands stdin over whole', async () => {
      const { transport } = await reach();
      const payload = 'x'.repeat(300_000);
      const result = await transport.run('wc -c', { stdin: payload });
      expect(text(result.stdout).trim()).toBe('300000');
    });

    it('takes a password when there is no key', async () => {
      const asked: PromptQuestion[] = [];
      const { facts } = await reach(
        { user: 'vdviewer', identities: [] },
        {
          prompt: async (question) => {
            asked.push(question);
            return PASSWORD;
          },
        },
      );
      expect(facts.rights).toBe('none');
      expect(asked[0]).toMatchObject({ node: 'n1', echo: 'off' });
    });

    it('unlocks an encrypted key with its passphrase, and says so when nobody can', async () => {
      const ask = { prompt: async () => PASSWORD };
      // The store remembers per file, so the one that cannot be unlocked has another name.
      const copy = join(sshd.directory, 'locked-copy');
      writeFileSync(copy, readFileSync(sshd.lockedIdentity), { mode: 0o600 });
      expect((await connect({ identities: [sshd.lockedIdentity] }, ask)).kind).toBe('connected');
      const failure = await refused({ identities: [copy] });
      expect(failure.message).toContain('needs its passphrase');
      expect(JSON.stringify(failure)).not.toContain(PASSWORD);
    });

    it('uses the agent', async () => {
      const agent = execFileSync('ssh-agent', ['-s', '-a', join(sshd.directory, 'agent')], {
        encoding: 'utf8',
      });
      const pid = /SSH_AGENT_PID=(\d+)/.exec(agent)?.[1] ?? '';
      const agentSocket = join(sshd.directory, 'agent');
      try {
        execFileSync('ssh-add', ['-q', sshd.strangeIdentity, sshd.identity], {
          env: { ...process.env, SSH_AUTH_SOCK: agentSocket },
          stdio: 'ignore',
        });
        expect((await connect({ identities: [] }, { agentSocket })).kind).toBe('connected');
        const listed = await refused(
          { identities: [sshd.strangeIdentity], agentKeys: 'listed' },
          { agentSocket },
        );
        expect(listed.stage).toBe('authentication');
      } finally {
        process.kill(Number(pid));
      }
      expect((await connect({}, { agentSocket: '/nowhere/agent' })).kind).toBe('connected');
    });

    it('names what was tried when nothing fits', async () => {
      const failure = await refused({ identities: [sshd.strangeIdentity] });
      expect(failure.stage).toBe('authentication');
      expect(failure.message).toContain('strange');
      expect(failure.nextStep).toContain('--identity');
    });

    it('goes through jump hosts', async () => {
      const hop = { ...node(), name: 'bastion' };
      const { transport } = await reach({ jump: [hop, { ...hop, name: 'second' }] });
      const result = await transport.run('echo through', { stdin: '' });
      expect(text(result.stdout)).toBe('through\n');
      const failure = await refused({ jump: [{ ...hop, identities: [sshd.strangeIdentity] }] });
      expect(failure.message).toMatch(/^On the way to n1: bastion/);
    });
  });

  describe('host keys', () => {
    it('refuses an unknown key, names it and says how to go on; accept-new records it', async () => {
      const file = join(sshd.directory, 'fresh_known_hosts');
      const failure = await refused({ knownHostsFiles: [file] });
      const fingerprint = execFileSync('ssh-keygen', ['-lf', join(sshd.directory, 'host_ed25519.pub')], {
        encoding: 'utf8',
      }).split(' ')[1];
      expect(failure).toMatchObject({ stage: 'host-key', retryable: 'no' });
      expect(failure.message).toContain(fingerprint);
      expect(failure.nextStep).toContain(`ssh-keyscan -p ${sshd.port} -t ed25519 127.0.0.1`);
      const { facts } = await reach({ knownHostsFiles: [file] }, { hostKeyChecking: 'accept-new' });
      expect(facts.notes.join()).toContain('was added to');
      expect(await eventually(() => readFileSync(file, 'utf8').includes('ssh-ed25519'))).toBe(true);
      expect((await connect({ knownHostsFiles: [file] })).kind).toBe('connected');
      const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', file], {
        encoding: 'utf8',
      });
      expect(found).toContain('found: line 1');
    });

    it('asks on a terminal', async () => {
      const file = join(sshd.directory, 'asked_known_hosts');
      const answer = (said: string) => ({ prompt: async () => said });
      expect((await refused({ knownHostsFiles: [file] }, answer('no'))).stage).toBe('host-key');
      expect((await connect({ knownHostsFiles: [file] }, answer('yes'))).kind).toBe('connected');
    });

    it('is loud about a changed key, even with accept-new', async () => {
      const file = join(sshd.directory, 'changed_known_hosts');
      const other = readFileSync(`${sshd.strangeIdentity}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
      writeFileSync(file, `[127.0.0.1]:${sshd.port} ${other}\n`);
      const failure = await refused({ knownHostsFiles: [file] }, { hostKeyChecking: 'accept-new' });
      expect(failure.message).toContain('HAS CHANGED');
      expect(failure.message).toContain('changed_known_hosts:1');
    });

    it('asks the server for the kind of key that is on record, hashed or not', async () => {
      const file = join(sshd.directory, 'ecdsa_known_hosts');
      const ecdsa = sshd.hostKeys[1]?.split(' ').slice(0, 2).join(' ');
      writeFileSync(file, `[127.0.0.1]:${sshd.port} ${ecdsa}\n`);
      execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
      expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
      expect((await connect({ knownHostsFiles: [file] })).kind).toBe('connected');
    });

    it('refuses a revoked key whatever the policy', async () => {
      const file = join(sshd.directory, 'revoked_known_hosts');
      const key = sshd.hostKeys[0]?.split(' ').slice(0, 2).join(' ');
      writeFileSync(file, readFileSync(sshd.knownHosts));
      appendFileSync(file, `@revoked * ${key}\n`);
      const failure = await refused({ knownHostsFiles: [file] }, { hostKeyChecking: 'off' });
      expect(failure.message).toContain('@revoked');
    });
  });

  describe('sudo', () => {
    it('is used without a password where that is allowed', async () => {
      const { transport, facts } = await reach({ user: 'vdops' });
      expect(facts.rights).toBe('sudo');
      const result = await transport.run(`id -u; echo "it's $0"; exit 5`, { stdin: '' });
      expect(result.exit).toEqual({ kind: 'exited', code: 5 });
      expect(text(result.stdout)).toBe("0\nit's sh\n");
    });

    it('gets the password over stdin only, and leaves the rest of stdin to the command', async () => {
      const { transport, facts } = await reach({ user: 'vdoncall' }, { sudoPassword: async () => PASSWORD });
      expect(facts.rights).toBe('sudo-password');
      const result = await transport.run('id -u; echo err >&2; cat; ps axww -o args; env', {
        stdin: 'payload\n',
      });
      expect(text(result.stdout)).toMatch(/^0\npayload\n/);
      expect(text(result.stderr)).toBe('err\n');
      expect(text(result.stdout)).not.toContain(PASSWORD);
    });

    it('gives up on a wrong password without telling it, and still runs what can be run', async () => {
      const given = ['wrong-one', 'wrong-two', 'wrong-three', 'wrong-four'];
      const { transport, facts } = await reach(
        { user: 'vdoncall' },
        { sudoPassword: async (attempt) => (attempt === 1 ? given[0] : undefined) },
      );
      expect(facts.rights).toBe('none');
      expect(facts.rightsProblem?.message).toContain('did not accept the password');
      expect(JSON.stringify(facts)).not.toContain('wrong-one');
      expect(text((await transport.run('id -un', { stdin: '' })).stdout)).toBe(
        'vdviewer\n'.replace('viewer', 'oncall'),
      );
    });

    it('is not needed to read what anybody may read', async () => {
      const { transport, facts } = await reach({ user: 'vdviewer' });
      expect(facts.rights).toBe('none');
      expect(facts.rightsProblem).toMatchObject({ stage: 'sudo' });
      expect((await transport.run('cat /proc/uptime', { stdin: '' })).exit).toEqual({
        kind: 'exited',
        code: 0,
      });
    });
  });

  describe('bounds', () => {
    it('cuts off a node that prints for ever, and keeps memory flat', async () => {
      const { transport } = await reach();
      const before = process.memoryUsage().rss;
      const result = await transport.run('cat /dev/zero', { maxBytes: 1_000_000, stdin: '' });
      expect(result.stdout.length).toBe(1_000_000);
      expect(result).toMatchObject({ truncated: 'stdout', exit: { kind: 'lost' } });
      const errors = await transport.run('cat /dev/zero >&2', { maxBytes: 1_000_000, stdin: '' });
      expect(errors).toMatchObject({ truncated: 'stderr', exit: { kind: 'lost' } });
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
      expect(text((await transport.run('echo still here', { stdin: '' })).stdout)).toBe('still here\n');
    });

    it('does not wait for a hung command', async () => {
      const { transport } = await reach();
      const seconds = uniqueSeconds();
      const result = await transport.run(withLifeline(`echo begun; sleep ${seconds}`), { timeoutMs: 4000 });
      expect(result.exit).toEqual({ kind: 'timeout', afterMs: 4000 });
      expect(text(result.stdout)).toBe('begun\n');
      expect(await eventually(() => pidsOf(seconds).length === 0)).toBe(true);
    });

    it('a stream sets no pace of its own', async () => {
      const { transport } = await reach();
      const streaming = await transport.stream('yes');
      if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
      let seen = 0;
      for await (const chunk of streaming.stream.stdout) {
        seen += chunk.length;
        if (seen > 5_000_000) break;
      }
      expect(seen).toBeGreaterThan(5_000_000);
      expect(['lost', 'signalled', 'exited']).toContain((await streaming.stream.finished).exit.kind);
    });

    it('a stream can be talked to', async () => {
      const { transport } = await reach();
      const streaming = await transport.stream('cat; echo bye >&2; exit 4');
      if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
      streaming.stream.write('ping\n');
      streaming.stream.end();
      let heard = '';
      for await (const chunk of streaming.stream.stdout) heard += text(chunk);
      const end = await streaming.stream.finished;
      expect([heard, text(end.stderr), end.exit]).toEqual(['ping\n', 'bye\n', { kind: 'exited', code: 4 }]);
    });
  });

  describe('connections that fail', () => {
    it('comes back after sshd dropped it in a burst', async () => {
      const wire = await layWire(sshd.port, 2);
      try {
        const { transport } = await reach(
          { port: wire.port, hostKeyAlias: 'burst' },
          { hostKeyChecking: 'off' },
        );
        expect(text((await transport.run('echo ok', { stdin: '' })).stdout)).toBe('ok\n');
        expect(wire.connections()).toBe(3);
        await transport.close();
      } finally {
        await wire.stop();
      }
    });

    it('gives up after two retries', async () => {
      const wire = await layWire(sshd.port, 100);
      try {
        const failure = await refused({ port: wire.port });
        expect(failure).toMatchObject({ stage: 'connect', retryable: 'yes' });
        expect(failure.message).toContain('hung up');
        expect(wire.connections()).toBe(3);
      } finally {
        await wire.stop();
      }
    });

    it('says what is wrong with an address', async () => {
      expect((await refused({ port: 1 })).message).toContain('refused the connection');
      expect((await refused({ address: 'no-such-host.invalid' })).stage).toBe('resolve');
    });

    it('notices within seconds that a node died without a word', async () => {
      const wire = await layWire(sshd.port);
      try {
        const { transport } = await reach({ port: wire.port }, { hostKeyChecking: 'off' });
        const running = transport.run('echo begun; sleep 60', { timeoutMs: 50_000 });
        await new Promise((resolve) => setTimeout(resolve, 100));
        wire.freeze();
        const result = await running;
        expect(result.exit).toEqual({ kind: 'lost', reason: 'n1 stopped answering' });
        expect(result.durationMs).toBeLessThan(9000);
        const after = await transport.run('true');
        expect(after.exit.kind).toBe('lost');
        expect((await transport.stream('true')).kind).toBe('failed');
      } finally {
        await wire.stop();
      }
    });
  });

  describe('nothing is left running', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['root', 'root'],
      ['vdops', 'sudo'],
      ['vdoncall', 'sudo with a password'],
      ['vdviewer', 'no rights'],
    ];
    it.each(cases)('when the connection of %s is reset (%s)', async (user) => {
      const wire = await layWire(sshd.port);
      try {
        const seconds = uniqueSeconds();
        const { transport } = await reach(
          { port: wire.port, user },
          { hostKeyChecking: 'off', sudoPassword: async () => PASSWORD },
        );
        const streaming = await transport.stream(withLifeline(`sleep ${seconds} & sleep ${seconds}`));
        if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
        expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length === 2)).toBe(true);
        wire.cut();
        expect((await streaming.stream.finished).exit.kind).toBe('lost');
        expect(await eventually(() => pidsOf(seconds).length === 0)).toBe(true);
      } finally {
        await wire.stop();
      }
    });

    it('when vipdoctor itself is killed', async () => {
      const seconds = uniqueSeconds();
      const script = join(sshd.directory, 'client.mts');
      const here = new URL('../../src/transport/', import.meta.url).pathname;
      writeFileSync(
        script,
        `import { connectSsh } from '${here}ssh.ts';
import { withLifeline } from '${here}lifeline.ts';
const connected = await connectSsh(${JSON.stringify(node({ user: 'vdops' }))}, { hostKeyChecking: 'strict', timeoutMs: 10000 });
if (connected.kind === 'failed') throw new Error(connected.failure.message);
await connected.transport.run(withLifeline('sleep ' + process.argv[2]), { timeoutMs: 60000 });
`,
      );
      const tsx = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).pathname;
      const client = spawn(process.execPath, ['--import', tsx, script, seconds], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length > 0, 20_000)).toBe(true);
      client.kill('SIGKILL');
      await once(client, 'exit');
      expect(await eventually(() => pidsOf(seconds).length === 0)).toBe(true);
    });

    it('when the transport is closed', async () => {
      const seconds = uniqueSeconds();
      const { transport } = await reach();
      const running = transport.run(withLifeline(`sleep ${seconds}`));
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length > 0)).toBe(true);
      await transport.close();
      expect((await running).exit.kind).toBe('lost');
      expect(await eventually(() => pidsOf(seconds).length === 0)).toBe(true);
    });
  });

  describe("through the system's ssh", () => {
    const system = (more: Partial<InventoryNode> = {}) =>
      connectSystemSsh(node(more), {
        hostKeyChecking: 'strict',
        timeoutMs: 10_000,
        sudoPassword: async () => PASSWORD,
      });

    it('runs, streams and leaves nothing behind', async () => {
      const connected = await system({ user: 'vdoncall' });
      if (connected.kind === 'failed') throw new Error(connected.failure.message);
      const { transport, facts } = connected;
      expect(facts).toMatchObject({ via: 'system-ssh', rights: 'sudo-password' });
      const result = await transport.run('id -u; exit 9', { stdin: '' });
      expect([text(result.stdout), result.exit]).toEqual(['0\n', { kind: 'exited', code: 9 }]);
      const seconds = uniqueSeconds();
      const streaming = await transport.stream(withLifeline(`sleep ${seconds}`));
      if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
      expect(await eventually(() => pidsOf(`sleep\0${seconds}`).length > 0)).toBe(true);
      await transport.close();
      expect(await eventually(() => pidsOf(seconds).length === 0)).toBe(true);
    });

    it.each([
      ['host-key', { knownHostsFiles: ['/nonexistent/known_hosts'] }],
      ['connect', { port: 1 }],
      ['resolve', { address: 'no-such-host.invalid' }],
    ] as const)('tells a failure at %s', async (stage, more) => {
      const connected = await system(more);
      expect(connected.kind === 'failed' ? connected.failure.stage : 'connected').toBe(stage);
    });

    it('tells a refused login', async () => {
      const connected = await system({ identities: [sshd.strangeIdentity], agentKeys: 'listed' });
      expect(connected.kind === 'failed' ? connected.failure.stage : 'connected').toBe('authentication');
    });
  });
});
