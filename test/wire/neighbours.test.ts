import { describe, expect, it } from 'vitest';
import { type Content, decodePacket } from '../../src/wire/packet.ts';
import {
  address,
  arpMessage,
  bytesOf,
  ethernet,
  ipv4,
  ipv6,
  neighbourMessage,
  word,
} from './frame-encoder.ts';

const arp = (message: Uint8Array): Content => decodePacket(1, ethernet(0x0806, message)).content;
const icmp6 = (payload: Uint8Array, src = 'fe80::1'): Content =>
  decodePacket(101, ipv6({ nextHeader: 58, payload, src })).content;
const igmp = (payload: Uint8Array): Content => decodePacket(101, ipv4({ protocol: 2, payload })).content;

describe('ARP', () => {
  it('reads every field of an announcement as keepalived sends it', () => {
    expect(arp(arpMessage(1, '192.0.2.100', '192.0.2.100'))).toEqual({
      kind: 'arp',
      operation: 1,
      senderMac: '02:00:00:00:00:0a',
      senderIp: '192.0.2.100',
      targetMac: 'ff:ff:ff:ff:ff:ff',
      targetIp: '192.0.2.100',
      gratuitous: 'request',
    });
  });

  it.each([
    [2, '192.0.2.100', '192.0.2.100', 'reply'],
    [1, '0.0.0.0', '192.0.2.100', 'probe'],
    [1, '192.0.2.1', '192.0.2.100', 'no'],
    [2, '192.0.2.1', '192.0.2.100', 'no'],
    [3, '192.0.2.1', '192.0.2.1', 'no'],
  ] as const)('operation %i from %s for %s: gratuitous %s', (operation, sender, target, gratuitous) => {
    expect(arp(arpMessage(operation, sender, target))).toMatchObject({ gratuitous });
  });

  it('leaves other address types undecoded and says so', () => {
    const message = arpMessage(1, '192.0.2.1', '192.0.2.2');
    message[4] = 8;
    const packet = decodePacket(1, ethernet(0x0806, message));
    expect(packet).toMatchObject({
      content: { kind: 'other' },
      problems: [{ layer: 'arp', code: 'unsupported-address-type' }],
    });
  });
});

describe('neighbour discovery', () => {
  it('reads an unsolicited advertisement with its flags and target address option', () => {
    expect(icmp6(neighbourMessage(136, 0xa0, '2001:db8::56'))).toEqual({
      kind: 'nd',
      message: 'advertisement',
      target: '2001:db8::56',
      flags: { router: true, solicited: false, override: true },
      targetMac: '02:00:00:00:00:0a',
      gratuitous: 'unsolicited',
    });
  });

  it('tells solicited advertisements, solicitations and duplicate address probes apart', () => {
    expect(icmp6(neighbourMessage(136, 0x60, 'fe80::56'))).toMatchObject({
      gratuitous: 'no',
      flags: { solicited: true },
    });
    expect(icmp6(neighbourMessage(135, 0, 'fe80::56'))).toMatchObject({
      gratuitous: 'no',
      sourceMac: '02:00:00:00:00:0a',
    });
    expect(icmp6(neighbourMessage(135, 0, 'fe80::56').subarray(0, 24), '::')).toMatchObject({
      gratuitous: 'probe',
    });
  });

  it('stops at an option of length zero instead of looping', () => {
    const payload = bytesOf(neighbourMessage(135, 0, 'fe80::56').subarray(0, 24), [1, 0, 1, 2, 3, 4, 5, 6]);
    const packet = decodePacket(101, ipv6({ nextHeader: 58, payload }));
    expect(packet).toMatchObject({
      content: { kind: 'nd' },
      problems: [{ layer: 'nd', code: 'bad-length' }],
    });
  });
});

describe('membership', () => {
  const group = address('224.0.0.18');
  const group6 = address('ff02::12');
  const asks = (sourceCount = 0) => [{ group: '224.0.0.18', meaning: 'asks', sourceCount }];

  it.each([
    ['v1 query', [0x11, 0, 0, 0, ...group], { version: 1, message: 'query', groups: asks() }],
    [
      'v2 query',
      [0x11, 100, 0, 0, ...group],
      { version: 2, message: 'query', groups: asks(), maxResponseMs: 10_000 },
    ],
    [
      'v3 query with a floating-point response time',
      [0x11, 0x80, 0, 0, ...group, 0, 125, 0, 0],
      { version: 3, message: 'query', groups: asks(), maxResponseMs: 12_800 },
    ],
    [
      'v1 report',
      [0x12, 0, 0, 0, ...group],
      { version: 1, message: 'report', groups: [{ meaning: 'joins' }] },
    ],
    [
      'v2 report',
      [0x16, 0, 0, 0, ...group],
      { version: 2, message: 'report', groups: [{ meaning: 'joins' }] },
    ],
    [
      'v2 leave',
      [0x17, 0, 0, 0, ...group],
      { version: 2, message: 'leave', groups: [{ meaning: 'leaves' }] },
    ],
  ] as const)('IGMP %s', (_name, bytes, expected) => {
    expect(igmp(Uint8Array.from(bytes))).toMatchObject({ kind: 'igmp', ...expected });
  });

  it('reads IGMPv3 records: joins, leaves, source filters, and past auxiliary data', () => {
    const source = address('198.51.100.7');
    const records = [
      [4, 0, ...word(0), ...group],
      [3, 1, ...word(0), ...group, 9, 9, 9, 9],
      [5, 0, ...word(1), ...group, ...source],
      [2, 0, ...word(1), ...group, ...source],
    ];
    expect(igmp(bytesOf(0x22, 0, [0, 0, 0, 0], word(4), ...records))).toEqual({
      kind: 'igmp',
      version: 3,
      message: 'report',
      groups: [
        { group: '224.0.0.18', meaning: 'joins', sourceCount: 0 },
        { group: '224.0.0.18', meaning: 'leaves', sourceCount: 0 },
        { group: '224.0.0.18', meaning: 'filters', sourceCount: 1 },
        { group: '224.0.0.18', meaning: 'joins', sourceCount: 1 },
      ],
    });
  });

  it('says when a report promises more records than it holds', () => {
    const payload = bytesOf(0x22, 0, [0, 0, 0, 0], word(65_535), [4, 0, 0, 0, ...group]);
    const packet = decodePacket(101, ipv4({ protocol: 2, payload }));
    expect(packet.content).toMatchObject({ groups: [{ meaning: 'joins' }] });
    expect(packet.problems).toMatchObject([{ layer: 'igmp', code: 'truncated' }]);
  });

  it.each([
    [
      'v1 query',
      [130, 0, 0, 0, ...word(1000), 0, 0, ...group6],
      { version: 1, message: 'query', maxResponseMs: 1000 },
    ],
    [
      'v2 query',
      [130, 0, 0, 0, ...word(0x8000), 0, 0, ...group6, 2, 125, 0, 0],
      { version: 2, message: 'query', maxResponseMs: 32_768 },
    ],
    ['v1 report', [131, 0, 0, 0, 0, 0, 0, 0, ...group6], { version: 1, message: 'report' }],
    ['done', [132, 0, 0, 0, 0, 0, 0, 0, ...group6], { version: 1, message: 'leave' }],
    ['v2 report', [143, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, ...group6], { version: 2, message: 'report' }],
  ] as const)('MLD %s', (_name, bytes, expected) => {
    expect(icmp6(Uint8Array.from(bytes))).toMatchObject({
      kind: 'mld',
      groups: [{ group: 'ff02::12' }],
      ...expected,
    });
  });
});

describe('ICMP, TCP, UDP', () => {
  it('reads echo numbers and what an error quotes', () => {
    const echo = bytesOf(8, 0, [0, 0], word(77), word(3));
    expect(decodePacket(101, ipv4({ protocol: 1, payload: echo })).content).toEqual({
      kind: 'icmp',
      version: 4,
      type: 8,
      code: 0,
      identifier: 77,
      sequence: 3,
    });
    const quoted = ipv4({ protocol: 112, dst: '192.0.2.2', payload: new Uint8Array(8) });
    const error = bytesOf(3, 2, [0, 0, 0, 0, 0, 0], quoted);
    expect(decodePacket(101, ipv4({ protocol: 1, payload: error })).content).toEqual({
      kind: 'icmp',
      version: 4,
      type: 3,
      code: 2,
      quoted: { src: '192.0.2.1', dst: '192.0.2.2', protocol: 112 },
    });
    const quoted6 = ipv6({ nextHeader: 112, payload: new Uint8Array(8) });
    expect(icmp6(bytesOf(1, 1, [0, 0, 0, 0, 0, 0], quoted6))).toMatchObject({
      version: 6,
      quoted: { src: 'fe80::1', dst: 'ff02::12', protocol: 112 },
    });
  });

  it('reads ports and TCP flags', () => {
    const tcp = bytesOf(word(40_000), word(80), new Uint8Array(8), 0x50, 0x12, new Uint8Array(6));
    expect(decodePacket(101, ipv4({ protocol: 6, payload: tcp })).content).toEqual({
      kind: 'tcp',
      srcPort: 40_000,
      dstPort: 80,
      flags: 0x12,
    });
  });
});
