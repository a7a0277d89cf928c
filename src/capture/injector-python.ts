// The injector's program for python 3 and 2: sends the probes and stamps them. What it is for, and what its lines
// mean, is said in injector.ts.

/** argv: interface, VIP, then one `kind,period µs,address,port,host,path` for each probe. */
export const injectorPython = `
import sys
try:
    import socket, struct, select, time, os, errno, signal, fcntl
except ImportError:
    sys.exit(97)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
clock = getattr(time, "monotonic", time.time)
if hasattr(time, "time_ns"):
    real = time.time_ns
else:
    def real():
        return int(time.time() * 1e9)
name, vip = sys.argv[1], sys.argv[2]
six = ":" in vip
lines = []
flushed = [0.0]
def say(text):
    lines.append(text)
def flush():
    if lines:
        sys.stdout.write("\\n".join(lines) + "\\n")
        sys.stdout.flush()
        del lines[:]
    flushed[0] = clock()
base = real()
def us():
    return (real() - base) // 1000
def tick():
    best = None
    for turn in range(3):
        before, at, after = clock(), real(), clock()
        if best is None or after - before < best[0]:
            best = (after - before, at, (before + after) / 2)
    say("c %d %d" % (best[1], int(best[2] * 1e9)))
def total(data):
    if len(data) % 2:
        data += b"\\0"
    t = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while t >> 16:
        t = (t & 0xffff) + (t >> 16)
    return ~t & 0xffff
def ask(request):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        return fcntl.ioctl(s.fileno(), request, struct.pack("256s", name.encode()))
    finally:
        s.close()
try:
    index = struct.unpack("=i", ask(0x8933)[16:20])[0]
except Exception as problem:
    sys.stdout.write("fail - %s: %s\\n" % (name, getattr(problem, "strerror", None) or problem))
    sys.exit(1)
apart = b"\\x02" + os.urandom(5)
apart_text = ":".join("%02x" % b for b in bytearray(apart))
def on_wire():
    s = socket.socket(17, socket.SOCK_RAW, 0)
    s.bind((name, 0))
    s.setsockopt(263, 1, struct.pack("=iHH8s", index, 3, 6, apart + b"\\0\\0"))
    return s
class Echo:
    def __init__(self, spec):
        self.first = struct.unpack("=H", os.urandom(2))[0]
        if six:
            self.s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
            self.s.setsockopt(58, 1, b"\\xff" * 32)
            self.to = (vip, 0, 0, index if vip[:4].lower() == "fe80" else 0)
        else:
            self.s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
            self.s.setsockopt(255, 1, struct.pack("=I", 0xffffffff))
            self.to = (vip, 0)
        self.s.setsockopt(socket.SOL_SOCKET, 25, name.encode() + b"\\0")
        self.s.setblocking(0)
        self.about = str(self.first)
    def send(self, n):
        head = struct.pack(">HH", (self.first + (n >> 16)) & 0xffff, n & 0xffff) + b"vipdoctor probe "
        if six:
            data = b"\\x80\\0\\0\\0" + head
        else:
            data = b"\\x08\\0" + struct.pack(">H", total(b"\\x08\\0\\0\\0" + head)) + head
        self.s.sendto(data, self.to)
class WhoHas:
    def __init__(self, spec):
        self.s = on_wire()
        self.s.setblocking(0)
        self.about = apart_text
        if six:
            target = socket.inet_pton(socket.AF_INET6, vip)
            a = bytearray(apart)
            source = b"\\xfe\\x80" + b"\\0" * 6 + bytes(bytearray([a[0] ^ 2, a[1], a[2], 255, 254, a[3], a[4], a[5]]))
            group = b"\\xff\\x02" + b"\\0" * 9 + b"\\x01\\xff" + target[13:]
            message = b"\\x87\\0\\0\\0" + b"\\0" * 4 + target + b"\\x01\\x01" + apart
            sum16 = total(source + group + struct.pack(">II", len(message), 58) + message)
            message = message[:2] + struct.pack(">H", sum16) + message[4:]
            self.frame = b"\\x33\\x33" + group[12:] + apart + b"\\x86\\xdd" + struct.pack(">IHBB", 0x60000000, len(message), 58, 255) + source + group + message
        else:
            self.frame = b"\\xff" * 6 + apart + b"\\x08\\x06" + struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + apart + b"\\0" * 10 + socket.inet_aton(vip) + b"\\0" * 18
    def send(self, n):
        self.s.send(self.frame)
open_calls = {}
class Call:
    def __init__(self, spec):
        self.http = spec[0] == "http"
        self.family, self.kind, self.proto, x, self.to = socket.getaddrinfo(spec[2], int(spec[3]), 0, socket.SOCK_STREAM)[0]
        if len(self.to) == 4 and spec[2][:4].lower() == "fe80":
            self.to = self.to[:3] + (index,)
        self.request = ("GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: vipdoctor\\r\\nConnection: close\\r\\n\\r\\n" % (spec[5], spec[4])).encode()
        self.about = "-"
    def send(self, n):
        if len(open_calls) > 500:
            raise OSError(errno.EMFILE, "too many requests are waiting")
        s = socket.socket(self.family, self.kind, self.proto)
        s.setblocking(0)
        wrong = s.connect_ex(self.to)
        if wrong not in (0, errno.EINPROGRESS):
            s.close()
            raise OSError(wrong, os.strerror(wrong))
        open_calls[s] = [self, n, clock() + 2, "connect"]
    def finish(self, s, n, failure):
        del open_calls[s]
        s.close()
        at = us()
        say("a %d %d %d" % (self.k, n, at) if failure is None else "f %d %d %d %s" % (self.k, n, at, failure))
    def ready(self, s, entry):
        n = entry[1]
        if entry[3] == "connect":
            wrong = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if wrong:
                return self.finish(s, n, os.strerror(wrong))
            if not self.http:
                return self.finish(s, n, None)
            try:
                s.send(self.request)
            except Exception as problem:
                return self.finish(s, n, str(problem))
            entry[3] = "answer"
            return
        try:
            data = s.recv(64)
        except Exception as problem:
            return self.finish(s, n, str(problem))
        words = data.split(b" ")
        if data[:5] == b"HTTP/" and len(words) > 1 and words[1][:1] in (b"2", b"3"):
            return self.finish(s, n, None)
        status = words[1][:3].decode("ascii", "replace") if data[:5] == b"HTTP/" and len(words) > 1 else ""
        self.finish(s, n, "HTTP status " + status if status else "no HTTP answer")
makers = {"icmp": Echo, "arp": WhoHas, "nd": WhoHas, "tcp": Call, "http": Call}
say("ready python%d.%d %d" % (sys.version_info[0], sys.version_info[1], base))
tick()
probes = []
for k, text in enumerate(sys.argv[3:]):
    spec = text.split(",", 5)
    try:
        probe = makers[spec[0]](spec)
    except Exception as problem:
        say("fail %d %s" % (k, problem))
        continue
    probe.k, probe.period, probe.n = k, int(spec[1]) / 1e6, 0
    probes.append(probe)
    say("begin %d %s" % (k, probe.about))
flush()
if not probes:
    sys.exit(1)
def leave(number, frame):
    raise SystemExit(0)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, leave)
start = clock() + 0.01
for place, probe in enumerate(probes):
    probe.next = start + probe.period * place / len(probes)
next_tick = start + 1
try:
    while True:
        now = clock()
        soon = min(p.next for p in probes)
        if soon > now:
            if now - flushed[0] > 0.1:
                flush()
                continue
            if open_calls:
                reading = [s for s, e in open_calls.items() if e[3] == "answer"]
                writing = [s for s, e in open_calls.items() if e[3] == "connect"]
                r, w, x = select.select(reading, writing, [], soon - now)
                for s in r + w:
                    open_calls[s][0].ready(s, open_calls[s])
                for s, e in list(open_calls.items()):
                    if clock() > e[2]:
                        e[0].finish(s, e[1], "timeout")
            else:
                time.sleep(soon - now)
            continue
        for probe in probes:
            if probe.next > now:
                continue
            at = us()
            say("s %d %d %d" % (probe.k, probe.n, at))
            try:
                probe.send(probe.n)
            except Exception as problem:
                say("f %d %d %d %s" % (probe.k, probe.n, us(), getattr(problem, "strerror", None) or problem))
            probe.n += 1
            probe.next += probe.period * max(1, int((now - probe.next) / probe.period) + 1)
        if now > next_tick:
            tick()
            next_tick += 1
finally:
    tick()
    say("end")
    flush()
`;
