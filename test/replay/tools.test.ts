// The same captures read by tshark and tcpdump, field by field. Where they are installed they are asked; what tshark
// said once is recorded beside this file, so that the comparison holds everywhere. RECORD_TSHARK=1 records it anew.
// CARP is left out: both take it for VRRP, which is what this program tells apart.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createReplay } from '../../src/replay/replay.ts';
import { writePcapHeader, writePcapRecord } from '../../src/wire/pcap.ts';
import { encodeAdvert } from '../../src/wire/vrrp.ts';
import { gallery } from '../wire/capture-gallery.ts';
import { address, bytesOf, cooked, cooked2, ethernet, ipv4, ipv6, tagged } from '../wire/frame-encoder.ts';

const recordedPath = join(import.meta.dirname, 'tshark-fields.json');
const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isThere = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

// ── captures ─────────────────────────────────────────────────────────────────────────────────────────────────
const addresses = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => address(`198.51.100.${index + 1}`));

const version2 = (priority: number, auth: { readonly type: number; readonly text: string }, count = 1) =>
  encodeAdvert({
    version: 2,
    vrid: 7,
    priority,
    intervalMs: 3000,
    addresses: addresses(count),
    auth: { type: auth.type, data: bytesOf([...auth.text.padEnd(8, '\0')].map((c) => c.charCodeAt(0))) },
    pseudoHeader: 'none',
  });

const open = { type: 0, text: '' };

const version3 = (dst: string) =>
  encodeAdvert({
    version: 3,
    vrid: 200,
    priority: 254,
    intervalMs: 40_950,
    addresses: addresses(2),
    pseudoHeader: { source: address('192.0.2.1'), destination: address(dst) },
  });

const version3Six = encodeAdvert({
  version: 3,
  vrid: 9,
  priority: 100,
  intervalMs: 10,
  addresses: [address('fe80::9'), address('2001:db8::9')],
  pseudoHeader: { source: address('fe80::1'), destination: address('ff02::12') },
});

const spoilt = (message: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(message);
  copy[6] = (copy[6] ?? 0) ^ 0x55;
  return copy;
};

const vrrp = (payload: Uint8Array, more: { readonly dst?: string; readonly ttl?: number } = {}) =>
  ipv4({ protocol: 112, payload, ...more });

const plain = version2(100, open);
const ethernetFrames: readonly Uint8Array[] = [
  ethernet(0x0800, vrrp(plain)),
  ethernet(0x0800, vrrp(version2(0, open))),
  ethernet(0x0800, vrrp(version2(255, { type: 1, text: 'hunter22' }))),
  ethernet(0x0800, vrrp(version2(100, open, 20))),
  ethernet(0x0800, vrrp(spoilt(plain))),
  ethernet(0x0800, vrrp(plain, { ttl: 64 })),
  ethernet(0x0800, vrrp(plain, { dst: '192.0.2.2' })),
  ethernet(0x0800, vrrp(version3('224.0.0.18'))),
  ethernet(0x0800, vrrp(version3('192.0.2.2'), { dst: '192.0.2.2' })),
  ethernet(0x0800, vrrp(spoilt(version3('224.0.0.18')))),
  tagged([[0x8100, 42]], 0x0800, vrrp(plain)),
  tagged(
    [
      [0x88a8, 100],
      [0x8100, 42],
    ],
    0x0800,
    vrrp(plain),
  ),
  ethernet(0x86dd, ipv6({ src: 'fe80::1', dst: 'ff02::12', nextHeader: 112, payload: version3Six })),
  // Ethernet padding behind a short packet, an IPv4 option in front of it, LLC and SNAP.
  bytesOf(ethernet(0x0800, vrrp(plain)), new Array<number>(6).fill(0)),
  ethernet(0x0800, ipv4({ protocol: 112, payload: plain, options: [0x94, 4, 0, 0] })),
  ethernet(48, bytesOf([0xaa, 0xaa, 3, 0, 0, 0, 8, 0], vrrp(plain))),
];

const pcapOf = (linkType: number, frames: readonly Uint8Array[]): Uint8Array =>
  bytesOf(
    writePcapHeader(linkType),
    ...frames.map((bytes, index) =>
      writePcapRecord({
        atNs: 1_700_000_000_123_456_789n + BigInt(index) * 1_000_000_000n,
        bytes,
        originalLength: bytes.length,
      }),
    ),
  );

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/pcap/${name}.pcap`, import.meta.url));

const captures: Readonly<Record<string, Uint8Array>> = {
  'keepalived-2.2.7-ethernet': fixture('keepalived-2.2.7-ethernet'),
  'keepalived-2.2.7-sll-ns': fixture('keepalived-2.2.7-sll-ns'),
  'keepalived-2.2.7-sll2': fixture('keepalived-2.2.7-sll2'),
  'keepalived-2.2.7-failovers': fixture('keepalived-2.2.7-failovers'),
  'edge-ethernet': pcapOf(1, ethernetFrames),
  'edge-raw': pcapOf(101, [vrrp(plain), vrrp(version3('224.0.0.18'))]),
  'edge-sll': pcapOf(113, [cooked(4, 0x0800, vrrp(plain)), cooked(2, 0x0800, vrrp(version2(50, open, 3)))]),
  'edge-sll2': pcapOf(276, [cooked2(4, 0x0800, vrrp(plain))]),
  ...Object.fromEntries(
    [
      'segment',
      'nanoseconds-big-endian',
      'modified-pcap',
      'modified-pcap-big-endian',
      'raw-bsd',
      'raw-ipv4',
      'raw-ipv6',
      'sll',
      'sll2',
      'null-little-endian',
      'null-big-endian',
      'loop',
      'pcapng',
      'pcapng-big-endian',
      'pcapng-two-sections',
    ].map((name) => [name, gallery[name] ?? new Uint8Array(0)]),
  ),
};

/**
 * Frames of `segment` where replay differs on purpose, as docs/replay.md says: counts and lengths that do not fit,
 * checksum variants, auth_hmac, fragments, a message cut off (no advert), CARP, tunnels.
 */
const differsOnPurpose = new Set([
  '12',
  '17',
  '22',
  '25',
  '26',
  '30',
  '32',
  '36',
  '46',
  '47',
  '49',
  '50',
  '61',
]);
const isCompared = (name: string, frame: string | undefined): boolean =>
  name !== 'segment' || !differsOnPurpose.has(frame ?? '');

const pathOf = (name: string): string => {
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, captures[name] ?? '');
  return path;
};

// ── one row of fields for each advert ────────────────────────────────────────────────────────────────────────
type Row = Readonly<Record<string, string>>;

const fields = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ipv6.src',
  'ip.dst',
  'ipv6.dst',
  'ip.ttl',
  'ipv6.hlim',
  'vlan.id',
  'vrrp.version',
  'vrrp.type',
  'vrrp.virt_rtr_id',
  'vrrp.prio',
  'vrrp.addr_count',
  'vrrp.adver_int',
  'vrrp.short_adver_int',
  'vrrp.auth_type',
  'vrrp.ip_addr',
  'vrrp.ipv6_addr',
  'vrrp.checksum.status',
] as const;

const askTshark = (name: string): readonly Row[] => {
  const ended = spawnSync(
    'tshark',
    [
      '-n',
      '-r',
      pathOf(name),
      '-Y',
      'vrrp and not (icmp or icmpv6)',
      '-T',
      'fields',
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8' },
  );
  expect(ended.status).toBe(0);
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Object.fromEntries(line.split('\t').map((value, index) => [fields[index] ?? '', value])));
};

interface Line {
  readonly frame: number;
  readonly kind: string;
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
  readonly version: number;
  readonly checksum: string;
  readonly addresses?: readonly string[];
  readonly [field: string]: unknown;
}

const decoder = new TextDecoder();
const textOf = (name: string): string => {
  const replay = createReplay({ lines: 'lines' });
  return replay
    .push(captures[name] ?? new Uint8Array(0))
    .map((block) => decoder.decode(block))
    .join('');
};

const ourLines = (name: string): readonly Line[] =>
  textOf(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line))
    .filter((line) => line.kind === 'advert');

const list = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').filter((one) => one !== '');
const first = (...values: readonly (string | undefined)[]): string =>
  values.find((value) => value !== undefined && value !== '') ?? '';

/** tshark's 1 is good, 0 bad, 2 not verified. */
const isGood = (status: string | undefined): string =>
  status === '1' ? 'good' : status === '0' ? 'bad' : 'unverified';

/** What both say, in the same words. */
const fromTshark = (row: Row) => ({
  frame: row['frame.number'],
  src: first(row['ip.src'], row['ipv6.src']),
  dst: first(row['ip.dst'], row['ipv6.dst']),
  ttl: first(row['ip.ttl'], row['ipv6.hlim']),
  vlan: list(row['vlan.id']).at(-1) ?? '',
  id: row['vrrp.virt_rtr_id'],
  priority: row['vrrp.prio'],
  intervalMs:
    row['vrrp.short_adver_int'] !== ''
      ? String(Number(row['vrrp.short_adver_int']) * 10)
      : row['vrrp.adver_int'] !== ''
        ? String(Number(row['vrrp.adver_int']) * 1000)
        : '',
  count: row['vrrp.addr_count'],
  addresses: [...list(row['vrrp.ip_addr']), ...list(row['vrrp.ipv6_addr'])],
  checksum: isGood(row['vrrp.checksum.status']),
});

const text = (value: unknown): string => (value === undefined ? '' : String(value));

const fromUs = (line: Line): ReturnType<typeof fromTshark> => ({
  frame: text(line.frame),
  src: line.src,
  dst: line.dst,
  ttl: text(line.ttl),
  vlan: text(line.vlan),
  id: text(line.vrid),
  priority: text(line.priority),
  intervalMs: text(line.intervalMs),
  count: text(line.addressCount),
  addresses: [...(line.addresses ?? [])],
  // Which variant fits is ours alone to say.
  checksum: line.checksum.startsWith('good') ? 'good' : line.checksum,
});

const ourRows = (name: string) =>
  ourLines(name)
    .map(fromUs)
    .filter(({ frame }) => isCompared(name, frame));

const theirRows = (name: string, rows: readonly Row[]) =>
  rows.map(fromTshark).filter(({ frame }) => isCompared(name, frame));

const recorded = (): Readonly<Record<string, readonly Row[]>> =>
  JSON.parse(readFileSync(recordedPath, 'utf8'));

if (process.env.RECORD_TSHARK === '1')
  writeFileSync(
    recordedPath,
    `${JSON.stringify(Object.fromEntries(Object.keys(captures).map((name) => [name, askTshark(name)])), null, 1)}\n`,
  );

describe.each(Object.keys(captures))('%s', (name) => {
  it('is decoded as tshark recorded it', () => {
    const rows = recorded()[name] ?? [];
    expect(rows.length).toBeGreaterThan(0);
    expect(ourRows(name)).toEqual(theirRows(name, rows));
  });

  it.runIf(isThere('tshark'))('is decoded as tshark does now', () => {
    expect(ourRows(name)).toEqual(theirRows(name, askTshark(name)));
  });

  it('has the times of tshark to the nanosecond', () => {
    const times = [...textOf(name).matchAll(/"frame":(\d+),"atNs":(\d+),"kind":"advert"/g)]
      .filter(([, frame]) => isCompared(name, frame))
      .map(([, , atNs]) => atNs);
    const nanoseconds = (recorded()[name] ?? [])
      .filter((row) => isCompared(name, row['frame.number']))
      // A frame without a time has none in tshark either, and 0 here.
      .map((row) => row['frame.time_epoch']?.replace('.', '') || '0');
    expect(times).toEqual(nanoseconds);
  });

  it.runIf(isThere('tcpdump') && name !== 'segment')(
    'agrees with tcpdump about VRID, priority, interval and addresses',
    () => {
      const ended = spawnSync(
        'tcpdump',
        ['-vvv', '-n', '-r', pathOf(name), 'ip proto 112 or (vlan and ip proto 112)'],
        {
          encoding: 'utf8',
        },
      );
      const theirs = [
        ...ended.stdout.matchAll(
          /VRRPv2, Advertisement, vrid (\d+), prio (\d+), authtype \w+, intvl (\d+)s.*addrs(?:\(\d+\))?: ([^"\n]*?)(?: auth "|$)/gm,
        ),
      ].map(([, vrid, priority, seconds, shown]) => [vrid, priority, Number(seconds) * 1000, shown?.trim()]);
      const own = ourLines(name)
        .filter((line) => line.version === 2)
        .map((line) => [text(line.vrid), text(line.priority), line.intervalMs, line.addresses?.join(',')]);
      for (const one of theirs) expect(own).toContainEqual(one);
    },
  );
});
