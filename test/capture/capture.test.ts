// The pure part of listening: what is built for the shell, and what is read back.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arpProbeCommand, readArpProbe } from '../../src/capture/arp-probe.ts';
import { createCapRecordReader } from '../../src/capture/cap-child.ts';
import { createEarReader, earCommand, readDropped } from '../../src/capture/ear.ts';
import { neighbourProbeCommand } from '../../src/capture/neighbour-probe.ts';
import { startCapEar } from '../../src/capture/observer-cap.ts';
import { chooseLocalInterface, readAddresses } from '../../src/capture/observer-local.ts';
import { cookedFilter, snapBytes } from '../../src/capture/packet-filter.ts';
import { readWitnessLine, witnessCommand } from '../../src/capture/witness.ts';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';

describe('the filter of the packet socket', () => {
  /** Classic BPF as far as the filter uses it: protocol load, byte load, jump if equal, return. */
  const judge = (etherType: number, packet: readonly number[]): number => {
    let accumulator = 0;
    for (let at = 0; at < cookedFilter.length; at += 1) {
      const step = cookedFilter[at];
      if (step === undefined) break;
      if (step.code === 0x28) accumulator = etherType;
      else if (step.code === 0x30) {
        const byte = packet[step.k];
        if (byte === undefined) return 0;
        accumulator = byte;
      } else if (step.code === 0x15) at += accumulator === step.k ? step.jumpTrue : step.jumpFalse;
      else return step.k;
    }
    throw new Error('the filter ran past its end');
  };
  const ipv4 = (protocol: number) => [0x45, 0, 0, 0, 0, 0, 0, 0, 255, protocol];
  const ipv6 = (next: number, first = 0) => [
    0x60,
    0,
    0,
    0,
    0,
    0,
    next,
    255,
    ...Array<number>(32).fill(0),
    first,
  ];

  test.each([
    ['ARP', 0x0806, [], 'kept'],
    ['VRRP', 0x0800, ipv4(112), 'kept'],
    ['AH', 0x0800, ipv4(51), 'kept'],
    ['IGMP', 0x0800, ipv4(2), 'kept'],
    ['TCP', 0x0800, ipv4(6), 'dropped'],
    ['VRRP over IPv6', 0x86dd, ipv6(112), 'kept'],
    ['neighbour advertisement', 0x86dd, ipv6(58, 136), 'kept'],
    ['MLD behind hop-by-hop', 0x86dd, ipv6(0, 58), 'kept'],
    ['IPv6 ping', 0x86dd, ipv6(58, 128), 'dropped'],
    ['UDP over IPv6', 0x86dd, ipv6(17), 'dropped'],
    ['LLDP', 0x88cc, [], 'dropped'],
    ['a stump', 0x0800, [0x45], 'dropped'],
  ] as const)('%s is %4$s', (_name, etherType, packet, outcome) => {
    expect(judge(etherType, packet)).toBe(outcome === 'kept' ? snapBytes : 0);
  });
});

describe('shell text', () => {
  const commands = [
    earCommand(),
    earCommand({ interface: "e'; touch /tmp/owned; '", methods: 'packet-socket' }),
    witnessCommand(),
    witnessCommand('perl'),
    arpProbeCommand({ interface: '$(id)', addresses: ['10.0.0.1'] }),
    neighbourProbeCommand({ interface: '$(id)', addresses: ['fd00::1'] }),
    neighbourProbeCommand({ interface: 'eth0', addresses: ['fd00::1'] }, 'perl'),
  ];
  test.each(commands.map((command, index) => [index, command] as const))(
    'number %i is valid for sh',
    (_index, command) => {
      expect(spawnSync('sh', ['-n', '-c', command], { encoding: 'utf8' }).stderr).toBe('');
    },
  );

  test('a node without tcpdump and interpreters is told by the exit status', () => {
    const empty = { ...process.env, PATH: '/nonexistent' };
    const bare = (command: string) => command.replace(/^PATH=[^;]*;/, 'PATH=/nonexistent;');
    for (const command of [earCommand(), witnessCommand()]) {
      // platform-python is the one interpreter looked for by path.
      const run = spawnSync(
        '/bin/sh',
        ['-c', bare(command).replaceAll('/usr/libexec/platform-python', 'none')],
        { env: empty },
      );
      expect(run.status).toBe(96);
    }
  });

  test('only IPv4 addresses are probed', () => {
    const command = arpProbeCommand({
      interface: 'eth0',
      addresses: ['10.0.0.1', '10.0.0.1', 'fe80::1', '256.1.1.1', "1.2.3.4'x", '1.2.3'],
    });
    expect(command).toContain('eth0 2 200 300 10.0.0.1');
    expect(command).not.toMatch(/fe80|256\.1|1\.2\.3/);
  });
});

test('only IPv6 addresses are solicited, as bytes and as they were asked for', () => {
  const command = neighbourProbeCommand({
    interface: 'eth0',
    addresses: ['fd00::5', 'fd00::5', '10.0.0.1', 'fe80::1%eth0', "fd00::6'x", ''],
  });
  expect(command).toContain('eth0 2 200 300 fd000000000000000000000000000005/fd00::5');
  expect(command).not.toMatch(/10\.0\.0\.1|fe80::1|fd00::6/);
});

test('an ear listens once the header of its capture is there', () => {
  const reader = createEarReader();
  const header = writePcapHeader(276);
  const record = writePcapRecord({
    atNs: 1_795_200_551_000_000_007n,
    bytes: Uint8Array.of(1, 2, 3),
    originalLength: 3,
  });
  expect(reader.push(header.subarray(0, 10))).toEqual([]);
  expect(reader.listening()).toBe('not-yet');
  reader.push(header.subarray(10));
  expect(reader.listening()).toBe('yes');
  expect(reader.push(record)).toEqual([
    { atNs: 1_795_200_551_000_000_007n, linkType: 276, bytes: Uint8Array.of(1, 2, 3) },
  ]);
  expect(reader.end()).toEqual([]);
  expect(readDropped('3 packets captured\n7 packets dropped by kernel\n')).toBe(7);
  expect(readDropped('killed')).toBe('unknown');
});

describe('lines of the witness', () => {
  test('a delivery', () => {
    expect(
      readWitnessLine('p 1795200551000000007 4 112 eth0 10.0.0.1 224.0.0.18 255 2133960101010000'),
    ).toEqual({
      kind: 'delivery',
      delivery: {
        atNs: 1795200551000000007n,
        family: 'ipv4',
        protocol: 112,
        interface: 'eth0',
        src: '10.0.0.1',
        dst: '224.0.0.18',
        ttl: 255,
        header: Uint8Array.of(0x21, 0x33, 0x96, 1, 1, 1, 0, 0),
      },
    });
  });

  test('what could not be told, and what is no delivery', () => {
    const line = readWitnessLine('p 1 6 112 ? fe80::1 ? ? -');
    expect(line).toMatchObject({
      delivery: { interface: '?', dst: '?', ttl: 'unknown', header: new Uint8Array(0) },
    });
    expect(readWitnessLine('ready python3.6')).toEqual({ kind: 'ready', interpreter: 'python3.6' });
    expect(readWitnessLine('fail Operation not permitted')).toEqual({
      kind: 'problem',
      text: 'Operation not permitted',
    });
    for (const odd of [
      '',
      'p',
      'p x 4 112 a b c 1 00',
      'p 1 5 112 a b c 1 00',
      'p 1 4 6 a b c 1 00',
      'motd: welcome',
    ]) {
      expect(readWitnessLine(odd)).toBeUndefined();
    }
  });

  test('never more than eight bytes of header, never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]*$/)), (text) => {
        const line = readWitnessLine(`p 1 4 112 a b c 1 ${text}`);
        expect(line?.kind === 'delivery' ? line.delivery.header.length : 0).toBeLessThanOrEqual(8);
      }),
    );
  });
});

test('every MAC that answers an ARP probe is kept', () => {
  const text = [
    'ready python',
    'sent 1 10.0.0.5',
    'reply 2 10.0.0.5 02:00:00:00:00:01',
    'reply 3 10.0.0.5 02:00:00:00:00:02',
    'sent 4 10.0.0.5',
    'reply 5 10.0.0.5 nonsense',
    'end',
  ].join('\n');
  expect(readArpProbe(text)).toEqual({
    answers: [
      {
        address: '10.0.0.5',
        sent: 2,
        replies: [
          { mac: '02:00:00:00:00:01', atNs: 2n },
          { mac: '02:00:00:00:00:02', atNs: 3n },
        ],
      },
    ],
    end: 'complete',
    problems: [],
  });
  expect(readArpProbe('fail No such device').problems).toEqual(['No such device']);
  expect(readArpProbe('').end).toBe('cut-off');
});

describe('the interface of this machine', () => {
  const local = [
    { interface: 'lo', cidr: '127.0.0.1/8' },
    { interface: 'eth0', cidr: '10.0.0.7/24' },
    { interface: 'eth0', cidr: 'fe80::7/64' },
    { interface: 'eth1', cidr: '10.0.0.8/16' },
    { interface: 'vip0', cidr: '10.1.0.5/32' },
    { interface: 'eth2', cidr: 'fd00::2/64' },
  ];
  test.each([
    [{ wanted: 'wg0', local, addresses: [] }, 'wg0'],
    [{ local, addresses: ['10.0.0.1'] }, 'eth0'],
    [{ local, addresses: ['10.0.9.1'] }, 'eth1'],
    [{ local, addresses: ['192.0.2.1', 'fd00::9'] }, 'eth2'],
  ])('%j → %s', (wish, name) => {
    expect(chooseLocalInterface(wish)).toMatchObject({ kind: 'chosen', interface: name });
  });
  test('reads the addresses of another host', () => {
    const said = [
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
      '3: eth1    inet 10.0.0.15/24 brd 10.0.0.255 scope global eth1\\       valid_lft forever',
      '3: eth1    inet6 fd77::15/64 scope global \\       valid_lft forever',
      '4: tun0    inet 10.9.0.1 peer 10.9.0.2/32 scope global tun0',
    ].join('\n');
    expect(readAddresses(said)).toEqual([
      { interface: 'lo', cidr: '127.0.0.1/8' },
      { interface: 'eth1', cidr: '10.0.0.15/24' },
      { interface: 'eth1', cidr: 'fd77::15/64' },
    ]);
  });
  test.each([[['10.1.0.5']], [['fe80::1']], [['127.0.0.2']], [['not an address']], [[]]])(
    'none for %j',
    (addresses) => {
      expect(chooseLocalInterface({ local, addresses }).kind).toBe('none');
    },
  );
});

describe('cap in a process of its own', () => {
  test('records are read whatever the pieces, and a mad length ends the reading', () => {
    const record = (frame: readonly number[]) => [
      0,
      0,
      0,
      frame.length,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      0,
      0,
      1,
      ...frame,
    ];
    const stream = Uint8Array.from([...record([]), ...record([7, 8, 9])]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (pieceBytes) => {
        const read = createCapRecordReader();
        const records = [];
        for (let at = 0; at < stream.length; at += pieceBytes) {
          const found = read(stream.subarray(at, at + pieceBytes));
          if (found !== 'corrupt') records.push(...found);
        }
        expect(records).toEqual([
          { atNs: 256n, linkType: 1, bytes: new Uint8Array(0) },
          { atNs: 256n, linkType: 1, bytes: Uint8Array.of(7, 8, 9) },
        ]);
      }),
    );
    expect(createCapRecordReader()(new Uint8Array(14).fill(255))).toBe('corrupt');
  });

  test('a module that does not load makes the ear unavailable, with the reason', async () => {
    const started = await startCapEar({
      interface: 'lo',
      modulePath: '/no/such/module',
      onFrame: () => {},
      onProblem: () => {},
    });
    expect(started).toMatchObject({ kind: 'unavailable' });
    expect(started.kind === 'unavailable' && started.reason).toMatch(/exit status 1/);
  });
});
