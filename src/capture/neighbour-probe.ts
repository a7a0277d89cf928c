// Asks the segment who holds an IPv6 address, by neighbour solicitation (RFC 4861 §7.2.2). It asks from the
// interface's own link-local address, as any host would: from `::` it would be a probe of duplicate address
// detection and could make a node lose an address it is just taking (RFC 4862 §5.4.3). Same output as the ARP probe.
import ipaddr from 'ipaddr.js';
import type { ArpProbeOptions } from './arp-probe.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';

/**
 * argv: interface, solicitations per address, interval ms, linger ms, addresses as `HEX/TEXT`. The kernel sums
 * ICMPv6 and hands over advertisements only (ICMP6_FILTER); a MAC is the target link-layer address option.
 */
const python = `
import sys
try:
    import socket, struct, select, time, binascii
except ImportError:
    sys.exit(97)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
def slurp(path):
    with open(path) as f:
        return f.read()
name, count, gap, linger = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) / 1000.0, int(sys.argv[4]) / 1000.0
wanted = dict((binascii.unhexlify(a.split("/")[0]), a.split("/")[1]) for a in sys.argv[5:])
try:
    index = int(slurp("/sys/class/net/%s/ifindex" % name))
    mac = binascii.unhexlify(slurp("/sys/class/net/%s/address" % name).strip().replace(":", ""))
    lines = [l.split() for l in slurp("/proc/net/if_inet6").splitlines()]
    # Scope 20 is the link; flags 40 and 08 are an address that is tentative or failed its check.
    own = [binascii.unhexlify(l[0]) for l in lines if l[5] == name and l[3] == "20" and not int(l[4], 16) & 0x48]
    own = [a for a in own if a not in wanted]
    if not own:
        say("fail %s has no IPv6 link-local address to ask from" % name)
        sys.exit(1)
    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
    s.setsockopt(41, 17, index)
    s.setsockopt(41, 18, 255)
    s.setsockopt(41, 19, 0)
    s.setsockopt(58, 1, struct.pack("=8I", *[0xffffffff ^ (1 << 8 if word == 4 else 0) for word in range(8)]))
    s.bind((socket.inet_ntop(socket.AF_INET6, own[0]), 0, 0, index))
except Exception as problem:
    say("fail %s" % problem)
    sys.exit(1)
say("ready python")
clock = getattr(time, "monotonic", time.time)
def now():
    return "%d" % (time.time() * 1e9)
def hear(until):
    while True:
        left = until - clock()
        if left <= 0 or not select.select([s], [], [], left)[0]:
            return
        told = s.recv(2048)
        if len(told) < 24 or told[8:24] not in wanted:
            continue
        at = 24
        while at + 8 <= len(told):
            size = bytearray(told[at + 1:at + 2])[0] * 8
            if size == 0:
                break
            if told[at:at + 1] == b"\\x02" and size == 8:
                answer = told[at + 2:at + 8]
                if answer != mac:
                    say("reply %s %s %s" % (now(), wanted[told[8:24]], ":".join("%02x" % b for b in bytearray(answer))))
                break
            at += size
start = clock()
for turn in range(count):
    for raw in wanted:
        group = socket.inet_ntop(socket.AF_INET6, b"\\xff\\x02" + b"\\0" * 9 + b"\\x01\\xff" + raw[13:16])
        try:
            s.sendto(b"\\x87\\0\\0\\0\\0\\0\\0\\0" + raw + b"\\x01\\x01" + mac, (group, 0, 0, index))
        except Exception as problem:
            say("fail %s" % problem)
            continue
        say("sent %s %s" % (now(), wanted[raw]))
    hear(start + gap * (turn + 1) if turn + 1 < count else clock() + linger)
say("end")
`;

const perl = `
use strict;
use Socket;
$| = 1;
my ($name, $count, $gap, $linger, @addresses) = @ARGV;
my %wanted = map { my ($hex, $text) = split m{/}; (pack("H32", $hex) => $text) } @addresses;
sub slurp { open(my $f, "<", $_[0]) or return ""; local $/; <$f> }
sub fail { print "fail $_[0]\\n"; exit 1 }
my $index = slurp("/sys/class/net/$name/ifindex") + 0 or fail("no such interface: $name");
my $mac = pack "H12", join "", slurp("/sys/class/net/$name/address") =~ /[0-9a-f]{2}/g;
my $own;
for (split /\\n/, slurp("/proc/net/if_inet6")) {
  my @word = split;
  my $address = pack "H32", $word[0];
  $own = $address if !defined $own && $word[5] eq $name && $word[3] eq "20" && !(hex($word[4]) & 0x48) && !exists $wanted{$address};
}
fail("$name has no IPv6 link-local address to ask from") unless defined $own;
sub place { pack("S n N a16 L", 10, 0, 0, $_[0], $index) }
socket(my $s, 10, SOCK_RAW, 58) or fail($!);
setsockopt($s, 41, 17, pack("i", $index)) or fail($!);
setsockopt($s, 41, 18, pack("i", 255)) or fail($!);
setsockopt($s, 41, 19, pack("i", 0)) or fail($!);
setsockopt($s, 58, 1, pack("L8", map { 0xffffffff ^ ($_ == 4 ? 1 << 8 : 0) } 0 .. 7)) or fail($!);
bind($s, place($own)) or fail($!);
print "ready perl\\n";
sub hear {
  my $left = shift;
  while ($left > 0) {
    my $waiting = "";
    vec($waiting, fileno($s), 1) = 1;
    my ($found, $rest) = select($waiting, undef, undef, $left);
    return unless $found > 0;
    $left = $rest;
    my $told = "";
    next unless defined recv($s, $told, 2048, 0);
    next if length $told < 24 || !exists $wanted{substr($told, 8, 16)};
    for (my $at = 24; $at + 8 <= length $told;) {
      my $size = ord(substr($told, $at + 1, 1)) * 8 or last;
      if (ord(substr($told, $at, 1)) == 2 && $size == 8) {
        my $answer = substr($told, $at + 2, 6);
        printf "reply %d000000000 %s %s\\n", time, $wanted{substr($told, 8, 16)}, join ":", map { sprintf "%02x", $_ } unpack "C6", $answer
          if $answer ne $mac;
        last;
      }
      $at += $size;
    }
  }
}
for my $turn (1 .. $count) {
  for my $raw (keys %wanted) {
    my $group = "\\xff\\x02" . "\\0" x 9 . "\\x01\\xff" . substr($raw, 13, 3);
    if (defined send($s, "\\x87" . "\\0" x 7 . $raw . "\\x01\\x01" . $mac, 0, place($group))) {
      printf "sent %d000000000 %s\\n", time, $wanted{$raw};
    } else {
      print "fail $!\\n";
    }
  }
  hear(($turn < $count ? $gap : $linger) / 1000);
}
print "end\\n";
`;

const inHex = (address: string): string =>
  ipaddr.IPv6.parse(address)
    .toByteArray()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

/** Shell text, for a lifeline or to be run as it is; ends by itself. Addresses that are not IPv6 are left out. */
export function neighbourProbeCommand(options: ArpProbeOptions, interpreters: Interpreters = 'any'): string {
  const { probesPerAddress = 2, intervalMs = 200, lingerMs = 300 } = options;
  const addresses = [...new Set(options.addresses)].filter(
    (address) => /^[0-9a-f:.]+$/i.test(address) && ipaddr.IPv6.isValid(address),
  );
  const args = [
    options.interface,
    String(probesPerAddress),
    String(intervalMs),
    String(lingerMs),
    ...addresses.map((address) => `${inHex(address)}/${address}`),
  ];
  return [searchPath, runInterpreted({ python, perl, args }, interpreters)].join('\n');
}
