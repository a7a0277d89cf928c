// The stopwatch of a failover test: one capture on the observer that holds adverts, ARP and neighbour discovery, and
// the echo requests and replies of the VIP. Shell text only; the bytes are a pcap that an ear's reader reads.
import { quote } from '../transport/quote.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';
import { pcapFilter, snapBytes } from './packet-filter.ts';

export interface StopwatchOptions {
  readonly interface: string;
  /** Without prefix length. */
  readonly vip: string;
  /** For tests: without tcpdump. */
  readonly methods?: 'any' | 'packet-socket';
  readonly interpreters?: Interpreters;
}

/** Ethernet frames of ARP, IPv4 protocols 1, 51 and 112, IPv6 next headers 0, 51, 58 and 112, in classic BPF. */
export const stopwatchFilter = [
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
] as const;

/** argv: interface. Ethernet with nanoseconds; not promiscuous. */
const python = `
import sys
try:
    import socket, struct, array, signal, time
except ImportError:
    sys.exit(97)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
out = getattr(sys.stdout, "buffer", sys.stdout)
code = b"".join(struct.pack("=HBBI", *i) for i in [${stopwatchFilter.map((one) => `(${one.join(',')})`).join(',')}])
room = array.array("B", bytearray(code))
s = socket.socket(17, socket.SOCK_RAW, 0)
s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("@HP", len(code) // 8, room.buffer_info()[0]))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
stamps = hasattr(s, "recvmsg")
if stamps:
    s.setsockopt(socket.SOL_SOCKET, 35, 1)
s.bind((sys.argv[1], 3))
out.write(struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, ${snapBytes}, 1))
out.flush()
while True:
    at = None
    if stamps:
        data, control, flags, addr = s.recvmsg(65536, 256)
        for level, kind, value in control:
            if level == socket.SOL_SOCKET and kind == 35:
                at = struct.unpack("@ll", value[:struct.calcsize("@ll")])
    else:
        data, addr = s.recvfrom(65536)
    if at is None:
        now = time.time()
        at = (int(now), int((now % 1) * 1e9))
    out.write(struct.pack("=IIII", at[0], at[1], len(data), len(data)) + data)
    out.flush()
`;

const perl = `
use strict;
$| = 1;
binmode STDOUT;
my @code = (${stopwatchFilter.map((one) => `[${one.join(',')}]`).join(',')});
my $code = join "", map { pack "SCCL", @$_ } @code;
socket(my $s, 17, 3, 0) or die "packet socket: $!\\n";
setsockopt($s, 1, 26, pack("S x![P] P", scalar(@code), $code)) or die "filter: $!\\n";
setsockopt($s, 1, 8, pack("i", 1 << 22));
my $asked = pack "a16 x240", $ARGV[0];
ioctl($s, 0x8933, $asked) or die "$ARGV[0]: $!\\n";
my $only = unpack "x16 i", $asked;
my $stamp = "\\0" x 32;
ioctl($s, 0x8907, $stamp);
bind($s, pack("S n i x12", 17, 3, $only)) or die "bind: $!\\n";
syswrite STDOUT, pack("L S S l L L L", 0xa1b23c4d, 2, 4, 0, 0, ${snapBytes}, 1);
while (1) {
  my $data = "";
  next unless defined recv($s, $data, 65536, 0);
  $stamp = "\\0" x 32;
  my ($seconds, $ns) = ioctl($s, 0x8907, $stamp) ? unpack("l! l!", $stamp) : (time, 0);
  syswrite STDOUT, pack("L L L L", $seconds, $ns, length $data, length $data) . $data;
}
`;

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
