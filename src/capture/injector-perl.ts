// The injector's program for perl, where a host has no python. The lines are the same; see injector.ts.

/** argv as for python. */
export const injectorPerl = `
use strict;
use Socket;
use Fcntl;
use POSIX ();
use Time::HiRes ();
$SIG{PIPE} = "DEFAULT";
my ($name, $vip, @specs) = @ARGV;
my $six = $vip =~ /:/;
my ($base, $flushed, @lines) = (Time::HiRes::time(), 0);
sub say_line { push @lines, $_[0] }
sub clock { Time::HiRes::clock_gettime(1) }
sub flush_lines {
  if (@lines) { my $text = join("\\n", @lines) . "\\n"; @lines = (); my $at = 0;
    while ($at < length $text) { my $put = syswrite STDOUT, $text, length($text) - $at, $at; last unless defined $put; $at += $put } }
  $flushed = clock();
}
sub us { int((Time::HiRes::time() - $base) * 1e6) }
sub tick { my $before = clock(); my $at = Time::HiRes::time(); my $after = clock();
  say_line(sprintf "c %.0f000 %.0f000", $at * 1e6, ($before + $after) / 2 * 1e6) }
sub total {
  my $data = shift; $data .= "\\0" if length($data) % 2; my $t = 0; $t += $_ for unpack "n*", $data;
  $t = ($t & 0xffff) + ($t >> 16) while $t >> 16; return ~$t & 0xffff;
}
my $asked = pack "a16 x240", $name;
socket(my $asking, AF_INET, SOCK_DGRAM, 0);
my $index = ioctl($asking, 0x8933, $asked) ? unpack("x16 i", $asked) : 0;
if (!$index) { print "fail - $name: No such device\\n"; exit 1 }
my $random = ""; open(my $source, "<", "/dev/urandom"); sysread $source, $random, 9;
my $apart = "\\x02" . substr $random, 0, 5;
my %calls;
sub echo {
  my $first = unpack "n", substr $random, 5, 2;
  socket(my $s, $six ? 10 : AF_INET, SOCK_RAW, $six ? 58 : 1) or die "$!\\n";
  if ($six) { setsockopt($s, 58, 1, "\\xff" x 32) } else { setsockopt($s, 255, 1, pack "L", 0xffffffff) }
  setsockopt($s, 1, 25, "$name\\0") or die "$name: $!\\n";
  my $to = $six ? pack("S n N a16 L", 10, 0, 0, Socket::inet_pton(10, $vip), $vip =~ /^fe80/i ? $index : 0) : pack_sockaddr_in(0, inet_aton($vip));
  return { about => $first, send => sub {
    my $n = shift;
    my $head = pack("n n", ($first + ($n >> 16)) & 0xffff, $n & 0xffff) . "vipdoctor probe ";
    my $data = $six ? "\\x80\\0\\0\\0$head" : "\\x08\\0" . pack("n", total("\\x08\\0\\0\\0$head")) . $head;
    return defined send($s, $data, 0x40, $to) ? undef : "$!";
  } };
}
sub who_has {
  socket(my $s, 17, SOCK_RAW, 0) or die "$!\\n";
  bind($s, pack("S n i x12", 17, 0, $index)) or die "$!\\n";
  setsockopt($s, 263, 1, pack("i S S a8", $index, 3, 6, $apart)) or die "$!\\n";
  my $frame;
  if ($six) {
    my $target = Socket::inet_pton(10, $vip);
    my @a = unpack "C6", $apart;
    my $from = "\\xfe\\x80" . "\\0" x 6 . pack "C8", $a[0] ^ 2, $a[1], $a[2], 255, 254, $a[3], $a[4], $a[5];
    my $group = "\\xff\\x02" . "\\0" x 9 . "\\x01\\xff" . substr $target, 13;
    my $message = "\\x87\\0\\0\\0" . "\\0" x 4 . $target . "\\x01\\x01" . $apart;
    substr($message, 2, 2) = pack "n", total($from . $group . pack("N N", length $message, 58) . $message);
    $frame = "\\x33\\x33" . substr($group, 12) . $apart . "\\x86\\xdd" . pack("N n C C", 0x60000000, length $message, 58, 255) . $from . $group . $message;
  } else {
    $frame = "\\xff" x 6 . $apart . "\\x08\\x06" . pack("n n C C n", 1, 0x0800, 6, 4, 1) . $apart . "\\0" x 10 . inet_aton($vip) . "\\0" x 18;
  }
  return { about => join(":", map { sprintf "%02x", $_ } unpack "C6", $apart), send => sub { defined send($s, $frame, 0x40) ? undef : "$!" } };
}
sub call {
  my ($kind, $period, $address, $port, $host, $path) = @_;
  my ($wrong, $found) = Socket::getaddrinfo($address, $port, { socktype => SOCK_STREAM });
  die "$wrong\\n" if $wrong || !$found;
  my $to = $found->{addr};
  substr($to, 24, 4) = pack "L", $index if $found->{family} == 10 && $address =~ /^fe80/i;
  my $probe = { about => "-", http => $kind eq "http", request => "GET $path HTTP/1.1\\r\\nHost: $host\\r\\nUser-Agent: vipdoctor\\r\\nConnection: close\\r\\n\\r\\n" };
  $probe->{send} = sub {
    return "too many requests are waiting" if keys %calls > 500;
    socket(my $s, $found->{family}, SOCK_STREAM, 0) or return "$!";
    fcntl($s, F_SETFL, O_NONBLOCK);
    return "$!" if !connect($s, $to) && !$!{EINPROGRESS};
    $calls{fileno $s} = { probe => $probe, s => $s, n => $_[0], until => clock() + 2, waits => "connect" };
    return undef;
  };
  return $probe;
}
sub finish {
  my ($call, $failure) = @_;
  my ($k, $n, $at) = ($call->{probe}{k}, $call->{n}, us());
  delete $calls{fileno $call->{s}};
  close $call->{s};
  say_line(defined $failure ? "f $k $n $at $failure" : "a $k $n $at");
}
sub attend {
  my $call = shift;
  if ($call->{waits} eq "connect") {
    my $wrong = unpack "i", getsockopt($call->{s}, 1, 4);
    if ($wrong) { local $! = $wrong; return finish($call, "$!") }
    return finish($call, undef) unless $call->{probe}{http};
    return finish($call, "$!") unless defined send($call->{s}, $call->{probe}{request}, 0x4000);
    $call->{waits} = "answer";
    return;
  }
  my $data = "";
  return finish($call, "$!") unless defined recv($call->{s}, $data, 64, 0);
  return finish($call, undef) if $data =~ m{^HTTP/\\S+ [23]};
  finish($call, $data =~ m{^HTTP/\\S+ (\\d\\d\\d)} ? "HTTP status $1" : "no HTTP answer");
}
my %makers = (icmp => \\&echo, arp => \\&who_has, nd => \\&who_has, tcp => \\&call, http => \\&call);
say_line(sprintf "ready perl%vd %.0f000", $^V, $base * 1e6);
tick();
my ($k, @probes) = (0);
for my $spec (@specs) {
  my @parts = split /,/, $spec, 6;
  my $probe = eval { $makers{$parts[0]}->(@parts) };
  if ($probe) { $probe->{k} = $k; $probe->{period} = $parts[1] / 1e6; $probe->{n} = 0; push @probes, $probe; say_line("begin $k $probe->{about}") }
  else { my $why = $@ || "not known"; $why =~ s/\\s+$//; say_line("fail $k $why") }
  $k++;
}
flush_lines();
exit 1 unless @probes;
my $leave = sub { tick(); say_line("end"); flush_lines(); POSIX::_exit(0) };
$SIG{$_} = $leave for qw(TERM INT HUP);
my $start = clock() + 0.01;
$probes[$_]{next} = $start + $probes[$_]{period} * $_ / @probes for 0 .. $#probes;
my $next_tick = $start + 1;
while (1) {
  my $now = clock();
  my $soon = $probes[0]{next};
  for (@probes) { $soon = $_->{next} if $_->{next} < $soon }
  if ($soon > $now) {
    if ($now - $flushed > 0.1) { flush_lines(); next }
    if (!%calls) { Time::HiRes::sleep($soon - $now); next }
    my ($r, $w) = ("", "");
    for my $call (values %calls) { vec($call->{waits} eq "answer" ? $r : $w, fileno $call->{s}, 1) = 1 }
    if (select($r, $w, undef, $soon - $now) > 0) {
      for my $at (keys %calls) { attend($calls{$at}) if vec($r, $at, 1) || vec($w, $at, 1) }
    }
    for my $call (values %calls) { finish($call, "timeout") if clock() > $call->{until} }
    next;
  }
  for my $probe (@probes) {
    next if $probe->{next} > $now;
    say_line(join " ", "s", $probe->{k}, $probe->{n}, us());
    my $wrong = $probe->{send}->($probe->{n});
    say_line(join " ", "f", $probe->{k}, $probe->{n}, us(), $wrong) if defined $wrong;
    $probe->{n}++;
    my $missed = int(($now - $probe->{next}) / $probe->{period}) + 1;
    $probe->{next} += $probe->{period} * ($missed > 1 ? $missed : 1);
  }
  if ($now > $next_tick) { tick(); $next_tick += 1 }
}
`;
