// Holds `replay` against tshark and tcpdump over captures: `npx tsx scripts/compare-replay.ts FILE|DIR...`, or without
// arguments over the captures the tests make. Frame by frame and field by field; every difference is printed, and those
// that docs/replay.md says are on purpose are counted apart. It starts nothing but the two, on files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createReplay, createVipScout } from '../src/replay/replay.ts';
import { gallery } from '../test/wire/capture-gallery.ts';

type Values = Readonly<Record<string, string>>;
/** Of each frame number what a program says, by name of field; what it does not say is absent. */
type Reading = ReadonlyMap<number, Values>;

const run = (program: string, words: readonly string[]): string => {
  const ended = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (ended.error !== undefined) throw ended.error;
  return ended.stdout;
};

/** Without what is empty. */
const said = (values: Readonly<Record<string, string | undefined>>): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
    ),
  );

// ── replay ───────────────────────────────────────────────────────────────────────────────────────────────────
interface Line {
  readonly frame: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' && value !== null && 'frame' in value && 'kind' in value;

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : Array.isArray(value) ? value.join(',') : String(value);

const authName = (auth: unknown): string | undefined => {
  if (typeof auth !== 'object' || auth === null || !('type' in auth)) return undefined;
  if (auth.type === 'none' || auth.type === 'hmac') return '0';
  if (auth.type === 'PASS') return '1';
  if (auth.type === 'AH') return '2';
  return 'value' in auth ? text(auth.value) : undefined;
};

const ourReading = (bytes: Uint8Array): Reading => {
  const scout = createVipScout();
  scout.push(bytes);
  const vips = scout.vips();
  const replay = createReplay({ lines: 'lines', lookAhead: () => vips });
  const decoder = new TextDecoder();
  const lines = replay
    .push(bytes)
    .map((one) => decoder.decode(one, { stream: true }))
    .join('')
    // All digits of the time: a number would round them.
    .replace(/"atNs":(-?\d+)/g, '"atNs":"$1"');
  replay.end();
  const reading = new Map<number, Values>();
  for (const one of lines.split('\n')) {
    if (one === '') continue;
    const line: unknown = JSON.parse(one);
    if (!isLine(line)) continue;
    const { auth } = line;
    const problems = Array.isArray(line.problems) ? line.problems.map(({ code }) => String(code)) : [];
    reading.set(
      line.frame,
      said({
        kind: line.kind,
        problems: problems.join(' '),
        time: text(line.atNs),
        src: text(line.src),
        dst: text(line.dst),
        srcMac: text(line.srcMac),
        vlan: text(line.vlan),
        vlans: text(line.vlans ?? line.vlan),
        ttl: text(line.ttl),
        version: text(line.version),
        type: text(line.type),
        vrid: text(line.vrid),
        priority: text(line.priority),
        intervalMs: line.kind === 'carp' ? undefined : text(line.intervalMs),
        count: text(line.addressCount),
        addresses: text(line.addresses),
        auth: authName(auth),
        authType: typeof auth === 'object' && auth !== null && 'type' in auth ? text(auth.type) : undefined,
        spi: typeof auth === 'object' && auth !== null && 'spi' in auth ? text(auth.spi) : undefined,
        sequence:
          typeof auth === 'object' && auth !== null && 'sequence' in auth ? text(auth.sequence) : undefined,
        checksum: text(line.checksum),
        vhid: text(line.vhid),
        advSkew: text(line.advSkew),
        advBase: text(line.advBaseSeconds),
        demotion: text(line.demotion),
        counter: text(line.counter),
        operation: text(line.operation),
        senderMac: text(line.senderMac),
        targetMac: line.kind === 'arp' ? text(line.targetMac) : undefined,
        message: text(line.message),
        target: text(line.target),
      }),
    );
  }
  return reading;
};

// ── tshark ───────────────────────────────────────────────────────────────────────────────────────────────────
const tsharkFields = [
  'frame.number',
  'frame.time_epoch',
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'ip.ttl',
  'ipv6.hlim',
  'eth.src',
  'sll.src.eth',
  'vlan.id',
  'ieee8021ad.id',
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
  'ah.spi',
  'ah.sequence',
  'carp.vhid',
  'carp.advskew',
  'carp.adver_int',
  'carp.demotion',
  'carp.counter',
  'carp.checksum.status',
  'arp.opcode',
  'arp.src.hw_mac',
  'arp.src.proto_ipv4',
  'arp.dst.hw_mac',
  'arp.dst.proto_ipv4',
  'icmpv6.type',
  'icmpv6.nd.ns.target_address',
  'icmpv6.nd.na.target_address',
  '_ws.malformed',
] as const;

type TsharkRow = Readonly<Record<string, string>>;

const askTshark = (path: string, asCarp: 'vrrp' | 'carp'): ReadonlyMap<number, TsharkRow> => {
  const out = run('tshark', [
    '-n',
    '-r',
    path,
    '-o',
    'ip.defragment:FALSE',
    '-o',
    'ipv6.defragment:FALSE',
    ...(asCarp === 'carp' ? ['-d', 'ip.proto==112,carp'] : []),
    '-Y',
    'vrrp or carp or ah or ip.proto in {51, 112} or ipv6.nxt in {51, 112} or ipv6.fraghdr.nxt == 112 or arp or icmpv6.type in {135, 136}',
    '-T',
    'fields',
    ...tsharkFields.flatMap((field) => ['-e', field]),
  ]);
  const rows = new Map<number, TsharkRow>();
  for (const line of out.split('\n')) {
    if (line === '') continue;
    const row = Object.fromEntries(
      line.split('\t').map((value, index) => [tsharkFields[index] ?? '', value]),
    );
    rows.set(Number(row['frame.number']), row);
  }
  return rows;
};

const statusWord = (status: string | undefined): string | undefined =>
  status === '1'
    ? 'good'
    : status === '0'
      ? 'bad'
      : status === '2' || status === '3'
        ? 'unverified'
        : undefined;

const decimal = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : String(BigInt(value));

const times = (value: string | undefined, factor: number): string | undefined =>
  value === undefined || value === '' ? undefined : String(Number(value) * factor);

const either = (...values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

/** Frames in tunnels, and headers quoted in ICMP: several addresses in one row. */
const isInner = (row: TsharkRow): boolean =>
  /(ip|ipv6|icmp|icmpv6):.*(ip|ipv6)(:|$)/.test(row['frame.protocols']?.replaceAll('ipv6.', '') ?? '') ||
  (row['frame.protocols'] ?? '').includes('mpls') ||
  (row['frame.protocols'] ?? '').includes('gre');

const fromTshark = (row: TsharkRow, carp: TsharkRow | undefined, kind: string): Values => {
  const shared = {
    time: row['frame.time_epoch']?.replace('.', '').replace(/^0+(?=\d)/, ''),
    srcMac: either(row['eth.src'], row['sll.src.eth']),
    vlan: row['vlan.id']?.split(',').at(-1),
    vlans: row['vlan.id'],
  };
  const isArp = kind === 'arp';
  const ip = {
    ...shared,
    src: isArp ? row['arp.src.proto_ipv4'] : either(row['ip.src'], row['ipv6.src']),
    dst: isArp ? row['arp.dst.proto_ipv4'] : either(row['ip.dst'], row['ipv6.dst']),
    ttl: either(row['ip.ttl'], row['ipv6.hlim']),
  };
  if (isArp)
    return said({
      ...ip,
      operation: row['arp.opcode'],
      senderMac: row['arp.src.hw_mac'],
      targetMac: row['arp.dst.hw_mac'],
    });
  if (kind === 'nd')
    return said({
      ...ip,
      message: row['icmpv6.type'] === '135' ? 'solicitation' : 'advertisement',
      target: either(row['icmpv6.nd.ns.target_address'], row['icmpv6.nd.na.target_address']),
    });
  if (kind === 'carp')
    return said({
      ...ip,
      vhid: carp?.['carp.vhid'],
      advSkew: carp?.['carp.advskew'],
      advBase: carp?.['carp.adver_int'],
      demotion: carp?.['carp.demotion'],
      counter: decimal(carp?.['carp.counter']),
      checksum: statusWord(carp?.['carp.checksum.status']),
    });
  const addresses = [row['vrrp.ip_addr'], row['vrrp.ipv6_addr']].filter(
    (one) => one !== undefined && one !== '',
  );
  return said({
    ...ip,
    version: row['vrrp.version'],
    type: row['vrrp.type'],
    vrid: row['vrrp.virt_rtr_id'],
    priority: row['vrrp.prio'],
    count: row['vrrp.addr_count'],
    intervalMs: either(times(row['vrrp.short_adver_int'], 10), times(row['vrrp.adver_int'], 1000)),
    addresses: addresses.join(','),
    auth: row['vrrp.auth_type'],
    spi: decimal(row['ah.spi']),
    sequence: row['ah.sequence'],
    checksum: statusWord(row['vrrp.checksum.status']),
  });
};

// ── tcpdump ──────────────────────────────────────────────────────────────────────────────────────────────────
const askTcpdump = (path: string): Reading => {
  const out = run('tcpdump', ['-n', '-e', '-vvv', '-tt', '-#', '-r', path]);
  const reading = new Map<number, Values>();
  for (const entry of out.split(/^(?= {0,4}\d+ {2}[\d.-]+ )/m)) {
    const number = /^ *(\d+) {2}/.exec(entry)?.[1];
    const found =
      /(\S+) > (\S+): (?:AH\([^)]*\): )?vrrp \S+ > \S+: VRRPv(\d)(?:, Advertisement|, \[?unk)/.exec(entry) ??
      /(\S+) > (\S+): .*?VRRPv(\d), (?:Advertisement)/.exec(entry);
    if (number === undefined || found === null) continue;
    const rest = entry.slice(found.index);
    const interval = /intvl (\d+)(s|cs)/.exec(rest);
    const listed = /addrs(?:\(\d+\))?: ([^ "\n]*)/.exec(rest)?.[1];
    const auth = /authtype (\w+)/.exec(rest)?.[1];
    reading.set(
      Number(number),
      said({
        src: found[1],
        dst: found[2],
        version: found[3],
        ttl: /ttl (\d+),/.exec(entry)?.[1] ?? /hlim (\d+),/.exec(entry)?.[1],
        srcMac: /^ *\d+ {2}[\d.-]+ ((?:[\da-f]{2}:){5}[\da-f]{2}) > /.exec(entry)?.[1],
        vlans: [...entry.matchAll(/vlan (\d+),/g)].map((one) => one[1]).join(','),
        vrid: /vrid (\d+)/.exec(rest)?.[1],
        priority: /prio (\d+)/.exec(rest)?.[1],
        intervalMs:
          interval === null ? undefined : String(Number(interval[1]) * (interval[2] === 's' ? 1000 : 10)),
        auth: auth === 'none' ? '0' : auth === 'simple' ? '1' : auth === 'ah' ? '2' : undefined,
        addresses: listed?.includes('|') ? undefined : listed,
        checksum: rest.includes('bad vrrp cksum') ? 'bad' : undefined,
      }),
    );
  }
  return reading;
};

// ── holding one against the other ────────────────────────────────────────────────────────────────────────────
interface Difference {
  readonly capture: string;
  readonly frame: number;
  readonly tool: 'tshark' | 'tcpdump';
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
  readonly verdict: 'on purpose' | 'difference';
  readonly kind: string;
  readonly authType: string;
  readonly problems: string;
}

interface Tally {
  frames: number;
  fields: number;
}

const isOnPurpose = (difference: Omit<Difference, 'verdict'>): boolean => {
  const { tool, field, ours, theirs, problems, authType, kind } = difference;
  if (field === 'checksum' && ours.startsWith('good-') && theirs === 'bad') return true;
  // A count that does not fit: the password's place is kept, where others print it as addresses.
  if ((field === 'addresses' || field === 'checksum') && problems.includes('count-does-not-fit')) return true;
  // What a fragment or a cut message holds cannot be summed; the others sum what is there.
  if (field === 'checksum' && ours === 'unverified' && problems.includes('truncated')) return true;
  // keepalived leaves its trailer out of the sum, which the others do not know.
  if (field === 'checksum' && authType === 'hmac') return true;
  // tshark takes 0x9100 for something else than a VLAN tag.
  if (field === 'vlans' && tool === 'tshark' && ours.endsWith(`,${theirs}`)) return true;
  // Of an authentication header cut off there is nothing, of a header cut off no type of authentication.
  return kind === 'unknown' && ours === '(nothing)' && (field === 'auth' || field === 'spi');
};

const compareCapture = (
  name: string,
  path: string,
  tally: Record<Difference['tool'], Tally>,
): readonly Difference[] => {
  const differences: Difference[] = [];
  const ours = ourReading(readFileSync(path));
  const theirs = askTshark(path, 'vrrp');
  const asCarp = [...ours.values()].some(({ kind }) => kind === 'carp')
    ? askTshark(path, 'carp')
    : new Map<number, TsharkRow>();
  const dumped = askTcpdump(path);

  const note = (one: Omit<Difference, 'verdict' | 'capture'>): void => {
    const difference = { capture: name, ...one };
    differences.push({ ...difference, verdict: isOnPurpose(difference) ? 'on purpose' : 'difference' });
  };

  for (const [frame, own] of ours) {
    const row = theirs.get(frame);
    const kind = own.kind ?? '';
    const problems = own.problems ?? '';
    const authType = own.authType ?? '';
    if (row === undefined) {
      note({
        frame,
        tool: 'tshark',
        field: 'frame',
        ours: kind,
        theirs: '(nothing)',
        kind,
        authType,
        problems,
      });
      continue;
    }
    const rivals = [['tshark', fromTshark(row, asCarp.get(frame), kind)]] as const;
    const tcpdump = dumped.get(frame);
    for (const [tool, values] of [
      ...rivals,
      ...(tcpdump === undefined || kind !== 'advert' ? [] : [['tcpdump', tcpdump] as const]),
    ]) {
      tally[tool].frames += 1;
      for (const [field, value] of Object.entries(values)) {
        tally[tool].fields += 1;
        if (own[field] === value) continue;
        note({
          frame,
          tool,
          field,
          ours: own[field] ?? '(nothing)',
          theirs: value,
          kind,
          authType,
          problems,
        });
      }
    }
  }
  for (const [frame, row] of theirs) {
    if (ours.has(frame) || isInner(row)) continue;
    const protocols = row['frame.protocols'] ?? '';
    // ARP and ND are printed when they concern a VIP of the capture.
    if (!/(:vrrp|:ah(:|$))/.test(protocols)) continue;
    note({
      frame,
      tool: 'tshark',
      field: 'frame',
      ours: '(nothing)',
      theirs: protocols,
      kind: '',
      authType: '',
      problems: '',
    });
  }
  for (const frame of dumped.keys()) {
    if (ours.has(frame) || theirs.has(frame)) continue;
    note({
      frame,
      tool: 'tcpdump',
      field: 'frame',
      ours: '(nothing)',
      theirs: 'VRRP',
      kind: '',
      authType: '',
      problems: '',
    });
  }
  return differences;
};

const listFiles = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => listFiles(join(path, name)))
    : /\.(pcap|pcapng|cap)$/.test(path)
      ? [path]
      : [];

const folder = mkdtempSync(join(tmpdir(), 'compare-replay-'));
try {
  const asked = process.argv.slice(2).flatMap(listFiles);
  const paths =
    process.argv.length > 2
      ? asked
      : Object.entries(gallery).map(([name, bytes]) => {
          const path = join(folder, `${name}.pcap`);
          writeFileSync(path, bytes);
          return path;
        });
  const tally = { tshark: { frames: 0, fields: 0 }, tcpdump: { frames: 0, fields: 0 } };
  const found = paths.flatMap((path) => compareCapture(basename(path), path, tally));
  for (const one of found) {
    const mark = one.verdict === 'on purpose' ? 'on purpose ' : '';
    console.log(
      `${mark}${one.capture} frame ${one.frame} ${one.kind}: ${one.field}: replay ${one.ours}, ${one.tool} ${one.theirs}${one.problems === '' ? '' : ` (${one.problems})`}`,
    );
  }
  for (const tool of ['tshark', 'tcpdump'] as const) {
    const own = found.filter((one) => one.tool === tool);
    const open = own.filter((one) => one.verdict === 'difference').length;
    console.log(
      `${tool}: ${tally[tool].frames} frames of ${paths.length} captures, ${tally[tool].fields} fields compared: ${open} differences, ${own.length - open} on purpose`,
    );
  }
  process.exitCode = found.some((one) => one.verdict === 'difference') ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
