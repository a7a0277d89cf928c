/**
 * Namespaces of our own in which real packets meet real rulesets: a peer, a plain host and a host behind a bridge.
 * Knows how to load a ruleset, send, listen and read the rulesets back. Everything is removed again by `close`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PacketUnderTest } from '../../../src/netfilter/packet.ts';
import type { Variant } from './variants.ts';

const prefix = `vdnf-${process.pid}`;
export const peer = `${prefix}-peer`;
const hosts = { plain: `${prefix}-plain`, bridge: `${prefix}-bridge` } as const;
const nets = { plain: 1, bridge: 2 } as const;
const messengerScript = fileURLToPath(new URL('./messenger.py', import.meta.url));
const python =
  ['/usr/bin/python3', '/usr/libexec/platform-python', 'python3'].find(
    (path) => !path.startsWith('/') || existsSync(path),
  ) ?? 'python3';

export type Topology = Variant['topology'];
export type Direction = PacketUnderTest['direction'];
export type Delivery = PacketUnderTest['delivery'];
export type Family = PacketUnderTest['family'];

export function sh(script: string, namespace?: string): string {
  const argv =
    namespace === undefined ? ['sh', '-ec', script] : ['ip', 'netns', 'exec', namespace, 'sh', '-ec', script];
  const [program, ...args] = argv;
  return execFileSync(program ?? 'sh', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Why the comparison cannot be made here; undefined when it can. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to make network namespaces';
  const missing = ['ip', 'nft', 'iptables-legacy', 'iptables-nft'].filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  const probe = spawnSync('sh', [
    '-c',
    `ip netns add ${prefix}-probe && ip netns exec ${prefix}-probe nft list ruleset; code=$?; ip netns del ${prefix}-probe; exit $code`,
  ]);
  return probe.status === 0 ? undefined : 'cannot make network namespaces with nftables here';
}

interface Messenger {
  readonly child: ChildProcess;
  ask(command: object): Promise<Readonly<Record<string, unknown>>>;
}

async function startMessenger(namespace: string, interfaces: readonly string[]): Promise<Messenger> {
  const child = spawn('ip', ['netns', 'exec', namespace, python, messengerScript, ...interfaces], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let buffer = '';
  const waiting: ((line: string) => void)[] = [];
  const lines: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    buffer += chunk.toString();
    const parts = buffer.split('\n');
    buffer = parts.pop() ?? '';
    for (const part of parts) {
      const waiter = waiting.shift();
      if (waiter === undefined) lines.push(part);
      else waiter(part);
    }
  });
  const nextLine = (): Promise<string> => {
    const line = lines.shift();
    return line !== undefined ? Promise.resolve(line) : new Promise((resolve) => waiting.push(resolve));
  };
  await nextLine();
  return {
    child,
    async ask(command) {
      child.stdin?.write(`${JSON.stringify(command)}\n`);
      return JSON.parse(await nextLine()) as Readonly<Record<string, unknown>>;
    },
  };
}

function makeHost(topology: Topology): string {
  const host = hosts[topology];
  const net = nets[topology];
  const device = topology === 'plain' ? 'eth0' : 'br0';
  const peerDevice = `eth${net}`;
  const many = Array.from({ length: 240 }, (_, index) => index + 10);
  return `
ip netns add ${host}
ip -n ${host} link add eth0 address 02:00:00:00:0${net}:01 type veth peer name ${peerDevice} address 02:00:00:00:0${net}:02 netns ${peer}
ip -n ${host} link set lo up
${topology === 'bridge' ? `ip -n ${host} link add br0 address 02:00:00:00:02:0b type bridge mcast_snooping 0\nip -n ${host} link set eth0 master br0\nip -n ${host} link set br0 up` : ''}
ip netns exec ${host} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.${device}.rp_filter=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.${device}.accept_dad=0 net.ipv6.conf.eth0.accept_dad=0
ip netns exec ${peer} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${peerDevice}.rp_filter=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.${peerDevice}.accept_dad=0
ip -n ${host} link set eth0 up
ip -n ${peer} link set ${peerDevice} up
ip -n ${host} addr add 10.99.${net}.1/24 dev ${device}
ip -n ${host} addr add fe80::${net}:1/64 dev ${device} nodad
ip -n ${peer} addr add fe80::${net}:2/64 dev ${peerDevice} nodad
ip -n ${host} -batch - <<EOF
${[2, ...many].map((last) => `neigh replace 10.99.${net}.${last} lladdr 02:00:00:00:0${net}:02 nud permanent dev ${device}`).join('\n')}
neigh replace fe80::${net}:2 lladdr 02:00:00:00:0${net}:02 nud permanent dev ${device}
EOF
ip -n ${peer} -batch - <<EOF
${[2, ...many].map((last) => `addr add 10.99.${net}.${last}/24 dev ${peerDevice}`).join('\n')}
neigh replace 10.99.${net}.1 lladdr ${topology === 'bridge' ? '02:00:00:00:02:0b' : '02:00:00:00:01:01'} nud permanent dev ${peerDevice}
neigh replace fe80::${net}:1 lladdr ${topology === 'bridge' ? '02:00:00:00:02:0b' : '02:00:00:00:01:01'} nud permanent dev ${peerDevice}
EOF
`;
}

export interface Readings {
  readonly nftJson: string;
  readonly nftListing: string;
  readonly legacy4: string;
  readonly legacy6: string;
  readonly nft4: string;
  readonly nft6: string;
}

const clean = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^# (Generated|Completed|Warning)/.test(line))
    .join('\n');

export interface Field {
  load(variant: Variant): void;
  clear(topology: Topology): void;
  read(topology: Topology): Readings;
  run(topology: Topology, command: string): void;
  packetFor(topology: Topology, direction: Direction, delivery: Delivery, family: Family): PacketUnderTest;
  /** Empties the host's connection table. */
  forget(topology: Topology): Promise<void>;
  /** How many of the packets arrived at a socket. */
  send(topology: Topology, packet: PacketUnderTest, count: number): Promise<number>;
  close(): void;
}

export async function openField(): Promise<Field> {
  sh(`ip netns add ${peer} && ip -n ${peer} link set lo up`);
  for (const topology of ['plain', 'bridge'] as const) sh(makeHost(topology));
  const messengers = {
    peer: await startMessenger(peer, ['eth1', 'eth2']),
    plain: await startMessenger(hosts.plain, ['eth0']),
    bridge: await startMessenger(hosts.bridge, ['br0']),
  };
  let last = 9;
  const acceptAll = ['raw', 'mangle', 'nat', 'filter', 'security']
    .map((table) => {
      const chains =
        {
          raw: 'PREROUTING OUTPUT',
          mangle: 'PREROUTING INPUT FORWARD OUTPUT POSTROUTING',
          nat: 'PREROUTING INPUT OUTPUT POSTROUTING',
          filter: 'INPUT FORWARD OUTPUT',
          security: 'INPUT FORWARD OUTPUT',
        }[table] ?? '';
      return `*${table}\n${chains
        .split(' ')
        .map((chain) => `:${chain} ACCEPT`)
        .join('\n')}\nCOMMIT`;
    })
    .join('\n');
  return {
    load: (variant) => void sh(variant.setup, hosts[variant.topology]),
    clear: (topology) =>
      void sh(
        `nft flush ruleset\nfor p in iptables ip6tables; do [ -z "$($p-legacy-save)" ] || $p-legacy-restore <<'EOF'\n${acceptAll}\nEOF\ndone`,
        hosts[topology],
      ),
    run: (topology, command) => void sh(command, hosts[topology]),
    read(topology) {
      const marker = '=====8<=====';
      const out = sh(
        `nft -j list ruleset; for c in "nft list ruleset" "iptables-legacy-save -c" "ip6tables-legacy-save -c" "iptables-nft-save -c" "ip6tables-nft-save -c"; do echo '${marker}'; $c 2>/dev/null; done`,
        hosts[topology],
      );
      const [nftJson = '', nftListing = '', legacy4 = '', legacy6 = '', nft4 = '', nft6 = ''] = out.split(
        `${marker}\n`,
      );
      return {
        nftJson,
        nftListing,
        legacy4: clean(legacy4),
        legacy6: clean(legacy6),
        nft4: clean(nft4),
        nft6: clean(nft6),
      };
    },
    packetFor(topology, direction, delivery, family) {
      const net = nets[topology];
      last = last >= 248 ? 10 : last + 1;
      const six = family === 'ipv6';
      const host = six ? `fe80::${net}:1` : `10.99.${net}.1`;
      const far = six
        ? `fe80::${net}:2`
        : delivery === 'multicast'
          ? `10.99.${net}.2`
          : `10.99.${net}.${last}`;
      const group = six ? 'ff02::12' : '224.0.0.18';
      const incoming = direction === 'in';
      const destination = delivery === 'multicast' ? group : incoming ? host : far;
      return {
        family,
        direction,
        delivery,
        interface: 'eth0',
        ...(topology === 'bridge' ? { bridgeMaster: 'br0' } : {}),
        src: incoming ? far : host,
        dst: destination,
        protocol: 112,
        ttl: 255,
        srcMac: incoming
          ? `02:00:00:00:0${net}:02`
          : topology === 'bridge'
            ? '02:00:00:00:02:0b'
            : '02:00:00:00:01:01',
        lengthBytes: six ? 60 : 40,
        dscp: 48,
        socketUid: 0,
        socketGid: 0,
        localAddresses: [host],
        transport: [0x21, 51, 100, 1, 0, 1, 0, 0, 10, 99, 1, 100],
      };
    },
    async forget(topology) {
      const { error } = await messengers[topology].ask({ op: 'forget' });
      if (error !== 0) throw new Error(`the connection table could not be emptied: ${String(error)}`);
    },
    async send(topology, packet, count) {
      const incoming = packet.direction === 'in';
      const [sender, receiver] = incoming
        ? [messengers.peer, messengers[topology]]
        : [messengers[topology], messengers.peer];
      const device = incoming ? `eth${nets[topology]}` : topology === 'bridge' ? 'br0' : 'eth0';
      await sender.ask({ op: 'send', interface: device, src: packet.src, dst: packet.dst, count });
      const { seen } = await receiver.ask({ op: 'drain', expected: count, wait: 0.06 });
      return Number(seen);
    },
    close() {
      for (const messenger of Object.values(messengers)) messenger.child.kill();
      for (const namespace of [peer, hosts.plain, hosts.bridge]) spawnSync('ip', ['netns', 'del', namespace]);
    },
  };
}
