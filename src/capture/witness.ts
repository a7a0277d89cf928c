// The raw-socket witness: what the kernel hands to a socket of protocol 112 (and 51) that joins no group, one line
// per packet. Joining would repair the very membership that may be missing; authentication bytes are never printed.
import type { Delivery } from '../evidence/bundle.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';

/**
 * A line is `p NS FAMILY PROTOCOL INTERFACE SRC DST TTL HEADER`. Behind AH (protocol 51) the VRRP header follows
 * after (length + 2) × 4 bytes (RFC 4302 §2.2). An unjoined socket hears groups the host is a member of:
 * IP_MULTICAST_ALL is on by default.
 */
const python = `
import sys
try:
    import socket, select, struct, signal, time
except ImportError:
    sys.exit(97)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
def listen(family, protocol):
    s = socket.socket(family, socket.SOCK_RAW, protocol)
    if hasattr(s, "recvmsg"):
        s.setsockopt(socket.SOL_SOCKET, 35, 1)
        if family == socket.AF_INET:
            s.setsockopt(0, 8, 1)
        else:
            s.setsockopt(41, 49, 1)
            s.setsockopt(41, 51, 1)
    return s
def named(index):
    try:
        return socket.if_indextoname(index) or "?"
    except Exception:
        return "?"
socks = {}
try:
    for protocol in (112, 51):
        socks[listen(socket.AF_INET, protocol)] = ("4", protocol)
except Exception as problem:
    say("fail %s" % problem)
    sys.exit(1)
try:
    socks[listen(socket.AF_INET6, 112)] = ("6", 112)
except Exception as problem:
    say("note no IPv6: %s" % problem)
say("ready python%d.%d" % sys.version_info[:2])
while True:
    for s in select.select(list(socks), [], [])[0]:
        family, protocol = socks[s]
        at, interface, dst, ttl, control = None, "?", "?", "?", []
        try:
            if hasattr(s, "recvmsg"):
                data, control, flags, addr = s.recvmsg(2048, 512)
            else:
                data, addr = s.recvfrom(2048)
        except Exception:
            continue
        data = bytearray(data)
        for level, kind, value in control:
            if level == socket.SOL_SOCKET and kind == 35:
                at = "%d%09d" % struct.unpack("@ll", value[:struct.calcsize("@ll")])
            elif level == 0 and kind == 8:
                interface = named(struct.unpack("@i", value[:4])[0])
            elif level == 41 and kind == 50:
                dst = socket.inet_ntop(socket.AF_INET6, value[:16])
                interface = named(struct.unpack("@I", value[16:20])[0])
            elif level == 41 and kind == 52:
                ttl = struct.unpack("@i", value[:4])[0]
        if family == "4":
            if len(data) < 20:
                continue
            ttl = data[8]
            dst = ".".join(str(b) for b in data[16:20])
            data = data[(data[0] & 15) * 4:]
        elif interface == "?" and len(addr) > 3 and addr[3]:
            interface = named(addr[3])
        if protocol == 51:
            if len(data) < 12 or data[0] != 112:
                continue
            data = data[(data[1] + 2) * 4:]
        header = "".join("%02x" % b for b in data[:8]) or "-"
        say("p %s %s %d %s %s %s %s %s" % (at or "%d" % (time.time() * 1e9), family, protocol, interface, addr[0].split("%")[0], dst, ttl, header))
`;

/** The same in perl, which has no recvmsg: the interface is known only for IPv6 (from the link-local scope). */
const perl = `
use strict;
use Socket;
$| = 1;
my @socks;
for my $protocol (112, 51) {
  socket(my $s, AF_INET, SOCK_RAW, $protocol) or do { print "fail $!\\n"; exit 1 };
  push @socks, [$s, 4, $protocol];
}
if (socket(my $s, 10, SOCK_RAW, 112)) { push @socks, [$s, 6, 112] } else { print "note no IPv6: $!\\n" }
my $stamp = "\\0" x 32;
ioctl($_->[0], 0x8907, $stamp) for @socks;
my %names;
sub named {
  my $index = shift or return "?";
  return $names{$index} if $names{$index};
  for my $path (glob "/sys/class/net/*/ifindex") {
    open(my $f, "<", $path) or next;
    my $found = 0 + <$f>;
    $names{$found} = (split m{/}, $path)[4];
  }
  return $names{$index} || "?";
}
printf "ready perl%vd\\n", $^V;
while (1) {
  my $waiting = "";
  vec($waiting, fileno($_->[0]), 1) = 1 for @socks;
  next unless select($waiting, undef, undef, undef) > 0;
  for (@socks) {
    my ($s, $family, $protocol) = @$_;
    next unless vec($waiting, fileno($s), 1);
    my $data = "";
    my $from = recv($s, $data, 2048, 0);
    next unless defined $from;
    $stamp = "\\0" x 32;
    my ($seconds, $ns) = ioctl($s, 0x8907, $stamp) ? unpack("l! l!", $stamp) : (time, 0);
    my ($interface, $src, $dst, $ttl) = ("?", "?", "?", "?");
    if ($family == 4) {
      next if length $data < 20;
      $ttl = ord substr $data, 8, 1;
      $src = inet_ntoa(substr $data, 12, 4);
      $dst = inet_ntoa(substr $data, 16, 4);
      $data = substr $data, (ord($data) & 15) * 4;
    } else {
      my ($f, $port, $flow, $address, $scope) = unpack "S n N a16 L", $from;
      $src = Socket::inet_ntop(10, $address);
      $interface = named($scope);
    }
    if ($protocol == 51) {
      next if length $data < 12 || ord($data) != 112;
      my $skip = (ord(substr $data, 1, 1) + 2) * 4;
      $data = $skip < length $data ? substr($data, $skip) : "";
    }
    my $header = unpack("H*", substr $data, 0, 8) || "-";
    printf "p %d%09d %d %d %s %s %s %s %s\\n", $seconds, $ns, $family, $protocol, $interface, $src, $dst, $ttl, $header;
  }
}
`;

/** Shell text for a lifeline. The first line is `ready INTERPRETER`; exit status 96 means the node has none. */
export function witnessCommand(interpreters: Interpreters = 'any'): string {
  return [searchPath, runInterpreted({ python, perl, args: [] }, interpreters)].join('\n');
}

export type WitnessLine =
  | { readonly kind: 'ready'; readonly interpreter: string }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'problem'; readonly text: string };

/** One line of the witness; undefined for anything it does not print. */
export function readWitnessLine(line: string): WitnessLine | undefined {
  const [word, ...rest] = line.trimEnd().split(' ');
  if (word === 'ready') return { kind: 'ready', interpreter: rest.join(' ') };
  if (word === 'fail' || word === 'note') return { kind: 'problem', text: rest.join(' ') };
  if (word !== 'p') return undefined;
  const [at, family, protocol, name, src, dst, ttl, header] = rest;
  if (at === undefined || !/^\d{1,20}$/.test(at) || (family !== '4' && family !== '6')) return undefined;
  if (protocol !== '112' && protocol !== '51') return undefined;
  if (name === undefined || src === undefined || dst === undefined || header === undefined) return undefined;
  return {
    kind: 'delivery',
    delivery: {
      atNs: BigInt(at),
      family: family === '4' ? 'ipv4' : 'ipv6',
      protocol: protocol === '112' ? 112 : 51,
      interface: name,
      src,
      dst,
      ttl: /^\d{1,3}$/.test(ttl ?? '') ? Number(ttl) : 'unknown',
      header: Uint8Array.from((header.match(/[0-9a-f]{2}/g) ?? []).slice(0, 8), (pair) =>
        Number.parseInt(pair, 16),
      ),
    },
  };
}
