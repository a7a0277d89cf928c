// The shell text that makes a node listen without promiscuous mode, and the reading of the capture it writes to
// stdout: tcpdump, or a packet socket in python or perl. It starts nothing itself.
import type { HeardFrame } from '../evidence/bundle.ts';
import { quote } from '../transport/quote.ts';
import { createCaptureReader } from '../wire/pcap.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';
import { cookedFilter, pcapFilter, snapBytes } from './packet-filter.ts';
import { type PacketProgram, perlOf, pythonOf } from './packet-program.ts';

export interface EarOptions {
  /** One interface, or all of them (the default; then the capture says which, and which way packets went). */
  readonly interface?: string;
  /** For tcpdump; without it everything an ear listens for. A packet socket always hears that. */
  readonly filter?: string;
  /** What may be tried, in this order; for tests. */
  readonly methods?: 'any' | 'packet-socket';
  readonly interpreters?: Interpreters;
}

/** Cooked packet socket, link type 276 (LINUX_SLL2): says which interface, and which way a packet went. */
const program: PacketProgram = {
  filter: cookedFilter,
  bufferBits: 20,
  linkType: 276,
  python: {
    open: 's = socket.socket(17, socket.SOCK_DGRAM, 0 if name else socket.htons(3))',
    bind: `
if name:
    s.bind((name, 3))
known = {}
def index(name):
    if name not in known:
        try:
            known[name] = int(open("/sys/class/net/" + name + "/ifindex").read())
        except Exception:
            try:
                known[name] = socket.if_nametoindex(name)
            except Exception:
                return 0
    return known[name]
`,
    frame: `
mac = bytearray(addr[4])[:8]
head = struct.pack(">HHiHBB", addr[1] & 0xffff, 0, index(addr[0]), addr[3], addr[2], len(mac))
frame = head + bytes(mac) + b"\\0" * (8 - len(mac)) + data
`,
  },
  perl: {
    open: 'socket(my $s, 17, 2, 0) or die "packet socket: $!\\n";',
    index: `
if (@ARGV && length $ARGV[0]) {
  open(my $f, "<", "/sys/class/net/$ARGV[0]/ifindex") or die "$ARGV[0]: $!\\n";
  $only = 0 + <$f>;
}
`,
    frame: `
my ($family, $proto, $index, $type, $way, $length, $mac) = unpack "S n i S C C a*", $from;
my $frame = pack("n n N n C C a8", $proto, 0, $index, $type, $way, $length, substr($mac, 0, 8)) . $data;
`,
  },
};

const python = pythonOf(program);
const perl = perlOf(program);

/**
 * Shell text for a lifeline. The first bytes on stdout are the capture's header: then it listens. Exit status 96
 * means that the node has nothing to listen with.
 */
export function earCommand({
  interface: name,
  filter = pcapFilter,
  methods = 'any',
  interpreters = 'any',
}: EarOptions = {}): string {
  const device = quote(name ?? 'any');
  const tcpdump = [
    'if command -v tcpdump >/dev/null 2>&1; then',
    `  set -- -p -n -U -i ${device} -s ${snapBytes} -w - ${quote(filter)}`,
    '  case $(tcpdump --help 2>&1) in *immediate-mode*) set -- --immediate-mode "$@" ;; esac',
    '  exec tcpdump "$@"',
    'fi',
  ];
  return [
    searchPath,
    ...(methods === 'any' ? tcpdump : []),
    runInterpreted({ python, perl, args: name === undefined ? [] : [name] }, interpreters),
  ].join('\n');
}

export interface EarReader {
  /** Next bytes of the capture; gives the frames completed by them. */
  push(chunk: Uint8Array): readonly HeardFrame[];
  /** `yes` once the capture's header has arrived: from then on nothing is missed. */
  listening(): 'yes' | 'not-yet';
  /** What captures, told by its header: our own programs stamp in nanoseconds, tcpdump in microseconds. */
  method(): 'tcpdump' | 'packet-socket';
  /** No more bytes will come: what was wrong with the capture, in words. */
  end(): readonly string[];
}

const headerBytes = 24;

/** 0xa1b23c4d in either byte order. */
const nanosecondMagics = ['a1b23c4d', '4d3cb2a1'];

export function createEarReader(): EarReader {
  const capture = createCaptureReader();
  let seenBytes = 0;
  let magic = '';
  return {
    push: (chunk) => {
      seenBytes += chunk.length;
      for (const byte of chunk.subarray(0, 4 - magic.length / 2)) magic += byte.toString(16).padStart(2, '0');
      return capture.push(chunk).map(({ atNs, linkType, bytes }) => ({ atNs, linkType, bytes }));
    },
    method: () => (nanosecondMagics.includes(magic) ? 'packet-socket' : 'tcpdump'),
    listening: () => (seenBytes >= headerBytes ? 'yes' : 'not-yet'),
    end: () => capture.end().map((problem) => problem.text),
  };
}

/** Frames the kernel dropped, out of what tcpdump says on stderr when it ends. */
export function readDropped(stderr: string): number | 'unknown' {
  const match = /(\d+) packets? dropped by kernel/.exec(stderr);
  return match === null ? 'unknown' : Number(match[1]);
}
