/** Strangers on the segment: another keepalived group, a CARP speaker, a host that already has the VIP. */
import { spawn } from 'node:child_process';
import { eventually, labError, mustRun, run } from '../commands.ts';
import { furnishNode } from '../furnish.ts';
import { ensureImage } from '../image.ts';
import type { Lab } from '../lab.ts';
import { childrenOf, findLeader, mountRoot, startMachine } from '../machine.ts';
import { nodeNs } from '../names.ts';
import { addNamespace, macOf, pidsIn, plug, segmentBridge } from '../network.ts';
import { holdsAddress } from '../readiness.ts';
import type { NodePlan } from '../topology.ts';
import { firstVip, untilHolders } from './effects.ts';
import { type Fault, ipv4Topologies, multicastTopologies } from './fault.ts';

interface Stranger {
  readonly name: string;
  readonly number: number;
  readonly ip: string;
}

const strangers = {
  group: { name: 'foreign', number: 66, ip: '10.77.0.66' },
  carp: { name: 'carp', number: 67, ip: '10.77.0.67' },
  holder: { name: 'printer', number: 68, ip: '10.77.0.68' },
} as const satisfies Record<string, Stranger>;

const nsOf = (lab: Lab, stranger: Stranger): string => nodeNs(lab.names, stranger.name);

/** A namespace with one leg on the segment. */
const arrive = async (lab: Lab, stranger: Stranger): Promise<void> => {
  await addNamespace(nsOf(lab, stranger));
  await plug(lab.names, {
    port: `${stranger.name}-seg`,
    bridge: segmentBridge,
    ns: nsOf(lab, stranger),
    interface: 'eth1',
    mac: macOf('foreign', stranger.number),
    addresses: [`${stranger.ip}/24`],
  });
};

/** Ends its processes and takes its namespace, and with it its leg, away. */
const leave = async (lab: Lab, stranger: Stranger): Promise<void> => {
  const ns = nsOf(lab, stranger);
  const there = (await run(['ip', 'netns', 'list'])).stdout
    .split('\n')
    .some((line) => line.split(' ')[0] === ns);
  if (!there) return;
  await eventually(
    async () => {
      const pids = await pidsIn(ns);
      for (const pid of pids)
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone between the look and the kill.
        }
      return pids.length === 0 ? true : null;
    },
    { withinMs: 10_000, hope: `${stranger.name} is gone` },
  );
  await run(['ip', '-n', lab.names.switchNs, 'link', 'del', `${stranger.name}-seg`]);
  await mustRun(['ip', 'netns', 'del', ns]);
};

const foreignPlan = (lab: Lab, variant: string): NodePlan => {
  const [model] = lab.topology.nodes;
  const [instance] = model?.conf.instances ?? [];
  if (!model || !instance) throw labError('this topology has no instance to collide with');
  return {
    name: strangers.group.name,
    managementIp: '10.77.9.66',
    segmentIp: strangers.group.ip,
    segmentIp6: 'fd77::66',
    segmentInterface: 'eth1',
    firewall: 'none',
    conf: {
      globals: ['router_id somebody_else'],
      blocks: [],
      instances: [
        {
          ...instance,
          name: 'THEIRS',
          state: 'BACKUP',
          interface: 'eth1',
          priority: variant === 'higher-priority' ? 250 : 10,
          vips: ['10.77.0.166'],
          lines: [],
        },
      ],
    },
  };
};

export const vridCollisionForeignGroup: Fault = {
  id: 'vrid-collision-foreign-group',
  describe: 'a keepalived that is none of ours uses our VRID on the segment for another VIP',
  variants: ['higher-priority', 'lower-priority'],
  at: 'backup',
  topologies: multicastTopologies,
  inject: async ({ lab, variant }) => {
    const stranger = strangers.group;
    const plan = foreignPlan(lab, variant);
    await arrive(lab, stranger);
    await mustRun(['mkdir', '-p', `${lab.names.stateDir}/hostkeys`]);
    await mustRun([
      ...['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', stranger.name],
      ...['-f', `${lab.names.stateDir}/hostkeys/${stranger.name}`],
    ]);
    await mountRoot(lab.names, stranger.name, await ensureImage(() => undefined));
    await furnishNode(lab.names, plan);
    const keeperPid = await startMachine(lab.names, stranger.name);
    const leader = await findLeader(lab.names, stranger.name, () => childrenOf(keeperPid));
    // Its group and ours refuse each other's address lists (before 2.3.3), so both have a MASTER.
    await eventually(async () => ((await holdsAddress(leader, '10.77.0.166')) ? true : null), {
      withinMs: 15_000,
      hope: 'the foreign group has a MASTER',
    });
  },
  heal: async ({ lab }) => {
    const { name } = strangers.group;
    await leave(lab, strangers.group);
    for (const dir of ['root', 'layer'])
      await run(['umount', '--lazy', `${lab.names.stateDir}/nodes/${name}/${dir}`]);
    await mustRun(['rm', '-rf', '--one-file-system', `${lab.names.stateDir}/nodes/${name}`]);
    await mustRun([
      'rm',
      '-f',
      `${lab.names.stateDir}/hostkeys/${name}`,
      `${lab.names.stateDir}/hostkeys/${name}.pub`,
    ]);
  },
};

/**
 * CARP as OpenBSD's carp(4) sends it: IP protocol 112 like VRRP, version 2 type 1, then vhid, advskew, authlen 7,
 * a pad, advbase, checksum, a counter and a SHA-1 of 20 bytes: 36 bytes in all.
 */
const carpSpeaker = `
import os, socket, struct, sys, time
vhid, source = int(sys.argv[1]), sys.argv[2]
def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def carp(counter):
    def body(sum):
        return struct.pack('!BBBBBBHQ', 0x21, vhid, 0, 7, 0, 1, sum, counter) + digest
    digest = os.urandom(20)
    return body(checksum(body(0)))
def ip(payload):
    def head(sum):
        return struct.pack('!BBHHHBBH4s4s', 0x45, 0x10, 20 + len(payload), 0, 0x4000, 255, 112, sum,
                           socket.inet_aton(source), socket.inet_aton('224.0.0.18'))
    return head(checksum(head(0))) + payload
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('eth1', 0))
mac = bytes([0, 0, 0x5e, 0, 1, vhid])
counter = 1
while True:
    wire.send(bytes([1, 0, 0x5e, 0, 0, 0x12]) + mac + b'\\x08\\x00' + ip(carp(counter)))
    counter += 1
    time.sleep(1)
`;

export const carpCollision: Fault = {
  id: 'carp-vs-vrrp-collision',
  describe: 'a pfSense-like CARP host uses our VRID as its VHID on the segment',
  variants: ['same-number'],
  at: 'backup',
  topologies: ipv4Topologies,
  inject: async ({ lab }) => {
    await arrive(lab, strangers.carp);
    const vrid = String(lab.topology.expected[0]?.vrid ?? 1);
    const argv = [
      'netns',
      'exec',
      nsOf(lab, strangers.carp),
      'python3',
      '-c',
      carpSpeaker,
      vrid,
      strangers.carp.ip,
    ];
    const child = spawn('ip', argv, { stdio: 'ignore', detached: true });
    child.unref();
    await eventually(async () => ((await pidsIn(nsOf(lab, strangers.carp))).length > 0 ? true : null), {
      withinMs: 5000,
      hope: 'the CARP host speaks',
    });
  },
  heal: ({ lab }) => leave(lab, strangers.carp),
};

export const vipUsedByOtherHost: Fault = {
  id: 'vip-used-by-other-host',
  describe: 'a host that runs no VRRP has our VIP as its own address and answers for it',
  variants: ['answers-arp'],
  at: 'backup',
  topologies: [...ipv4Topologies, 'ipv6'],
  inject: async ({ lab }) => {
    await arrive(lab, strangers.holder);
    const vip = firstVip(lab);
    // By hand with a duplicate check the kernel would refuse it; a host that skips the check is the one that hurts.
    const address = vip.includes(':') ? [`${vip}/64`, 'nodad'] : [`${vip}/24`];
    await mustRun(['ip', '-n', nsOf(lab, strangers.holder), 'addr', 'add', ...address, 'dev', 'eth1']);
    await untilHolders(lab, 'our own cluster is undisturbed', (holders) => holders.length === 1);
  },
  heal: ({ lab }) => leave(lab, strangers.holder),
};
