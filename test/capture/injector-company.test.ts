// What runs beside the injector: the stopwatch's filter and command, and the lines of `ip monitor`.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostMonitorCommand, readMonitorLine } from '../../src/capture/host-monitor.ts';
import { snapBytes } from '../../src/capture/packet-filter.ts';
import { stopwatchCommand, stopwatchFilter } from '../../src/capture/stopwatch.ts';

describe('the filter of the stopwatch', () => {
  /** Classic BPF as far as it is used here: half-word and byte loads, jump if equal, return. */
  const judge = (frame: readonly number[]): number => {
    let accumulator = 0;
    for (let at = 0; at < stopwatchFilter.length; at += 1) {
      const step = stopwatchFilter[at];
      if (step === undefined) break;
      const { code, jumpTrue, jumpFalse, k } = step;
      if (code === 0x28) accumulator = ((frame[k] ?? 0) << 8) | (frame[k + 1] ?? 0);
      else if (code === 0x30) accumulator = frame[k] ?? 0;
      else if (code === 0x15) at += accumulator === k ? jumpTrue : jumpFalse;
      else return k;
    }
    throw new Error('the filter ran past its end');
  };
  const ethernet = (type: number, ...rest: readonly number[]) => [
    ...Array<number>(12).fill(0),
    type >> 8,
    type & 0xff,
    ...rest,
  ];
  const ipv4 = (protocol: number) => ethernet(0x0800, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol);
  const ipv6 = (next: number) => ethernet(0x86dd, 0x60, 0, 0, 0, 0, 0, next);

  it.each([
    ['ARP', ethernet(0x0806), 'kept'],
    ['ICMP', ipv4(1), 'kept'],
    ['VRRP', ipv4(112), 'kept'],
    ['AH', ipv4(51), 'kept'],
    ['TCP', ipv4(6), 'dropped'],
    ['VRRP over IPv6', ipv6(112), 'kept'],
    ['ICMPv6', ipv6(58), 'kept'],
    ['AH over IPv6', ipv6(51), 'kept'],
    ['hop-by-hop', ipv6(0), 'kept'],
    ['UDP over IPv6', ipv6(17), 'dropped'],
    ['LLDP', ethernet(0x88cc), 'dropped'],
  ] as const)('%s is %3$s', (_name, frame, outcome) => {
    expect(judge(frame)).toBe(outcome === 'kept' ? snapBytes : 0);
  });
});

describe('commands', () => {
  it.each([
    stopwatchCommand({ interface: 'eth0', vip: '10.0.0.5' }),
    stopwatchCommand({ interface: "e'0", vip: 'fd77::5', methods: 'packet-socket' }),
    hostMonitorCommand('10.0.0.5'),
  ])('are shell text', (command) => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: command, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('the stopwatch keeps the echoes of the VIP and no others', () => {
    expect(stopwatchCommand({ interface: 'eth0', vip: '10.0.0.5' })).toContain('icmp and host 10.0.0.5');
    expect(stopwatchCommand({ interface: 'eth0', vip: 'fd77::5' })).toContain('icmp6 and host fd77::5');
  });
});

describe('lines of ip monitor', () => {
  const atNs = BigInt(Date.UTC(2026, 10, 20, 20, 11, 33)) * 1_000_000n + 758_398_000n;

  it.each([
    [
      '[2026-11-20T20:11:33.758398] 3: eth1    inet 10.77.0.5/32 scope global eth1\\       valid_lft forever',
      { kind: 'address-added', interface: 'eth1', address: '10.77.0.5' },
    ],
    [
      '[2026-11-20T20:11:33.758398] Deleted 3: eth1@if5    inet6 fd77::5/64 scope global \\       valid_lft forever',
      { kind: 'address-removed', interface: 'eth1', address: 'fd77::5' },
    ],
    [
      '[2026-11-20T20:11:33.758398] 10.77.0.5 dev seg0 lladdr 02:76:64:00:00:02 STALE',
      {
        kind: 'neighbour-changed',
        interface: 'seg0',
        address: '10.77.0.5',
        mac: '02:76:64:00:00:02',
        state: 'STALE',
      },
    ],
    [
      '[2026-11-20T20:11:33.758398] [NEIGH]10.77.0.5 dev seg0 FAILED ',
      { kind: 'neighbour-changed', interface: 'seg0', address: '10.77.0.5', state: 'FAILED' },
    ],
    [
      '[2026-11-20T20:11:33.758398] Deleted fe80::1 dev seg0 lladdr 02:76:64:00:00:02 router STALE',
      { kind: 'neighbour-changed', interface: 'seg0', address: 'fe80::1', state: 'DELETED' },
    ],
  ])('%s', (line, expected) => {
    expect(readMonitorLine('n1', line)).toEqual({
      at: { clock: 'n1', ns: atNs },
      ...expected,
      line: line.trimEnd(),
    });
  });

  it.each([
    '',
    'Cannot open netlink socket: Permission denied',
    '[2026-13-40T99:99:99.000000] 10.0.0.5 dev eth0 STALE',
    '[2026-11-20T20:11:33.758398] 2: eth0: <BROADCAST,MULTICAST,UP> mtu 1500',
  ])('about something else are none: %s', (line) => {
    expect(readMonitorLine('n1', line)).toBeUndefined();
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        const event = readMonitorLine('n1', `[2026-11-20T20:11:33.758398] ${rest}`);
        expect(event === undefined || event.at.ns === atNs).toBe(true);
      }),
    );
  });
});
