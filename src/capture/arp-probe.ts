// Asks the segment who holds an address, as RFC 5227 §2.1.1 does: an ARP request with sender address 0.0.0.0, which
// changes nobody's ARP table. Two per address, and every MAC that answers counts. IPv4 only.
import type { ArpProbeAnswer } from '../evidence/bundle.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';

export interface ArpProbeOptions {
  readonly interface: string;
  /** IPv4 addresses; others are left out. */
  readonly addresses: readonly string[];
  readonly probesPerAddress?: number;
  /** Between the probes of one address. */
  readonly intervalMs?: number;
  /** How long to wait for answers after the last probe. */
  readonly lingerMs?: number;
}

/** argv: interface, probes per address, interval ms, linger ms, addresses. Lines: `ready`, `sent NS IP`, `reply NS IP MAC`, `end`. */
const python = `
import sys
try:
    import socket, struct, select, time
except ImportError:
    sys.exit(97)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
name, count, gap, linger = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) / 1000.0, int(sys.argv[4]) / 1000.0
wanted = dict((socket.inet_aton(a), a) for a in sys.argv[5:])
try:
    s = socket.socket(17, socket.SOCK_RAW, 0)
    s.bind((name, 0x0806))
except Exception as problem:
    say("fail %s" % problem)
    sys.exit(1)
mac = s.getsockname()[4][:6]
say("ready python")
clock = getattr(time, "monotonic", time.time)
def now():
    return "%d" % (time.time() * 1e9)
def hear(until):
    while True:
        left = until - clock()
        if left <= 0 or not select.select([s], [], [], left)[0]:
            return
        frame = s.recv(2048)
        if len(frame) < 42 or frame[12:14] != b"\\x08\\x06" or frame[20:22] != b"\\x00\\x02":
            continue
        if frame[28:32] in wanted and frame[22:28] != mac:
            say("reply %s %s %s" % (now(), wanted[frame[28:32]], ":".join("%02x" % b for b in bytearray(frame[22:28]))))
start = clock()
for turn in range(count):
    for raw in wanted:
        s.send(b"\\xff" * 6 + mac + b"\\x08\\x06" + struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac + b"\\0" * 4 + b"\\0" * 6 + raw + b"\\0" * 18)
        say("sent %s %s" % (now(), wanted[raw]))
    hear(start + gap * (turn + 1) if turn + 1 < count else clock() + linger)
say("end")
`;

const perl = `
use strict;
use Socket;
$| = 1;
my ($name, $count, $gap, $linger, @addresses) = @ARGV;
my %wanted = map { inet_aton($_) => $_ } @addresses;
sub slurp { open(my $f, "<", $_[0]) or return ""; my $line = <$f>; chomp $line; $line }
my $index = slurp("/sys/class/net/$name/ifindex");
my $mac = pack "H12", join "", split /:/, slurp("/sys/class/net/$name/address");
socket(my $s, 17, SOCK_RAW, 0) or do { print "fail $!\\n"; exit 1 };
bind($s, pack("S n i x12", 17, 0x0806, $index)) or do { print "fail $!\\n"; exit 1 };
print "ready perl\\n";
my $stamp = "\\0" x 32;
ioctl($s, 0x8907, $stamp);
sub hear {
  my $left = shift;
  while ($left > 0) {
    my $waiting = "";
    vec($waiting, fileno($s), 1) = 1;
    my ($found, $rest) = select($waiting, undef, undef, $left);
    return unless $found > 0;
    $left = $rest;
    my $frame = "";
    next unless defined recv($s, $frame, 2048, 0);
    next if length $frame < 42 || substr($frame, 12, 2) ne "\\x08\\x06" || substr($frame, 20, 2) ne "\\x00\\x02";
    my ($sha, $spa) = (substr($frame, 22, 6), substr($frame, 28, 4));
    next if !exists $wanted{$spa} || $sha eq $mac;
    $stamp = "\\0" x 32;
    my ($seconds, $ns) = ioctl($s, 0x8907, $stamp) ? unpack("l! l!", $stamp) : (time, 0);
    printf "reply %d%09d %s %s\\n", $seconds, $ns, $wanted{$spa}, join ":", map { sprintf "%02x", $_ } unpack "C6", $sha;
  }
}
for my $turn (1 .. $count) {
  for my $raw (keys %wanted) {
    send($s, "\\xff" x 6 . $mac . "\\x08\\x06" . pack("n n C C n", 1, 0x0800, 6, 4, 1) . $mac . "\\0" x 10 . $raw . "\\0" x 18, 0);
    printf "sent %d000000000 %s\\n", time, $wanted{$raw};
  }
  hear(($turn < $count ? $gap : $linger) / 1000);
}
print "end\\n";
`;

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Shell text, for a lifeline or to be run as it is; ends by itself. */
export function arpProbeCommand(options: ArpProbeOptions, interpreters: Interpreters = 'any'): string {
  const { probesPerAddress = 2, intervalMs = 200, lingerMs = 300 } = options;
  const addresses = [...new Set(options.addresses)].filter((address) => ipv4.test(address));
  const args = [
    options.interface,
    String(probesPerAddress),
    String(intervalMs),
    String(lingerMs),
    ...addresses,
  ];
  return [searchPath, runInterpreted({ python, perl, args }, interpreters)].join('\n');
}

export interface ArpProbeResult {
  readonly answers: readonly ArpProbeAnswer[];
  /** `complete` when the program said it was through. */
  readonly end: 'complete' | 'cut-off';
  readonly problems: readonly string[];
}

/** Everything the program printed. Replies of one MAC are kept each, so that a second holder shows. */
export function readArpProbe(text: string): ArpProbeResult {
  const sent = new Map<string, number>();
  const replies = new Map<string, { mac: string; atNs: bigint }[]>();
  const problems: string[] = [];
  let end: ArpProbeResult['end'] = 'cut-off';
  for (const line of text.split('\n')) {
    const [word, at, address, mac] = line.split(' ');
    if (word === 'end') end = 'complete';
    if (word === 'fail') problems.push(line.slice('fail '.length));
    if (at === undefined || address === undefined || !/^\d{1,20}$/.test(at)) continue;
    if (word === 'sent') sent.set(address, (sent.get(address) ?? 0) + 1);
    if (word === 'reply' && mac !== undefined && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) {
      replies.set(address, [...(replies.get(address) ?? []), { mac, atNs: BigInt(at) }]);
    }
  }
  const answers = [...sent].map(([address, count]) => ({
    address,
    sent: count,
    replies: replies.get(address) ?? [],
  }));
  return { answers, end, problems };
}
