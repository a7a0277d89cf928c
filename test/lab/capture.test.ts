// Ears, witness and ARP probe for real: two network namespaces of this test's own, joined by a veth, and packets
// made by hand. Needs root; leftovers of a dead run are cleared first.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arpProbeCommand, readArpProbe } from '../../src/capture/arp-probe.ts';
import { createEarReader, earCommand } from '../../src/capture/ear.ts';
import { neighbourProbeCommand } from '../../src/capture/neighbour-probe.ts';
import { startCapEar } from '../../src/capture/observer-cap.ts';
import { readWitnessLine, type WitnessLine, witnessCommand } from '../../src/capture/witness.ts';
import type { HeardFrame } from '../../src/evidence/bundle.ts';
import { decodePacket } from '../../src/wire/packet.ts';

const prefix = 'vdcap-';
const near = `${prefix}${process.pid}-a`;
const far = `${prefix}${process.pid}-b`;

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  if (spawnSync('ip', ['netns', 'list']).status !== 0) return 'needs ip netns';
  if (spawnSync('python3', ['-c', 'import socket']).status !== 0) return 'needs python3';
  return undefined;
}

const reason = whyNot();
if (reason !== undefined && process.env.VIPDOCTOR_LAB === 'required') {
  throw new Error(`the capture lab is required but ${reason}`);
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });

function clear(): void {
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of names) {
    const owner = new RegExp(`^${prefix}(\\d+)-[ab]$`).exec(name)?.[1];
    if (owner !== undefined && (Number(owner) === process.pid || !existsSync(`/proc/${owner}`))) {
      ip('netns', 'del', name);
    }
  }
}

const children: ChildProcess[] = [];
const inside = (netns: string, argv: readonly string[]): ChildProcess => {
  const child = spawn('ip', ['netns', 'exec', netns, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  children.push(child);
  return child;
};

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}

async function eventually(holds: () => boolean, what: () => string, withinMs = 8000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A VRRPv2 advert with an obviously fake password, VRID 51, priority 150, VIP 10.99.0.100; no checksum. */
const advert = `21339601010100000a630064${Buffer.from('FAKEpass').toString('hex')}`;

/** Sends once: protocol 112 in v4 and v6, and AH around it, from `near` to the groups. */
const sender = `
import socket
body = bytes.fromhex("${advert}")
for protocol, data in ((112, body), (51, bytes([112, 4, 0, 0]) + b"\\0" * 20 + body)):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
    s.setsockopt(0, socket.IP_MULTICAST_TTL, 255)
    s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("10.99.0.1"))
    s.sendto(data, ("224.0.0.18", 0))
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 112)
s.setsockopt(41, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(41, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("left0"))
s.sendto(bytes.fromhex("31339601006400000a630064"), ("ff02::12", 0, 0, socket.if_nametoindex("left0")))
`;
const send = () => execFileSync('ip', ['netns', 'exec', near, 'python3', '-c', sender], { stdio: 'pipe' });

/** Another process of the host is a member, as keepalived would be. */
const member = `
import socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4si", socket.inet_aton("224.0.0.18"), b"\\0" * 4, socket.if_nametoindex("right0")))
t = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
t.setsockopt(41, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff02::12") + struct.pack("@I", socket.if_nametoindex("right0")))
print("joined", flush=True)
time.sleep(600)
`;

describe.skipIf(reason !== undefined)(
  `capture in network namespaces${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(() => {
      clear();
      ip('netns', 'add', near);
      ip('netns', 'add', far);
      ip('-n', near, 'link', 'add', 'left0', 'type', 'veth', 'peer', 'name', 'right0', 'netns', far);
      ip('-n', near, 'addr', 'add', '10.99.0.1/24', 'dev', 'left0');
      ip('-n', far, 'addr', 'add', '10.99.0.2/24', 'dev', 'right0');
      ip('-n', far, 'addr', 'add', '10.99.0.100/32', 'dev', 'right0');
      ip('-n', far, 'addr', 'add', 'fd99::100/128', 'dev', 'right0', 'nodad');
      ip('-n', far, 'addr', 'add', 'fe80::99:5/64', 'dev', 'right0', 'nodad');
      for (const [netns, name] of [
        [near, 'left0'],
        [far, 'right0'],
      ] as const) {
        execFileSync('ip', [
          'netns',
          'exec',
          netns,
          'sh',
          '-c',
          `echo 0 >/proc/sys/net/ipv6/conf/${name}/accept_dad`,
        ]);
        ip('-n', netns, 'link', 'set', 'lo', 'up');
        ip('-n', netns, 'link', 'set', name, 'up');
      }
    });

    afterAll(async () => {
      await Promise.all(children.map(stop));
      clear();
    });

    const listen = async (netns: string, command: string) => {
      const reader = createEarReader();
      const frames: HeardFrame[] = [];
      let stderr = '';
      const child = inside(netns, ['sh', '-c', command]);
      child.stdout?.on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)));
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      await eventually(
        () => reader.listening() === 'yes',
        () => `the ear does not listen: ${stderr}`,
      );
      return { child, frames };
    };

    test.each([
      ['tcpdump', earCommand()],
      ['python', earCommand({ methods: 'packet-socket' })],
      ['perl', earCommand({ methods: 'packet-socket', interpreters: 'perl' })],
    ])(
      '%s hears adverts of both families, AH among them, with direction and time',
      async (_name, command) => {
        const before = BigInt(Date.now()) * 1_000_000n;
        const there = await listen(far, command);
        const here = await listen(near, command);
        send();
        const kinds = (frames: readonly HeardFrame[]) =>
          frames
            .map((frame) => decodePacket(frame.linkType, frame.bytes))
            .filter((packet) => packet.content.kind === 'vrrp')
            .map((packet) => `${packet.link.direction} v${packet.ip?.version} ttl ${packet.ip?.ttl}`);
        await eventually(
          () => kinds(there.frames).length >= 3 && kinds(here.frames).length >= 3,
          () => `${kinds(there.frames)} | ${kinds(here.frames)}`,
        );
        expect(kinds(there.frames).sort()).toEqual(['in v4 ttl 255', 'in v4 ttl 255', 'in v6 ttl 255']);
        expect(kinds(here.frames).sort()).toEqual(['out v4 ttl 255', 'out v4 ttl 255', 'out v6 ttl 255']);
        for (const frame of there.frames) {
          expect(frame.atNs >= before - 1_000_000_000n && frame.atNs < before + 60_000_000_000n).toBe(true);
        }
        await stop(there.child);
        await stop(here.child);
      },
    );

    test('an ear does not carry traffic it was not asked for', async () => {
      const ear = await listen(far, earCommand({ methods: 'packet-socket' }));
      spawnSync('ip', ['netns', 'exec', near, 'ping', '-c', '2', '-i', '0.2', '10.99.0.2']);
      send();
      const protocols = () =>
        ear.frames.map((frame) => decodePacket(frame.linkType, frame.bytes).ip?.protocol);
      await eventually(
        () => protocols().includes(112),
        () => String(protocols()),
      );
      expect(protocols()).not.toContain(1);
      await stop(ear.child);
    });

    test.each([
      ['python', witnessCommand()],
      ['perl', witnessCommand('perl')],
    ])('the %s witness hears only while the host is a member', async (name, command) => {
      const lines: WitnessLine[] = [];
      let text = '';
      const child = inside(far, ['sh', '-c', command]);
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const whole = text.split('\n');
        text = whole.pop() ?? '';
        lines.push(...whole.flatMap((line) => readWitnessLine(line) ?? []));
      });
      let stderr = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      await eventually(
        () => lines.some((line) => line.kind === 'ready'),
        () => `${JSON.stringify(lines)} ${stderr}`,
      );
      const heard = () => lines.flatMap((line) => (line.kind === 'delivery' ? [line.delivery] : []));

      // Not a member: a unicast packet arrives, the multicast ones before it do not.
      send();
      const unicast = `import socket; s = socket.socket(2, 3, 112); s.sendto(bytes.fromhex("${advert}"), ("10.99.0.2", 0))`;
      execFileSync('ip', ['netns', 'exec', near, 'python3', '-c', unicast]);
      await eventually(
        () => heard().some((one) => one.dst === '10.99.0.2'),
        () => JSON.stringify(lines),
      );
      expect(heard().filter((one) => one.dst === '224.0.0.18' || one.dst === 'ff02::12')).toEqual([]);

      const joined = inside(far, ['python3', '-c', member]);
      await new Promise((resolve) => joined.stdout?.once('data', resolve));
      send();
      await eventually(
        () => heard().length >= 4,
        () => `${heard().length} ${stderr}`,
      );
      const four = heard().find(
        (one) => one.family === 'ipv4' && one.protocol === 112 && one.dst === '224.0.0.18',
      );
      expect(four).toMatchObject({
        src: '10.99.0.1',
        ttl: 255,
        interface: name === 'python' ? 'right0' : '?',
      });
      expect(Buffer.from(four?.header ?? []).toString('hex')).toBe(advert.slice(0, 16));
      const behindAh = heard().find((one) => one.protocol === 51);
      expect(Buffer.from(behindAh?.header ?? []).toString('hex')).toBe(advert.slice(0, 16));
      const six = heard().find((one) => one.family === 'ipv6');
      expect(six?.interface).toBe('right0');
      expect(six?.src).toMatch(/^fe80::/);
      if (name === 'python') expect(six).toMatchObject({ dst: 'ff02::12', ttl: 255 });
      await stop(joined);
      await stop(child);
    });

    test.each(['any', 'perl'] as const)('ARP probes find who holds an address (%s)', (interpreters) => {
      const command = arpProbeCommand(
        {
          interface: 'left0',
          addresses: ['10.99.0.100', '10.99.0.77', 'not an address'],
          intervalMs: 100,
          lingerMs: 150,
        },
        interpreters,
      );
      const run = spawnSync('ip', ['netns', 'exec', near, 'sh', '-c', command], { encoding: 'utf8' });
      const holder = execFileSync('ip', ['netns', 'exec', far, 'cat', '/sys/class/net/right0/address'], {
        encoding: 'utf8',
      });
      const result = readArpProbe(run.stdout);
      expect(result.problems).toEqual([]);
      expect(result.end).toBe('complete');
      const held = result.answers.find((one) => one.address === '10.99.0.100');
      expect(held?.sent).toBe(2);
      expect(held?.replies.map((reply) => reply.mac)).toEqual([holder.trim(), holder.trim()]);
      expect(result.answers.find((one) => one.address === '10.99.0.77')).toEqual({
        address: '10.99.0.77',
        sent: 2,
        replies: [],
      });
    });

    test.each(['any', 'perl'] as const)(
      'neighbour solicitations find who holds an IPv6 address (%s)',
      async (interpreters) => {
        const command = neighbourProbeCommand(
          {
            interface: 'left0',
            addresses: ['fd99::100', 'fe80::99:5', 'fd99::77'],
            intervalMs: 100,
            lingerMs: 150,
          },
          interpreters,
        );
        const ask = () =>
          readArpProbe(
            spawnSync('ip', ['netns', 'exec', near, 'sh', '-c', command], { encoding: 'utf8' }).stdout,
          );
        // A link-local address may be used only once its own duplicate check is through, about a second after `up`.
        await expect.poll(() => ask().problems, { timeout: 5000, interval: 200 }).toEqual([]);
        const holder = execFileSync('ip', ['netns', 'exec', far, 'cat', '/sys/class/net/right0/address'], {
          encoding: 'utf8',
        }).trim();
        const result = ask();
        expect(result.end).toBe('complete');
        expect(
          result.answers.map(({ address, sent, replies }) => [address, sent, replies.map(({ mac }) => mac)]),
        ).toEqual(
          expect.arrayContaining([
            ['fd99::100', 2, [holder, holder]],
            ['fe80::99:5', 2, [holder, holder]],
            ['fd99::77', 2, []],
          ]),
        );
      },
    );

    test('a program that cannot open its socket says so', () => {
      const run = spawnSync(
        'sh',
        ['-c', arpProbeCommand({ interface: 'no-such-if', addresses: ['10.99.0.1'] })],
        { encoding: 'utf8' },
      );
      expect(readArpProbe(run.stdout).problems.join()).toMatch(/No such device/);
    });

    test('cap on the loopback, in its own process, dies alone and comes back', async () => {
      const frames: HeardFrame[] = [];
      const problems: string[] = [];
      const ear = await startCapEar({
        interface: 'lo',
        filter: 'udp port 47112',
        onFrame: (frame) => frames.push(frame),
        onProblem: (text) => problems.push(text),
      });
      if (ear.kind === 'unavailable') {
        expect(ear.reason).toMatch(/not installed/);
        return;
      }
      const poke = () =>
        execFileSync('python3', [
          '-c',
          'import socket; socket.socket(2, 2).sendto(b"x" * 9, ("127.0.0.1", 47112))',
        ]);
      poke();
      await eventually(
        () => frames.length > 0,
        () => problems.join(),
      );
      expect(frames[0]?.linkType).toBe(1);
      const victim = ear.pid();
      expect(victim).toBeDefined();
      if (victim !== undefined) process.kill(victim, 'SIGABRT');
      await eventually(
        () => problems.some((text) => text.includes('SIGABRT')),
        () => problems.join(),
      );
      const heard = frames.length;
      poke();
      await eventually(
        () => frames.length > heard,
        () => problems.join(),
      );
      const last = ear.pid();
      await ear.stop();
      expect(existsSync(`/proc/${last}`)).toBe(false);
    });
  },
);
