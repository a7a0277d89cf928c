// The stopwatch of a failover test: one capture on the observer that holds adverts, ARP and neighbour discovery, and
// the echo requests and replies of the VIP. Shell text only; the bytes are a pcap that an ear's reader reads.
import { quote } from '../transport/quote.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';
import { type BpfInstruction, pcapFilter, snapBytes } from './packet-filter.ts';
import { type PacketProgram, perlOf, pythonOf } from './packet-program.ts';

export interface StopwatchOptions {
  readonly interface: string;
  /** Without prefix length. */
  readonly vip: string;
  /** For tests: without tcpdump. */
  readonly methods?: 'any' | 'packet-socket';
  readonly interpreters?: Interpreters;
}

/** Ethernet frames of ARP, IPv4 protocols 1, 51 and 112, IPv6 next headers 0, 51, 58 and 112, in classic BPF. */
const instructions: readonly (readonly [number, number, number, number])[] = [
  [0x28, 0, 0, 12],
  [0x15, 11, 0, 0x0806],
  [0x15, 0, 4, 0x0800],
  [0x30, 0, 0, 23],
  [0x15, 8, 0, 1],
  [0x15, 7, 0, 51],
  [0x15, 6, 7, 112],
  [0x15, 0, 6, 0x86dd],
  [0x30, 0, 0, 20],
  [0x15, 3, 0, 0],
  [0x15, 2, 0, 51],
  [0x15, 1, 0, 58],
  [0x15, 0, 1, 112],
  [0x06, 0, 0, snapBytes],
  [0x06, 0, 0, 0],
];

export const stopwatchFilter: readonly BpfInstruction[] = instructions.map(
  ([code, jumpTrue, jumpFalse, k]) => ({ code, jumpTrue, jumpFalse, k }),
);

/** Ethernet frames; not promiscuous. */
const program: PacketProgram = {
  filter: stopwatchFilter,
  bufferBits: 22,
  linkType: 1,
  python: {
    open: 's = socket.socket(17, socket.SOCK_RAW, 0)',
    bind: 's.bind((name, 3))',
    frame: 'frame = data',
  },
  perl: {
    open: 'socket(my $s, 17, 3, 0) or die "packet socket: $!\\n";',
    index: `
my $asked = pack "a16 x240", $ARGV[0];
ioctl($s, 0x8933, $asked) or die "$ARGV[0]: $!\\n";
$only = unpack "x16 i", $asked;
`,
    frame: 'my $frame = $data;',
  },
};

const python = pythonOf(program);
const perl = perlOf(program);

const echoFilter = (vip: string): string =>
  vip.includes(':')
    ? `(icmp6 and host ${vip} and (ip6[40] = 128 or ip6[40] = 129))`
    : `(icmp and host ${vip} and (icmp[icmptype] = icmp-echo or icmp[icmptype] = icmp-echoreply))`;

/**
 * Shell text for a lifeline. tcpdump stamps in nanoseconds where its library can; the kernel stamps either way.
 * Exit status 96: nothing there to listen with.
 */
export function stopwatchCommand({
  interface: name,
  vip,
  methods = 'any',
  interpreters = 'any',
}: StopwatchOptions): string {
  const filter = `${pcapFilter} or ${echoFilter(vip)}`;
  const tcpdump = [
    'if command -v tcpdump >/dev/null 2>&1; then',
    `  set -- -p -n -U -B 4096 -i ${quote(name)} -s ${snapBytes} -w - ${quote(filter)}`,
    '  vd_h=$(tcpdump --help 2>&1)',
    '  case $vd_h in *immediate-mode*) set -- --immediate-mode "$@" ;; esac',
    '  case $vd_h in *time-stamp-precision*) set -- --time-stamp-precision=nano "$@" ;; esac',
    '  exec tcpdump "$@"',
    'fi',
  ];
  return [
    searchPath,
    ...(methods === 'any' ? tcpdump : []),
    runInterpreted({ python, perl, args: [name] }, interpreters),
  ].join('\n');
}
