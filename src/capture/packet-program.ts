// Programs that capture through a packet socket and write a pcap with nanoseconds to stdout, in python and in perl.
// They know sockets, stamps and the file format; which socket, which packets and what a frame looks like is handed in.
import { type BpfInstruction, snapBytes } from './packet-filter.ts';

export interface PacketProgram {
  readonly filter: readonly BpfInstruction[];
  /** Of the socket (SO_RCVBUF), as a power of two. */
  readonly bufferBits: number;
  /** LINKTYPE_ of the pcap (tcpdump.org/linktypes.html). */
  readonly linkType: 1 | 276;
  readonly python: {
    /** Opens `s`; `name` is the interface or empty. */
    readonly open: string;
    /** Binds `s`, and defines what `frame` needs. */
    readonly bind: string;
    /** Makes `frame` of `data` and `addr`. */
    readonly frame: string;
  };
  readonly perl: {
    /** Opens `$s`. */
    readonly open: string;
    /** Sets `$only` to the interface's index, or leaves 0 for all. */
    readonly index: string;
    /** Makes `$frame` of `$data` and `$from`. */
    readonly frame: string;
  };
}

const instructions = (filter: PacketProgram['filter'], open: string, close: string): string =>
  filter
    .map(({ code, jumpTrue, jumpFalse, k }) => `${open}${code},${jumpTrue},${jumpFalse},${k}${close}`)
    .join(',');

const indented = (text: string, spaces: number): string =>
  text
    .trim()
    .split('\n')
    .map((line) => ' '.repeat(spaces) + line)
    .join('\n');

/** argv: interface or nothing. Exit status 97: this python has no sockets. */
export const pythonOf = ({ filter, bufferBits, linkType, python }: PacketProgram): string => `
import sys
try:
    import socket, struct, array, signal, time
except ImportError:
    sys.exit(97)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
out = getattr(sys.stdout, "buffer", sys.stdout)
code = b"".join(struct.pack("=HBBI", *i) for i in [${instructions(filter, '(', ')')}])
room = array.array("B", bytearray(code))
name = sys.argv[1] if len(sys.argv) > 1 else ""
${python.open.trim()}
s.setsockopt(socket.SOL_SOCKET, 26, struct.pack("@HP", len(code) // 8, room.buffer_info()[0]))
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << ${bufferBits})
stamps = hasattr(s, "recvmsg")
if stamps:
    s.setsockopt(socket.SOL_SOCKET, 35, 1)
${python.bind.trim()}
out.write(struct.pack("=IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, ${snapBytes}, ${linkType}))
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
${indented(python.frame, 4)}
    out.write(struct.pack("=IIII", at[0], at[1], len(frame), len(frame)) + frame)
    out.flush()
`;

/** The same in perl: the stamp of the last packet comes from SIOCGSTAMPNS. */
export const perlOf = ({ filter, bufferBits, linkType, perl }: PacketProgram): string => `
use strict;
$| = 1;
binmode STDOUT;
my @code = (${instructions(filter, '[', ']')});
my $code = join "", map { pack "SCCL", @$_ } @code;
${perl.open.trim()}
setsockopt($s, 1, 26, pack("S x![P] P", scalar(@code), $code)) or die "filter: $!\\n";
setsockopt($s, 1, 8, pack("i", 1 << ${bufferBits}));
my $only = 0;
${perl.index.trim()}
my $stamp = "\\0" x 32;
ioctl($s, 0x8907, $stamp);
bind($s, pack("S n i x12", 17, 3, $only)) or die "bind: $!\\n";
syswrite STDOUT, pack("L S S l L L L", 0xa1b23c4d, 2, 4, 0, 0, ${snapBytes}, ${linkType});
while (1) {
  my $data = "";
  my $from = recv($s, $data, 65536, 0);
  next unless defined $from;
  $stamp = "\\0" x 32;
  my ($seconds, $ns) = ioctl($s, 0x8907, $stamp) ? unpack("l! l!", $stamp) : (time, 0);
${indented(perl.frame, 2)}
  syswrite STDOUT, pack("L L L L", $seconds, $ns, length $frame, length $frame) . $frame;
}
`;
